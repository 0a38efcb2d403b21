"""A row means what its record means: landed by the Rust row writer, read back by clickhouse-connect, compared here."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, localcontext
from enum import Enum
from functools import cache
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows._native import Batch, SchemaIds, landing_block, landing_rows, landing_table
from flows.connectors import clickhouse
from flows.contracts import codec, registry, topics
from flows.contracts.records import Side, Trade
from flows.stack import Stack, tables

from .conftest import any_record

PREFIX = "try."
IDS = registry.SchemaIds.embedded()
NAMED = {
    f"{schema['namespace']}.{schema['name']}": schema
    for schema in (json.loads(file.read_text()) for file in registry.FOLDER.glob("**/*.avsc"))
}
CASES = [(topic.name, subject) for topic in topics.load().values() for subject in topic.records]
PROPERTY = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
POSITION = ("topic", "partition", "offset", "timestamp", "produced_ns", "kind")
# Each batch is a partition of its own: nothing need be deleted.
PARTITIONS = itertools.count(2**31 - 1, -1)
# Every other exponent is refused: tested below.
EXPONENTS = {"price_exponent": 18, "quantity_exponent": 18, "fee_exponent": 18, "contract_exponent": 18}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The embedded ClickHouse with the landing tables, and no broker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPEFLOW_BOOTSTRAP_SERVERS", "127.0.0.1:1")
        with Stack(tmp_path_factory.mktemp("landing")) as stack:
            tables.create(stack.settings)
            with clickhouse.client(stack.clickhouse_url) as connected:
                yield connected


@st.composite
def landable(draw: st.DrawFn, subject: str) -> Any:
    """A record whose exponents the Decimals hold."""
    record = draw(any_record(subject))
    drawn: dict[str, Any] = {
        name: draw(st.integers(-EXPONENTS[name], 0)) for name in EXPONENTS if hasattr(record, name)
    }
    if hasattr(record, "checks"):
        drawn["checks"] = [replace(check, exponent=draw(st.integers(-36, 0))) for check in record.checks]
    return replace(record, **drawn)


def batch_of(topic: str, partition: int, messages: list[bytes], produced_ns: list[int | None]) -> Batch:
    """A batch as a source makes it, written by hand in the form that crosses processes."""
    index = list(topics.load()).index(topic)
    slots, data = b"", b""
    for offset, (message, produced) in enumerate(zip(messages, produced_ns, strict=True)):
        key_end, data = len(data), data + message
        slots += struct.pack("<biqqq", index, partition, offset, 1_700_000_000_000 + offset, absent_as_least(produced))
        slots += struct.pack("<qiiII", offset, partition, 0, key_end, len(data))
    return Batch.from_bytes(struct.pack("<I", len(messages)) + slots + data)


def absent_as_least(produced_ns: int | None) -> int:
    return -(2**63) if produced_ns is None else produced_ns


def land(client: Client, topic: str, batch: Batch) -> list[dict[str, Any]]:
    """The rows as ClickHouse gives them back; times as nanoseconds, for Python's end at microseconds."""
    table, columns = landing_table(topic)
    ids = SchemaIds.embedded()
    block = landing_block([batch], PREFIX, ids, 0, 1 << 62)
    client.raw_insert(table, column_names=columns, insert_block=block.data, fmt="Native")
    of_batch = f"FROM {table} WHERE partition = {batch.partition} ORDER BY offset"
    # What verify compares: the same rows in the other form.
    names = ", ".join(f"`{name}`" for name in columns)
    rows = landing_rows([batch], PREFIX, ids, 0, 1 << 62)
    assert client.raw_query(f"SELECT {names} {of_batch}", fmt="RowBinary") == rows.data
    assert (len(rows), rows.refused) == (len(block), block.refused)
    types = types_of(client, table)
    asked = [f"toUnixTimestamp64Nano({name})" if "DateTime64(9" in types[name] else f"`{name}`" for name in columns]
    # Bytes come back as they went in, be they UTF-8 or not.
    answer = client.query(f"SELECT {', '.join(asked)} {of_batch}", query_formats={"String": "bytes"})
    return [dict(zip(columns, row, strict=True)) for row in answer.result_rows]


@cache
def types_of(client: Client, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in client.query(f"DESCRIBE TABLE {table}").result_rows}


def expected(record: Any, types: dict[str, str]) -> dict[str, Any]:
    """What the columns of a record's row should hold, worked out from `schemas/` alone."""
    row = {name: absent(kind) for name, kind in types.items() if name not in POSITION}
    for field in NAMED[record.SUBJECT]["fields"]:
        value = getattr(record, field["name"])
        if is_dataclass(value) and not isinstance(value, type):
            row.update({f"{field['name']}_{part.name}": getattr(value, part.name) for part in fields(value)})
        elif value is not None:
            row[field["name"]] = landed(value, field, record)
    return row


