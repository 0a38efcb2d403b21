"""A partition's rows in its landing table, as ClickHouse has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from io import RawIOBase
from typing import TYPE_CHECKING, Any, cast

from flows._native import landing_table
from flows.connectors.block import Place

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

_PIECE_BYTES = 1 << 20
# Below ClickHouse's limit for a statement (max_query_size), in which a row is written twice as long.
_SHOWN_ROW_BYTES = 100_000
_SHOWN_TEXT = 200

_OF_PLACE = "topic = {topic:String} AND partition = {partition:Int32}"
_IN_RANGE = f"{_OF_PLACE} AND offset >= {{first:Int64}} AND offset < {{end:Int64}}"


class LandedPartition:
    """Rows of one partition, asked for in the log's order."""

    def __init__(self, client: Client, place: Place, topic: str) -> None:
        """`topic`: its name at the broker."""
        self._client = client
        self._table, self._columns = landing_table(place.topic)
        self._parameters: dict[str, Any] = {"topic": topic, "partition": place.partition}

    def rows(self, first: int, end: int) -> Iterator[bytes]:
        """The rows of `first <= offset < end` in RowBinary, as bytes in pieces."""
        columns = ", ".join(f"`{name}`" for name in self._columns)
        sql = f"SELECT {columns} FROM {self._table} WHERE {_IN_RANGE} ORDER BY offset"
        # The other type that the client's interface allows is its asynchronous one.
        stream = cast(RawIOBase, self._client.raw_stream(sql, self._range(first, end), fmt="RowBinary"))
        with closing(stream):
            while piece := stream.read(_PIECE_BYTES):
                yield piece

    def has(self, offset: int) -> bool:
        """Whether there is a row of an offset."""
        sql = f"SELECT count() FROM {self._table} WHERE {_IN_RANGE}"
        return bool(self._client.query(sql, self._range(offset, offset + 1)).result_rows[0][0])

    def counts(self, low: int, high: int) -> tuple[int, int, int]:
        """How many rows there are before `low`, from `low` to `high` exclusive, and from `high` on."""
        sql = f"""
            SELECT countIf(offset < {{first:Int64}}), countIf(offset >= {{first:Int64}} AND offset < {{end:Int64}}),
                   countIf(offset >= {{end:Int64}})
            FROM {self._table} WHERE {_OF_PLACE}"""
        [(older, here, newer)] = self._client.query(sql, self._range(low, high)).result_rows
        return int(older), int(here), int(newer)

    def first_behind(self, end: int) -> int:
        """The first offset at or behind `end`; there is one."""
        sql = f"SELECT min(offset) FROM {self._table} WHERE {_OF_PLACE} AND offset >= {{end:Int64}}"
        return int(self._client.query(sql, self._range(0, end)).result_rows[0][0])

    def shown(self, offset: int) -> list[Mapping[str, str]]:
        """The rows at an offset as texts by column."""
        sql = f"SELECT * FROM {self._table} WHERE {_IN_RANGE}"
        answer = self._client.raw_query(sql, self._range(offset, offset + 1), fmt="JSONEachRow", settings=_AS_TEXT)
        return [_texts(line) for line in answer.splitlines()]

    def as_shown(self, row: bytes) -> Mapping[str, str]:
        """A row in RowBinary as texts by column, in ClickHouse's own spelling."""
        if len(row) > _SHOWN_ROW_BYTES:
            return {"": f"a row of {len(row)} bytes, too long to show"}
        described = self._client.query(f"DESCRIBE TABLE {self._table}").result_rows
        structure = ", ".join(f"`{name}` {kind}" for name, kind, *_ in described)
        literal = structure.replace("\\", "\\\\").replace("'", "\\'")
        sql = f"SELECT * FROM format(RowBinary, '{literal}', unhex('{row.hex()}'))"
        return _texts(self._client.raw_query(sql, fmt="JSONEachRow", settings=_AS_TEXT))

    def _range(self, first: int, end: int) -> dict[str, Any]:
        return {**self._parameters, "first": first, "end": end}


_AS_TEXT = {"output_format_json_quote_decimals": 1, "output_format_json_quote_64bit_integers": 1}


def _texts(line: bytes) -> Mapping[str, str]:
    # Any bytes may stand in a String column: a dead letter's are what could not be read.
    values = json.loads(line.decode("utf-8", "backslashreplace"))
    return {name: str(value)[:_SHOWN_TEXT] for name, value in values.items()}
