"""A side that stands in the log: what a flow really wrote then, or what another run wrote under a prefix of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flows._native import Batch, SchemaIds, WrittenReader
from flows.comparison.causes import newest
from flows.comparison.side import SideFailed
from flows.connectors import schema_ids
from flows.contracts import topics
from flows.running import chain
from flows.running.flow import Flow

_LOOK_S = 0.02
# Status files are renewed every second; and a process that was asked to end has six.
_PATIENCE_AT_END_S = 4.0


class WrittenSide:
    """What the stages of a flow wrote of one source partition."""

    def __init__(
        self,
        flow: Flow,
        bootstrap_servers: str,
        prefix: str,
        partition: int,
        counts: chain.PartitionCounts,
        wait_for: Callable[[int, int], None] | None = None,
    ) -> None:
        """`wait_for`: returns when the writer is past a partition's offset; none where the writing is over. Raises
        LogReadError."""
        places = _places(flow, partition, counts)
        self._reader = WrittenReader(bootstrap_servers, prefix, partition, places, SchemaIds.load())
        # Where the input is sequenced its records are the causes themselves.
        self._ids = None if topics.load()[flow.topic].sequenced else schema_ids.load()
        self._end = 0
        self._partition = partition
        self._wait_for = wait_for

    def process(self, batch: Batch) -> Batch:
        """Of a derived topic a batch holds whole causes: see causes.py."""
        behind = batch.last_offset + 1
        if self._wait_for:
            self._wait_for(self._partition, behind)
        if self._ids is None:
            self._end = behind
        elif (cause := newest(batch, self._ids)) is not None:
            self._end = cause + 1
        return self._reader.take(self._end, look_again=self._wait_for is not None)

    def skip(self, batch: Batch) -> None:
        self.process(batch)


class Primary:
    """A running flow, by its status file."""

    def __init__(self, topic: str, status: Path, patience_s: float, is_stopped: Callable[[], bool]) -> None:
        """Raises SideFailed if there is no such file."""
        self._topic = topic
        self._status = status
        self._patience_s = patience_s
        self._is_stopped = is_stopped
        if not status.exists():
            raise SideFailed(
                f"{status} is not there: start the flow with --status-file, and name its file here with --status-file"
            )

    def wait_for(self, partition: int, offset: int) -> None:
        """Returns when the flow is past the offset, all outputs confirmed. Raises SideFailed if it stands still."""
        moved_s, last = time.monotonic(), -1
        while (position := self._position(partition)) < offset:
            if position != last:
                moved_s, last = time.monotonic(), position
            # A batch that was begun is compared to its end: cut short, what is not yet written would count as missing.
            patience_s = _PATIENCE_AT_END_S if self._is_stopped() else self._patience_s
            if time.monotonic() - moved_s > patience_s:
                raise SideFailed(
                    f"the flow of {self._status} stands at {self._topic}[{partition}] offset {position} for "
                    f"{patience_s:.0f} s: is it running? See `tapeflow status`"
                )
            time.sleep(_LOOK_S)

    def _position(self, partition: int) -> int:
        positions = json.loads(self._status.read_text())["positions"]
        return int(positions.get(self._topic, {}).get(str(partition), -1))


def _places(flow: Flow, partition: int, counts: chain.PartitionCounts) -> Sequence[tuple[str, int, Sequence[str]]]:
    """Every output partition that holds records of this source partition, with the stages that write there."""
    writers: dict[str, list[str]] = {}
    # As a chain gives them: its end first.
    for stage in reversed(flow.stages):
        for topic in chain.written_by(stage):
            writers.setdefault(topic, []).append(stage)
    places: list[tuple[str, int, Sequence[str]]] = []
    for topic, count in counts(list(writers)).items():
        by_origin = topics.load()[topic].placed_by == "origin"
        chosen = [partition] if by_origin else range(count)
        places.extend((topic, number, writers[topic]) for number in chosen)
    return places
