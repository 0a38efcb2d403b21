"""An explanation for machines. Money is decimal text, times are nanoseconds since 1970."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flows.explain import wording
from flows.explain.explanation import Closed, Explanation, Link, Rederivation, Ticks
from flows.explain.readable import fields, kind


def json_report(explanation: Explanation) -> str:
    chain = explanation.chain
    found = {
        "client_order_id": chain.order.record.client_order_id,
        "reports": [link(report) for report in chain.reports],
        "order": link(chain.order),
        "decision": link(chain.decision),
        "closes": _closed(chain.closes),
        "signal": link(chain.signal),
        "strategy": explanation.strategy,
        "features": link(chain.features),
        "features_before": link(chain.features_before),
        "bars": [link(bar) for bar in chain.bars],
        "ticks": _ticks(chain.ticks),
        "hops": [asdict(hop) for hop in explanation.hops],
        "notes": chain.notes,
        "rederivation": _rederivation(explanation.rederivation),
    }
    return dumps(found)


def dumps(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def link(found: Link | None) -> dict[str, Any] | None:
    """A record with its position."""
    if found is None:
        return None
    entry = found.entry
    return {
        "topic": entry.topic,
        "partition": entry.partition,
        "offset": entry.offset,
        "produced_ns": entry.produced_ns,
        "kind": kind(found.record),
        "record": fields(found.record),
    }


def _closed(found: Closed | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"client_order_id": found.client_order_id, "exit": found.exit.value, "signal": link(found.signal)}


def _ticks(ticks: Ticks) -> dict[str, Any]:
    groups = {
        group.kind: {"count": group.count, "first": link(group.first), "last": link(group.last)}
        for group in ticks.groups
    }
    latest = [link(one) for one in ticks.latest]
    return {"start": ticks.start, "closing": link(ticks.closing), "kinds": groups, "latest": latest}


def _rederivation(found: Rederivation) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "reads": wording.verdict(found),
        "engines": dict(found.engines),
        "config": found.config,
        "runs": [asdict(run) for run in found.runs],
    }
