"""What chdb leaves out: the header of a Native result without rows, by which clients know its columns."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flows.stack.clickhouse_http.engine import ClickHouseError, Connection
from flows.stack.clickhouse_http.statement import Query


def native_header(connection: Connection, query: Query, parameters: Mapping[str, str]) -> bytes:
    """A Native block of no rows, or nothing if the statement cannot be described."""
    described = f"DESCRIBE TABLE ({query.without_format()})"
    try:
        rows = connection.execute(described, "JSONCompactEachRow", parameters)[0].splitlines()
    except ClickHouseError:
        return b""
    columns = [json.loads(row)[:2] for row in rows]
    block = bytearray(_varint(len(columns)) + _varint(0))
    for name, kind in columns:
        block += _text(name) + _text(kind)
    return bytes(block)


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _varint(len(encoded)) + encoded


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
