"""risk.inbox -> risk.decisions, execution.orders

A decision on every signal, and an order for every one that passes.
"""

from bytewax.dataflow import Dataflow

from flows.flow_options import FlowOptions
from flows.wiring import Wiring


def get_flow(options: FlowOptions | None = None) -> Dataflow:
    """The dataflow; without options, as the environment and `tapeflow.toml` say. Raises NotRunning, BadConfig."""
    return wire(options or FlowOptions.load()).flow


def wire(options: FlowOptions) -> Wiring:
    return Wiring("risk", "risk.inbox", ["risk"], options)
