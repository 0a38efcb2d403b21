"""A user's own flow: Tapeflow's stages, wired by hand."""

from bytewax.dataflow import Dataflow

from flows.flow import named
from flows.flow_options import FlowOptions
from flows.wiring import Wiring


def get_flow(options: FlowOptions) -> Dataflow:
    return Wiring(named("bars"), options).flow
