"""Tapeflow's stages in a user's own flow, which can be compared without the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.errors import TapeflowError
from flows.running import own_flow, steps
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions


class NotComparable(TapeflowError):
    """A flow that is not made of Tapeflow's stages alone."""

    def __init__(self, flow: str, others: Sequence[str]) -> None:
        what = f"has steps of its own ({', '.join(others)})" if others else "says nothing of stages"
        super().__init__(
            f"{flow} {what}, whose work names no origin to compare by: a gate needs a flow that is one "
            "flows.running.wiring.Wiring and nothing else; without a gate: `tapeflow deploy FLOW --version VERSION`"
        )


def find(named: str, options: FlowOptions) -> tuple[Flow, FlowOptions]:
    """Topic and stages of `path/to/file.py[:name]`, and the options that it gives them.

    Raises NotComparable, NoFlow, and what the code itself raises.
    """
    dataflow = own_flow.load(named, options)
    found = steps.of(dataflow)
    if found.staged is None or found.staged.options is None or found.others:
        raise NotComparable(named, found.others)
    return Flow(dataflow.flow_id, found.staged.progress.topic, found.stages), found.staged.options
