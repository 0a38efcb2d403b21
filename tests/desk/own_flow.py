"""A user's own flow: Tapeflow's stages, wired by hand."""

from bytewax.dataflow import Dataflow

from flows.running.flow import named
from flows.running.flow_options import FlowOptions
from flows.running.wiring import Wiring


def get_flow(options: FlowOptions) -> Dataflow:
    return Wiring(named("bars"), options).flow
