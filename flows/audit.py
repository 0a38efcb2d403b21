"""every topic -> ClickHouse

Each record becomes one row of its topic's landing table (`sql/landing/`). There is no recovery store: the flow resumes
behind the highest offset that ClickHouse itself holds, so a crash between the two loses and doubles nothing.
"""

from __future__ import annotations

import threading
from pathlib import Path

from bytewax import operators as op
from bytewax.dataflow import Dataflow

from flows._native import SchemaIds
from flows.connectors.audit_status import AuditStatus
from flows.connectors.landing import Landing
from flows.connectors.landing_sink import Lander, LandingSink
from flows.connectors.log_blocks import LogBlocks
from flows.stack.settings import Settings


def get_flow(
    settings: Settings,
    *,
    flush_ms: int = 500,
    status_file: Path | None = None,
    stop: threading.Event | None = None,
    status: AuditStatus | None = None,
) -> Dataflow:
    """The dataflow. `flush_ms`: how long a record waits for company; `stop`: ends it when all that was read has landed;
    `status`: one that others look at too, in place of one that writes `status_file`.

    Raises NotRunning.
    """
    stop = stop or threading.Event()
    status = status or AuditStatus(settings, status_file)
    landing = Landing(settings, SchemaIds.load(), status, stop)
    lander = Lander(landing)
    flow = Dataflow("audit")
    blocks = op.input("log", flow, LogBlocks(settings, landing, status, flush_ms, stop, lander.check))
    op.output("clickhouse", blocks, LandingSink(lander))
    status.start()
    return flow
