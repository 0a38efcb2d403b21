"""The figures that a demo shows while it runs, from the log's ends, the processes' status files and ClickHouse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.connectors import clickhouse
from flows.connectors.clickhouse import ClickHouseUnavailable, QueryFailed
from flows.connectors.log_ends import LogEnds
from flows.contracts import topics
from flows.demo.programs import status_file
from flows.stack.settings import Settings

_FILLS = """
SELECT instrument, toString(sum(if(side = 'buy', last_quantity, -last_quantity))), count()
FROM risk_inbox WHERE topic = {topic:String} AND kind = 'ExecutionReport' AND last_quantity > 0
GROUP BY instrument ORDER BY instrument
"""
_PNL = "SELECT quote, toString(sum(net_pnl)) FROM pnl WHERE topic = {topic:String} GROUP BY quote ORDER BY quote"

Ends = Mapping[str, Mapping[int, int]]
"""By topic and partition, where the log ends."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One reading."""

    ticks: int = 0
    bars: int = 0
    features: int = 0
    decisions: int = 0
    orders: int = 0
    dead_letters: int = 0
    fills: int = 0
    positions: Mapping[str, Decimal] = field(default_factory=dict)
    """Signed quantity by instrument."""
    pnl: Mapping[str, Decimal] = field(default_factory=dict)
    """Realised and unrealised, after fees, by quote currency."""
    lag_records: int = 0
    """Ticks that the market flow has not worked through yet."""


class Tallier:
    """Reads the figures; what ClickHouse says is kept while it is away."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ends = LogEnds(settings)
        self._fills: list[tuple[str, Decimal, int]] = []
        self._pnl: dict[str, Decimal] = {}

    def ends(self) -> dict[str, dict[int, int]]:
        """The end of every partition of every topic. Raises BrokerAway."""
        return self._ends.read(topics.load())

    def read(self) -> Tally:
        """Raises BrokerAway."""
        ends = self.ends()
        records = {topic: sum(partitions.values()) for topic, partitions in ends.items()}
        self._ask_clickhouse()
        return Tally(
            ticks=records["market.ticks"],
            bars=records["market.bars"],
            features=records["market.features"],
            decisions=records["risk.decisions"],
            orders=records["execution.orders"],
            dead_letters=records["ops.dead_letters"],
            fills=sum(count for _, _, count in self._fills),
            positions={instrument: quantity for instrument, quantity, _ in self._fills},
            pnl=self._pnl,
            lag_records=behind(self._settings.data_dir, "market", "market.ticks", ends),
        )

    def _ask_clickhouse(self) -> None:
        topic = {"topic": self._settings.topic("risk.inbox")}
        try:
            with clickhouse.client(self._settings.clickhouse_url) as connected:
                fills = connected.query(_FILLS, parameters=topic).result_rows
                self._fills = [(str(name), Decimal(quantity), int(count)) for name, quantity, count in fills]
                pnl = connected.query(_PNL, parameters=topic).result_rows
                self._pnl = {str(quote): Decimal(total) for quote, total in pnl}
        except (ClickHouseUnavailable, QueryFailed):
            # It is being restarted, or has no tables yet: the log is the truth, these are only its picture.
            return


def read_status(data_dir: Path, name: str) -> dict[str, Any]:
    """A process's last status; empty before its first."""
    try:
        status = json.loads(status_file(data_dir, name).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return dict(status)


def behind(data_dir: Path, flow: str, topic: str, ends: Ends) -> int:
    """Records of a topic that a flow has not worked through, outputs confirmed, by its own word."""
    return _left(read_status(data_dir, flow), topic, ends)


def orders_ended(data_dir: Path, ends: Callable[[], Ends]) -> bool:
    """Whether no order is open, and none is to come, where nobody but the router says anything to risk any more."""
    # One word of the router's for both: it may take an order between two.
    router = read_status(data_dir, "router")
    if router.get("open") != 0 or behind(data_dir, "risk", "risk.inbox", ends()):
        return False
    # Reports from before that word may have made risk write again.
    return _left(router, "execution.orders", ends()) == 0


def _left(status: Mapping[str, Any], topic: str, ends: Ends) -> int:
    positions = status.get("positions", {}).get(topic, {})
    return sum(max(0, end - int(positions.get(str(partition), 0))) for partition, end in ends[topic].items())
