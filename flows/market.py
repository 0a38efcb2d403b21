"""market.ticks -> market.bars, market.features, risk.inbox

Bars, features and signals in one process, with one read of the ticks: the shortest way from tick to signal. It writes
what the three flows apart would write, bit for bit; run either it or them.
"""

from bytewax.dataflow import Dataflow

from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.running.wiring import Wiring

FLOW = Flow("market", "market.ticks", ("bars", "features", "signals"))


def get_flow(options: FlowOptions | None = None) -> Dataflow:
    """The dataflow; without options, as the environment and `tapeflow.toml` say. Raises NotRunning, BadConfig."""
    return wire(options or FlowOptions.load()).flow


def wire(options: FlowOptions) -> Wiring:
    return Wiring(FLOW, options)
