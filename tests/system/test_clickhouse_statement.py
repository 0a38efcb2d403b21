"""Where an INSERT's data begins, and which format a statement asks for."""

from __future__ import annotations

import pytest

from flows.stack.clickhouse_http.statement import Insert, Query, parse


@pytest.mark.parametrize(
    ("statement", "insert"),
    [
        (b"INSERT INTO t FORMAT RowBinary\n\x00FORMAT \xff", Insert("INSERT INTO t ", "RowBinary", b"\x00FORMAT \xff")),
        (b"insert into t (a, `FORMAT`) format CSV\r\n1,2", Insert("insert into t (a, `FORMAT`) ", "CSV", b"1,2")),
        (
            b"INSERT INTO t SETTINGS a = 'x FORMAT y' FORMAT TSV 1",
            Insert("INSERT INTO t SETTINGS a = 'x FORMAT y' ", "TSV", b"1"),
        ),
        (
            b"/* FORMAT a */ INSERT INTO t -- SELECT\n FORMAT Native",
            Insert("/* FORMAT a */ INSERT INTO t -- SELECT\n ", "Native", b""),
        ),
        (b"INSERT INTO t (a) VALUES", Insert("INSERT INTO t (a) ", "Values", b"")),
        (b"INSERT INTO t (a)", Insert("INSERT INTO t (a)", "Values", b"")),
    ],
)
def test_inserts_with_data(statement: bytes, insert: Insert) -> None:
    assert parse(statement) == insert


@pytest.mark.parametrize(
    ("sql", "word", "output_format", "without"),
    [
        ("SELECT 1", "SELECT", None, "SELECT 1"),
        ("SELECT 1 FORMAT Native", "SELECT", "Native", "SELECT 1"),
        ("SELECT format FROM t\n FORMAT JSON\nSETTINGS a = 1", "SELECT", "JSON", "SELECT format FROM t"),
        ("WITH 1 AS format SELECT format FROM (SELECT 1 FORMAT CSV)", "WITH", None, None),
        ("SELECT 'FORMAT CSV' -- FORMAT TSV\n;", "SELECT", None, None),
        ("INSERT INTO t VALUES (1, 'FORMAT CSV')", "INSERT", None, None),
        ("INSERT INTO t SELECT 1", "INSERT", None, None),
        ("  -- nothing", "", None, None),
    ],
)
def test_queries(sql: str, word: str, output_format: str | None, without: str | None) -> None:
    query = parse(sql.encode())
    assert isinstance(query, Query)
    assert (query.sql, query.word, query.format) == (sql, word, output_format)
    if without is not None:
        assert query.without_format() == without
