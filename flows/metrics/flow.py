"""A flow's progress and counts as metrics."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.connectors.log_ends import BrokerAway, LogEnds
from flows.metrics import server
from flows.metrics.meter import Histogram
from flows.rollout.policy import PYTHON, RUST
from flows.running.progress import Progress
from flows.stack.settings import Settings

# A flow whose source is not even asked for records for so long is stuck.
_STILL_S = 60.0
_DEAD_LETTERS = "ops.dead_letters"


def served(address: str, flow: str, progress: Sequence[Progress], settings: Settings) -> AbstractContextManager[None]:
    """`progress`: of each source of the flow. Raises MetricsUnusable, NotRunning."""
    collector = _FlowCollector(flow, progress, settings)
    return server.served(address, collector, collector.is_alive)


class _FlowCollector(Collector):
    """Asks the broker for the log's ends when it is asked itself: the lag is as of then."""

    def __init__(self, flow: str, progress: Sequence[Progress], settings: Settings) -> None:
        self._flow = flow
        self._progress = progress
        self._ends = LogEnds(settings)
        self._lock = threading.Lock()
        self._turns = -1
        self._moved_s = time.monotonic()

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield from self._counts()
        yield from self._lag()
        yield from self._engines()
        unacknowledged = GaugeMetricFamily(
            "tapeflow_flow_unacknowledged_records", "Sent, and not confirmed by the broker.", labels=["flow"]
        )
        unacknowledged.add_metric([self._flow], sum(one.unacknowledged for one in self._progress))
        yield unacknowledged
        saved = GaugeMetricFamily("tapeflow_flow_saved_age_seconds", "Since state was saved last.", labels=["flow"])
        if saved_ns := min((one.saved_ns for one in self._progress if one.saved_ns), default=None):
            saved.add_metric([self._flow], (time.time_ns() - saved_ns) / 1e9)
        yield saved

    def is_alive(self) -> bool:
        """Whether the dataflow turns, or has not stood still for long."""
        with self._lock:
            turns, now_s = sum(one.turns for one in self._progress), time.monotonic()
            if turns != self._turns:
                self._turns, self._moved_s = turns, now_s
            return now_s - self._moved_s < _STILL_S

    def _counts(self) -> Iterator[Metric]:
        place = ["flow", "topic", "partition"]
        records = CounterMetricFamily("tapeflow_flow_records", "Records processed by the stages.", labels=place)
        hop = HistogramMetricFamily(
            "tapeflow_flow_hop_seconds", "From the writing of a record to the end of the stages' work.", labels=place
        )
        work = HistogramMetricFamily("tapeflow_flow_work_seconds", "The stages' work on one batch.", labels=place)
        made = CounterMetricFamily(
            "tapeflow_flow_made_records",
            "Records that the stages made; of ops.dead_letters too.",
            labels=["flow", "stage", "topic"],
        )
        # From the start: where a counter begins with its first letter, Prometheus sees no increase, and nobody is told.
        totals = {(stage, _DEAD_LETTERS): 0 for one in self._progress for stage in one.stages}
        for one in self._progress:
            for partition, meter in sorted(one.meters.items()):
                labels = [self._flow, one.topic, str(partition)]
                records.add_metric(labels, meter.records)
                _add(hop, labels, meter.hop)
                _add(work, labels, meter.work)
                for key, count in list(meter.made.items()):
                    totals[key] = totals.get(key, 0) + count
        for (stage, topic), count in sorted(totals.items()):
            made.add_metric([self._flow, stage, topic], count)
        yield from (records, hop, work, made)

    def _lag(self) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            "tapeflow_flow_lag_records", "Records not processed yet.", labels=["flow", "topic", "partition"]
        )
        topics = {one.topic for one in self._progress}
        try:
            ends = self._ends.read(topics)
        except BrokerAway:
            # Without the broker there is no telling; its own alert says that it is away.
            ends = {topic: {} for topic in topics}
        for one in self._progress:
            for partition, position in sorted(one.positions().items()):
                if partition in ends[one.topic]:
                    left = max(0, ends[one.topic][partition] - position)
                    lag.add_metric([self._flow, one.topic, str(partition)], left)
        yield lag

    def _engines(self) -> Iterator[Metric]:
        place = ["flow", "stage", "partition"]
        runs = GaugeMetricFamily("tapeflow_flow_engine", "1 for each engine at work.", labels=[*place, "engine"])
        fallen = GaugeMetricFamily(
            "tapeflow_flow_engine_fallen", "1 where Rust failed and Python took over.", labels=place
        )
        for one in self._progress:
            for partition, stages in sorted(one.standing().items()):
                for stage, standing in stages.items():
                    labels = [self._flow, stage, str(partition)]
                    fallen.add_metric(labels, standing.fallen is not None)
                    for engine in (RUST, PYTHON):
                        runs.add_metric([*labels, engine], engine in standing.running)
        yield from (runs, fallen)


def _add(family: HistogramMetricFamily, labels: list[str], histogram: Histogram) -> None:
    family.add_metric(labels, histogram.buckets(), histogram.sum_s)
