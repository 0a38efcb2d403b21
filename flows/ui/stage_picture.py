"""Stages with rate, lag, times and engine."""

from __future__ import annotations

from typing import Any

from flows.config import STAGES
from flows.contracts import topics
from flows.rollout import report as rollout_report
from flows.rollout.commands import heard_in
from flows.ui.desk import INBOX
from flows.ui.log_watch import LogWatch
from flows.ui.market import TICKS
from flows.ui.numbers import milliseconds
from flows.ui.stages import landed
from flows.ui.state import State

_WRITES = {"bars": "market.bars", "features": "market.features", "signals": "risk.inbox", "risk": "risk.decisions"}
Picture = dict[str, Any]


def stages(state: State, log: LogWatch) -> Picture:
    """A line for each stage from the venue to ClickHouse."""
    behind = landed(state.ends or {}, log.ends)
    return {
        "rows": [
            _ingestor(state, log),
            *(_stage(state, log, stage) for stage in STAGES),
            _router(state, log),
            {
                "stage": "audit",
                "writes": "ClickHouse",
                "rate": sum(log.rates.values()),
                "behind": sum(behind.values()),
                "behind_of": "records not landed",
                "behind_ms": _to_go_ms(sum(behind.values()), sum(log.rates.values())),
            },
        ],
        "topics": [
            {
                "topic": name,
                "records": sum(log.ends.get(name, {}).values()),
                "rate": log.rates.get(name),
                "not_landed": behind.get(name),
            }
            for name in topics.load()
        ],
    }


def _ingestor(state: State, log: LogWatch) -> Picture:
    newest_ns = max((board.received_ns for board in state.market.boards.values()), default=0)
    return {
        "stage": "ingestor",
        "writes": TICKS,
        "rate": log.rates.get(TICKS),
        "newest_ms": milliseconds(newest_ns) if newest_ns else None,
    }


def _stage(state: State, log: LogWatch, stage: str) -> Picture:
    progress, topic = state.stages.progress[stage], heard_in(stage)
    found: Picture = {
        "stage": stage,
        "writes": _WRITES[stage],
        "rate": log.rates.get(_WRITES[stage]),
        "p50_ms": _to_ms(progress.time_ns(0.5)),
        "p99_ms": _to_ms(progress.time_ns(0.99)),
        **_engine(state, stage),
    }
    if topic == INBOX:
        return {**found, "behind": len(state.desk.undecided), "behind_of": "signals undecided"}
    traded = {board.partition for board in state.market.boards.values()}
    newest_ns = max((board.received_ns for board in state.market.boards.values()), default=0)
    return {
        **found,
        "behind": progress.behind((state.ends or {}).get(topic, {}), traded),
        "behind_of": "ticks since its last output",
        "behind_ms": max(0.0, (newest_ns - progress.received_ns) / 1e6) if progress.received_ns else None,
    }


def _router(state: State, log: LogWatch) -> Picture:
    orders = state.desk.orders.by_id.values()
    times = sorted(order.sent_ns - order.row["receive_ns"] for order in orders if order.sent_ns)
    return {
        "stage": "router",
        "writes": "venue, risk.inbox",
        "rate": log.rates.get("execution.orders"),
        "behind": sum(order.status == "" for order in orders),
        "behind_of": "orders without a report",
        "p50_ms": _to_ms(times[len(times) // 2]) if times else None,
        "p99_ms": _to_ms(times[min(int(len(times) * 0.99), len(times) - 1)]) if times else None,
    }


def _engine(state: State, stage: str) -> Picture:
    """What the log says of its engine: without a word in the log, it is the one that the flow was started with."""
    policies = state.stages.policies[stage]
    said = [policy.said for policy in policies.values() if policy.said]
    newest = max(said, key=lambda one: one.event_ns, default=None)
    return {
        "engine": "; ".join(sorted({rollout_report.words(policy) for policy in policies.values()})) or "as started",
        "engine_by": newest.operator if newest else None,
        "engine_reason": newest.reason if newest else None,
        "engine_ms": milliseconds(newest.event_ns) if newest else None,
        # Until the next word: that is asked for a new start.
        "fallen": any(
            letter["stage"] == stage
            and letter["reason"] == "engine_fallback"
            and (newest is None or letter["at_ms"] * 1_000_000 > newest.event_ns)
            for letter in state.trouble.letters
        ),
    }


def _to_go_ms(records: int, rate: float) -> float:
    """How old the oldest of these records is, at the rate at which they come."""
    return records / max(rate, 1.0) * 1000


def _to_ms(time_ns: int | None) -> float | None:
    return None if time_ns is None else time_ns / 1e6
