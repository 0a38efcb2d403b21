"""A stretch of any topic -> what a flow makes of it, once more: topics with a prefix, files, or only their count."""

from __future__ import annotations

from pathlib import Path

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.connectors import schema_ids
from flows.connectors.file_sink import FileSink
from flows.running.chain import Outputs
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.running.progress import Progress
from flows.running.wiring import Wiring
from flows.stretch import Stretch


def to_topics(flow: Flow, options: FlowOptions, stretch: Stretch) -> Wiring:
    """Writes where `options` say."""
    return Wiring(flow, options, stretch)


def to_files(flow: Flow, options: FlowOptions, stretch: Stretch, folder: Path, format: str) -> Wiring:
    """Writes `avro` or `parquet` files. Raises FileExists."""
    ids = schema_ids.load()
    return Wiring(flow, options, stretch, lambda progress: FileSink(folder, format, ids, progress))


def to_nowhere(flow: Flow, options: FlowOptions, stretch: Stretch) -> Wiring:
    """Only counts: how fast a flow is, and how much it makes."""
    return Wiring(flow, options, stretch, _Nowhere)


class _Nowhere(DynamicSink[tuple[str, Outputs]]):
    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Dropped:
        return _Dropped(self._progress)


class _Dropped(StatelessSinkPartition[tuple[str, Outputs]]):
    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def write_batch(self, items: list[tuple[str, Outputs]]) -> None:
        for partition, _ in items:
            self._progress.written(int(partition))
