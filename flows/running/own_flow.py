"""Dataflows from a user's own file or package."""

from __future__ import annotations

import inspect
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from bytewax.dataflow import Dataflow

from flows.errors import TapeflowError
from flows.running.flow import code_of
from flows.running.flow_options import FlowOptions

_DEFAULTS = ("flow", "get_flow")


class NoFlow(TapeflowError):
    """There is no dataflow of that name in the file or package."""


def load(named: str, options: FlowOptions) -> Dataflow:
    """The dataflow of `path/to/file.py[:name]` or `path/to/package[:name]`: a Dataflow, or a function that makes one,
    of the options or of nothing.

    The name is `flow` if none is given, else `get_flow`. Raises NoFlow; what the code itself raises goes through.
    """
    path, _, name = named.partition(":")
    file = code_of(path)
    place = Path(path).resolve()
    spec = spec_from_file_location(place.stem, file) if file else None
    if spec is None or spec.loader is None:
        raise NoFlow(f"{path} is no Python file or package, and no flow of Tapeflow's: see `tapeflow run --help`")
    known = sys.modules.get(place.stem)
    if known and getattr(known, "__file__", None) != str(file):
        raise NoFlow(f"{path} would be imported as {place.stem}, which is a module already: rename it")
    module = module_from_spec(spec)
    # As for a script: what stands beside the code can be imported, and its classes found when a state is read.
    sys.path.insert(0, str(place.parent))
    sys.modules[place.stem] = module
    spec.loader.exec_module(module)
    named_so = (getattr(module, one, None) for one in ((name,) if name else _DEFAULTS))
    # A package's module of that name is not meant.
    found = next((one for one in named_so if isinstance(one, Dataflow) or inspect.isfunction(one)), None)
    if inspect.isfunction(found):
        found = found(options) if inspect.signature(found).parameters else found()
    if not isinstance(found, Dataflow):
        raise NoFlow(
            f"{path} has no dataflow {name or _DEFAULTS[0]}: give it one (flow = Dataflow(...), or a function get_flow "
            "that returns one), or name it: path/to/file.py:NAME"
        )
    return found
