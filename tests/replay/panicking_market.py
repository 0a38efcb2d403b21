"""The market flow with a bars engine that panics, really, in Rust: a panic of another part of the extension."""

from __future__ import annotations

from collections.abc import Mapping

from bytewax.dataflow import Dataflow

from flows._native import Batch, LandingReader, SchemaIds, Stage
from flows.market import wire
from flows.rollout import engine
from flows.running.flow_options import FlowOptions

_GOOD_BATCHES = 3


class PanickingBars:
    """Good for some batches."""

    def __init__(self, stage: str, config_json: str, ids: SchemaIds, partitions: Mapping[str, int]) -> None:
        self._stage = Stage(stage, config_json, ids, partitions)
        self._good = _GOOD_BATCHES if stage == "bars" else -1

    def process(self, batch: Batch) -> Batch:
        if self._good == 0:
            services = FlowOptions.load().services
            LandingReader(services.bootstrap_servers, services.topic_prefix, []).opened(0)
        self._good -= 1
        return self._stage.process(batch)

    def snapshot(self) -> bytes:
        return self._stage.snapshot()

    def restore(self, state: bytes) -> None:
        self._stage.restore(state)


def get_flow(options: FlowOptions) -> Dataflow:
    engine._MAKERS = {**engine._MAKERS, "rust": PanickingBars}
    return wire(options).flow
