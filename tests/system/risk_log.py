"""What stands between strategies and router, as tests of both say it and read it: signals' terms, decisions, orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.contracts import codec
from flows.contracts.records import ExecutionReport
from flows.contracts.registry import SchemaIds
from flows.kernels.stage import Entry
from flows.stack.settings import Settings
from tests import log_of
from tests.replay.chains import RISK, run

PLACE: dict[str, Any] = {
    "account": "main",
    "venue": "binance",
    "instrument": "BTC-USDT",
    "price_exponent": -9,
    "quantity_exponent": -9,
}
"""Of marks and signals."""
_IDS = SchemaIds.embedded()
_MADE = ("risk.decisions", "execution.orders")


def told(settings: Settings, topic: str, kind: type[Any]) -> list[Any]:
    """All records of a kind, as of now."""
    found = (codec.decode(one.value, _IDS) for one in log_of.read(settings, topic))
    return [one for one in found if isinstance(one, kind)]


def by_order(settings: Settings) -> dict[str, list[ExecutionReport]]:
    """All reports, by client id."""
    found: dict[str, list[ExecutionReport]] = {}
    for report in told(settings, "risk.inbox", ExecutionReport):
        found.setdefault(report.client_order_id, []).append(report)
    return found


def replayed(settings: Settings, engine: str) -> dict[str, list[bytes]]:
    """What the inbox makes once more, by topic."""
    made = run(RISK, _inbox(settings), engines={"risk": engine})["risk"]
    return {topic: [one[3] for one in made if one[0] == topic] for topic in _MADE}


def written(settings: Settings) -> dict[str, list[bytes]]:
    """What stands in the log."""
    return {topic: [one.value for one in log_of.read(settings, topic)] for topic in _MADE}


def _inbox(settings: Settings) -> Sequence[Entry]:
    return [
        Entry("risk.inbox", one.partition, one.offset, one.key, one.value, (one.partition, one.offset, 0))
        for one in log_of.read(settings, "risk.inbox")
    ]
