"""market.ticks -> the bars that are open where a partition ends, or ended, as flow bars has them there.

They are a function of the log and the configuration: the state that a flow saved last, where there is one, and the
records behind it. Nobody asks the flow, which may run, stand still, or never have been here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows._native import SchemaIds
from flows.connectors.partition_records import PartitionRecords
from flows.contracts.records import Bar
from flows.contracts.registry import SchemaIds as PythonIds
from flows.engine.partial_bars import partial_bars
from flows.errors import StageRestoreError
from flows.rollout import engine
from flows.rollout.switch import state_of
from flows.running.flow_options import FlowOptions
from flows.running.saved_state import saved
from flows.running.staged_source import State
from flows.stretch import Stretch

STAGE = "bars"
_FLOWS = ("market", "bars")
"""Those that have the stage."""


@dataclass(frozen=True)
class OpenBars:
    """Of one partition."""

    partition: int
    end: int
    """Offset behind the last record that is in them."""
    flow: str | None
    """Whose saved state is in them; None: all was read from the log's beginning."""
    begin: int
    """Offset from which on the log was read."""
    bars: list[Bar]
    """As `TradingEngine.partial_bars` gives them."""


def find(options: FlowOptions, stretch: Stretch) -> Iterator[OpenBars]:
    """Those at the end of each partition of the stretch, which has one. Raises StateUnusable, StageConfigError,
    StageRestoreError, LogReadError."""
    ids, config = SchemaIds.load(), options.config.json(STAGE)
    states = {flow: saved(options.services, flow) for flow in _FLOWS}
    for partition, (_, end) in stretch.offsets.items():
        assert end is not None, "for ever has no bars that are open at its end"
        low = stretch.lows.get(partition, 0)
        of_it = {flow: by_partition[partition] for flow, by_partition in states.items() if partition in by_partition}
        usable = {flow: state for flow, state in of_it.items() if low <= state[0] <= end}
        flow = max(usable, key=lambda one: usable[one][0], default=None)
        stage = engine.make(options.engines[STAGE], STAGE, config, ids, {})
        begin = _taken_up(stage, flow, usable[flow]) if flow else low
        if begin < end:
            for batch in PartitionRecords(options.services, stretch.topic, partition, begin, end).batches():
                stage.process(batch)
        bars = partial_bars(config, PythonIds(ids.by_subject()), stage.snapshot())
        yield OpenBars(partition, end, flow, begin, bars)


def _taken_up(stage: engine.Engine, flow: str, state: State) -> int:
    """The offset at which the stage stands then."""
    offset, snapshots = state
    try:
        stage.restore(state_of(snapshots[STAGE]))
    except StageRestoreError as error:
        raise StageRestoreError(f"{error}: flow {flow} runs with another one, give that with --config") from error
    return offset
