"""A small desk whose records stand in the landing tables, and whose numbers are worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from flows.connectors import clickhouse
from flows.contracts.topics import load
from flows.stack import Stack

CHECKS = sorted((Path(__file__).resolve().parents[1] / "sql" / "checks").glob("*.sql"))
BTC = {"venue": "binance", "instrument": "BTC-USDT", "price_exponent": -9, "quantity_exponent": -9}
START_S = 1_700_000_000


@contextmanager
def landed(stack: Stack, prefix: str) -> Iterator[Desk]:
    """A desk of this topic prefix, whose rows go away with it."""
    with clickhouse.client(stack.clickhouse_url) as client:
        made = Desk(client, prefix)
        yield made
        for topic in load().values():
            client.command(f"DELETE FROM {topic.table} WHERE startsWith(topic, '{made.prefix}')")


class Desk:
    """Rows of the landing tables under a prefix of their own; offsets count by themselves."""

    def __init__(self, client: Client, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._offsets = {name: itertools.count() for name in load()}

    def put(self, topic: str, kind: str, **values: Any) -> int:
        offset = next(self._offsets[topic])
        row = {"topic": self.prefix + topic, "partition": 0, "offset": offset, "kind": kind, **values}
        self.client.insert(load()[topic].table, [list(row.values())], column_names=list(row))
        return offset

    def put_all(self, topic: str, rows: list[dict[str, Any]]) -> None:
        """Rows that all have the same columns, `kind` among them, in one insert."""
        numbered = [
            {"topic": self.prefix + topic, "partition": 0, "offset": next(self._offsets[topic]), **row} for row in rows
        ]
        names = list(numbered[0])
        self.client.insert(load()[topic].table, [[row[name] for name in names] for row in numbered], column_names=names)

    def trade(self, price: str, quantity: str, aggressor: str, at_s: float) -> int:
        money = {"price": Decimal(price), "quantity": Decimal(quantity)}
        return self.put("market.ticks", "Trade", **BTC, **money, aggressor=aggressor, event_ns=moment(at_s))

    def report(
        self, order: str, index: int, status: str, last: str, price: str | None, total: str, **values: Any
    ) -> int:
        money = {"last_quantity": Decimal(last), "last_price": price and Decimal(price)}
        common = {"account": "main", "order_quantity": Decimal(2), "cumulative_quantity": Decimal(total), **BTC}
        origin = {"origin_partition": 0, "origin_offset": int(order), "origin_index": index}
        row = {"client_order_id": order, "status": status, **common, **money, **origin, **values}
        return self.put("risk.inbox", "ExecutionReport", **row)

    def select(self, view: str, columns: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM {view} WHERE startsWith(topic, '{self.prefix}')"
        return [tuple(row) for row in self.client.query(sql).result_rows]

    def failing(self) -> list[str]:
        """Names of the checks that return a row of this desk."""
        failing = []
        for file in CHECKS:
            rows = self.client.query(file.read_text().rstrip().rstrip(";")).result_rows
            if any(any(str(value).startswith(self.prefix) for value in row) for row in rows):
                failing.append(file.stem)
        return failing


def moment(at_s: float) -> int:
    """clickhouse-connect takes nanoseconds for DateTime64(9) as int."""
    return int((START_S + at_s) * 1e9)


def trade_once(desk: Desk) -> None:
    """A bar, a signal on it, a decision, an order, two fills, a sale by another order, a mark."""
    first = desk.trade("100", "1", "buy", 0.1)
    last = desk.trade("104", "3", "sell", 0.9)
    origin = {"origin_partition": 0, "origin_offset": last + 1, "origin_index": 0}
    desk.put(
        "market.bars", "Bar", **origin, **BTC, interval_ns=10**9, open_ns=moment(0), close_ns=moment(1),
        receive_ns=moment(1), produced_ns=moment(1.001), open=Decimal(100), high=Decimal(104), low=Decimal(100),
        close=Decimal(104), volume=Decimal(4), notional=Decimal(412), vwap=Decimal(103), trade_count=2,
        buy_volume=Decimal(1), sell_volume=Decimal(3), first_offset=first, last_offset=last,
    )  # fmt: skip
    signal = {"origin_partition": 0, "origin_offset": last + 1, "origin_index": 1}
    common = {"account": "main", "strategy": "ema", **BTC, "receive_ns": moment(1)}
    desk.put("risk.inbox", "Signal", **signal, **common, interval_ns=10**9, produced_ns=moment(1.003))
    cause = {"signal_partition": 0, "signal_offset": last + 1, "signal_index": 1}
    new = {"client_order_id": "7", "side": "buy", "quantity": Decimal(2), "reference_price": Decimal(104)}
    decided = {"origin_partition": 0, "origin_offset": 0, "origin_index": 0}
    desk.put("risk.decisions", "Decision", **decided, **common, **cause, verdict="accepted", client_order_id="7")
    ordered = {**decided, "origin_index": 1}
    desk.put("execution.orders", "New", **ordered, **common, **cause, **new, produced_ns=moment(1.006))
    told = {"side": "buy", "sent_ns": moment(1.01), "fee_asset": "USDT"}
    desk.report("7", 0, "accepted", "0", None, "0", receive_ns=moment(1.015), **told)
    desk.report("7", 1, "partially_filled", "0.5", "104.5", "0.5", receive_ns=moment(1.02), fee=Decimal("0.05"), **told)
    desk.report("7", 2, "filled", "1.5", "105.3", "2", receive_ns=moment(1.03), fee=Decimal("0.15"), **told)
    mark = {"origin_partition": 0, "origin_offset": last + 1, "origin_index": 0, "account": "main", **BTC}
    desk.put("risk.inbox", "Mark", **mark, price=Decimal(110))
