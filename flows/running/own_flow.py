"""Dataflows from a user's own file."""

from __future__ import annotations

import inspect
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from bytewax.dataflow import Dataflow

from flows.errors import TapeflowError
from flows.running.flow_options import FlowOptions

_DEFAULT = "flow"


class NoFlow(TapeflowError):
    """The file does not hold a dataflow of that name."""


def load(named: str, options: FlowOptions) -> Dataflow:
    """The dataflow of `path/to/file.py[:name]`: a Dataflow, or a function that makes one, of the options or of nothing.

    The name is `flow` if none is given, else `get_flow`. Raises NoFlow; what the file itself raises goes through.
    """
    path, _, name = named.partition(":")
    file = Path(path).resolve()
    spec = spec_from_file_location(file.stem, file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise NoFlow(f"{path} is no Python file, and no flow of Tapeflow's: see `tapeflow run --help`")
    module = module_from_spec(spec)
    # As for a script: what stands beside the file can be imported, and its classes found when a state is read.
    sys.path.insert(0, str(file.parent))
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    found = getattr(module, name or _DEFAULT, None) or (None if name else getattr(module, "get_flow", None))
    if inspect.isfunction(found):
        found = found(options) if inspect.signature(found).parameters else found()
    if not isinstance(found, Dataflow):
        raise NoFlow(
            f"{path} has no dataflow {name or _DEFAULT}: give it one (flow = Dataflow(...), or a function get_flow "
            "that returns one), or name it: path/to/file.py:NAME"
        )
    return found
