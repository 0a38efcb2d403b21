"""The audit's status as metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.connectors.audit_status import AuditStatus
from flows.metrics import server


def served(address: str, status: AuditStatus) -> AbstractContextManager[None]:
    """Raises MetricsUnusable."""
    return server.served(address, _AuditCollector(status), status.is_alive)


class _AuditCollector(Collector):
    """Tells what the status file tells."""

    def __init__(self, status: AuditStatus) -> None:
        self._status = status

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        told = self._status.told()
        rows = CounterMetricFamily("tapeflow_audit_rows", "Rows that ClickHouse took.", labels=["topic"])
        for topic, count in sorted(told["rows"].items()):
            rows.add_metric([topic], count)
        lag = GaugeMetricFamily(
            "tapeflow_audit_lag_records", "Records that ClickHouse does not have.", labels=["topic"]
        )
        for topic, count in sorted((told["lag"] or {}).items()):
            lag.add_metric([topic], count)
        waiting = GaugeMetricFamily("tapeflow_audit_waiting", "1 while ClickHouse cannot be written.")
        waiting.add_metric([], told["waiting_for"] is not None)
        yield from (rows, lag, waiting)
