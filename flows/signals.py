"""market.features -> risk.inbox

What strategies want, and a mark at every bar close.
"""

from bytewax.dataflow import Dataflow

from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.running.wiring import Wiring

FLOW = Flow("signals", "market.features", ("signals",))


def get_flow(options: FlowOptions | None = None) -> Dataflow:
    """The dataflow; without options, as the environment and `tapeflow.toml` say. Raises NotRunning, BadConfig."""
    return wire(options or FlowOptions.load()).flow


def wire(options: FlowOptions) -> Wiring:
    return Wiring(FLOW, options)