def absent(column_type: str) -> Any:
    """What stands where a record has no such field."""
    bare = column_type.removeprefix("LowCardinality(")
    if bare.startswith("Nullable"):
        return None
    zeros = {
        "String": b"",
        "Decimal": Decimal(0),
        "Array": [],
        "Int": 0,
        "DateTime64": 0,
        "Float64": 0.0,
        "Bool": False,
    }
    return next(zero for name, zero in zeros.items() if bare.startswith(name))


def landed(value: Any, field: dict[str, Any], record: Any, item: Any = None) -> Any:
    if isinstance(value, list):
        if field["type"]["items"] == "string":
            return [one.encode() for one in value]
        parts = NAMED[field["type"]["items"]]["fields"]
        return [
            {part["name"]: landed(getattr(one, part["name"]), part, record, one) for part in parts} for one in value
        ]
    unit = field.get("unit")
    if unit:
        return scaled(value, exponent(unit, record, item))
    if isinstance(value, Enum):
        return value.value.encode()
    return value.encode() if isinstance(value, str) else value


def exponent(unit: str, record: Any, item: Any) -> int:
    if unit == "scaled":
        return int((item or record).exponent)
    if unit == "notional":
        return int(record.price_exponent + record.quantity_exponent)
    return int(getattr(record, f"{unit}_exponent"))


def scaled(count: int, exponent: int) -> Decimal:
    with localcontext() as context:
        context.prec = 80
        return Decimal(count).scaleb(exponent)


@pytest.mark.parametrize(("topic", "subject"), CASES)
@given(data=st.data())
@PROPERTY
def test_every_field_of_every_record_lands(topic: str, subject: str, data: st.DataObject, client: Client) -> None:
    made = data.draw(st.lists(landable(subject), min_size=1, max_size=20))
    produced = data.draw(st.lists(st.none() | st.integers(-(2**62), 2**62), min_size=len(made), max_size=len(made)))
    partition = next(PARTITIONS)
    batch = batch_of(topic, partition, [codec.encode(record, IDS) for record in made], produced)
    types = types_of(client, landing_table(topic)[0])
    found = land(client, topic, batch)
    assert len(found) == len(made)
    for offset, (row, record) in enumerate(zip(found, made, strict=True)):
        position = [row.pop(name) for name in POSITION]
        milliseconds = position.pop(3)
        assert milliseconds.timestamp() == pytest.approx(1_700_000_000 + offset / 1000)
        kind = subject.rpartition(".")[2]
        assert position == [(PREFIX + topic).encode(), partition, offset, produced[offset], kind.encode()]
        assert row == expected(record, types)


@pytest.mark.parametrize("exponent", [-19, 1, 2**31 - 1, -(2**31)])
def test_money_that_no_decimal_holds_leaves_an_opaque_row(exponent: int, client: Client) -> None:
    trade = trade_with(price_exponent=exponent)
    batch = batch_of("market.ticks", next(PARTITIONS), [codec.encode(trade, IDS)], [7])
    rows = landing_rows([batch], PREFIX, SchemaIds.embedded(), 0, 1)
    assert (len(rows), rows.refused) == (1, 1)
    assert_opaque(land(client, "market.ticks", batch), client)


@pytest.mark.parametrize("message", [b"", b"\0\0\0", b"garbage", b"\0\0\0\x12\x67", b"\0\0\0\0\x09\x02"])
def test_what_is_no_record_leaves_an_opaque_row(message: bytes, client: Client) -> None:
    assert_opaque(land(client, "market.ticks", batch_of("market.ticks", next(PARTITIONS), [message], [7])), client)


def test_a_record_of_another_topic_leaves_an_opaque_row(client: Client) -> None:
    message = codec.encode(trade_with(), IDS)
    rows = landing_rows([batch_of("market.bars", 3, [message], [7])], PREFIX, SchemaIds.embedded(), 0, 1)
    assert rows.refused == 1


def trade_with(**values: Any) -> Any:
    base: dict[str, Any] = {"venue": "v", "instrument": "i", "price_exponent": -9, "quantity_exponent": -9}
    numbers = {"event_ns": 1, "publish_ns": 2, "receive_ns": 3, "trade_id": 4, "price": 5, "quantity": 6}
    return Trade(**{**base, **numbers, "aggressor": Side.BUY, "trade_type": "", "flags": 0, **values})


def assert_opaque(found: list[dict[str, Any]], client: Client) -> None:
    (row,) = found
    types = types_of(client, "market_ticks")
    assert (row["topic"], row["offset"], row["produced_ns"]) == (b"try.market.ticks", 0, 7)
    assert row["kind"] == b"Undecodable"
    assert {name: value for name, value in row.items() if name not in POSITION} == {
        name: absent(kind) for name, kind in types.items() if name not in POSITION
    }
