"""The embedded ClickHouse answers clickhouse-connect, and plain HTTP, as a server does."""

from __future__ import annotations

import struct
import threading
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator
from decimal import Decimal

import clickhouse_connect
import pyarrow
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

from flows.connectors import clickhouse
from flows.stack import Stack


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    with clickhouse_connect.get_client(dsn=stack.clickhouse_url) as connected:
        connected.command("CREATE OR REPLACE TABLE t (a Int64, s String, d Decimal(38, 18) DEFAULT 7) ORDER BY a")
        yield connected
        connected.command("DROP TABLE t")


def post(stack: Stack, query: str, body: bytes = b"", headers: dict[str, str] | None = None, **more: str) -> str:
    parameters = urllib.parse.urlencode({"query": query, **more}) if query else urllib.parse.urlencode(more)
    url = f"{stack.clickhouse_url.rpartition('/')[0]}/?{parameters}"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers or {}), timeout=20) as answer:
        return answer.read().decode()


def row(number: int, text: bytes) -> bytes:
    return struct.pack("<q", number) + bytes([len(text)]) + text


def test_rows_come_back_as_they_went(client: Client) -> None:
    assert client.insert("t", [[1, "x", Decimal("0.1")], [2, "y", Decimal("-2")]]).written_rows == 2
    assert client.query("SELECT * FROM t ORDER BY a").result_rows == [(1, "x", Decimal("0.1")), (2, "y", Decimal(-2))]


@pytest.mark.parametrize("compression", [False, "lz4", "zstd", "gzip"])
def test_inserts_compressed_in_every_way_the_client_knows(stack: Stack, client: Client, compression: str) -> None:
    with clickhouse_connect.get_client(dsn=stack.clickhouse_url, compress=compression) as other:
        rows = [[number, "x" * 50] for number in range(50_000)]
        assert other.insert("t", rows, column_names=["a", "s"]).written_rows == 50_000
    assert client.command("SELECT sum(a) FROM t WHERE s = repeat('x', 50) AND d = 7") == sum(range(50_000))


def test_arrow_and_data_frames(client: Client) -> None:
    client.insert_arrow("t", pyarrow.table({"a": [1, 2], "s": ["x", "y"]}))
    frame = client.query_df("SELECT a, s FROM t ORDER BY a")
    client.insert_df("t", frame)
    assert client.query_arrow("SELECT a, count() AS n FROM t GROUP BY a ORDER BY a").to_pydict() == {
        "a": [1, 2],
        "n": [2, 2],
    }


def test_streams_in_blocks(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(300000)") as blocks:
        sizes = [len(block) for block in blocks]
    assert sum(sizes) == 300_000
    assert len(sizes) > 1


def test_no_rows_still_have_columns(client: Client) -> None:
    assert client.query("SELECT a, s AS text FROM t WHERE a < 0").column_names == ("a", "text")


def test_parameters_are_bound_by_the_server(stack: Stack) -> None:
    assert post(stack, "SELECT {a:Int64} + 1, {s:String}", param_a="41", param_s="it's") == "42\tit\\'s\n"


def test_settings_hold_for_one_query(stack: Stack, client: Client) -> None:
    asked = "SELECT getSetting('max_block_size')"
    before = client.command(asked)
    assert client.query(asked, settings={"max_block_size": 77}).result_rows == [(77,)]
    assert client.command(asked) == before
    assert post(stack, asked, max_block_size="78") == "78\n"


def test_sessions_keep_temporary_tables_and_others_do_not_see_them(stack: Stack) -> None:
    post(stack, "CREATE TEMPORARY TABLE mine (x Int32)", session_id="one")
    post(stack, "INSERT INTO mine VALUES (1), (2)", session_id="one")
    assert post(stack, "SELECT sum(x) FROM mine", session_id="one") == "3\n"
    with pytest.raises(urllib.error.HTTPError):
        post(stack, "SELECT sum(x) FROM mine", session_id="two")


def test_insert_with_the_query_in_the_url_or_before_the_data(stack: Stack, client: Client) -> None:
    query = "INSERT INTO t (a, s) FORMAT RowBinary"
    post(stack, query, row(1, b"url") + row(2, b"two\n"))
    post(stack, "", f"{query}\n".encode() + row(10, b"body"))
    post(stack, query, zlib.compress(row(3, b"zipped")), {"Content-Encoding": "deflate"})
    post(stack, "INSERT INTO t (a, s) VALUES", b"(4, 'FORMAT'), (5, 'five')")
    assert [tuple(found) for found in client.query("SELECT a, s FROM t ORDER BY a").result_rows] == [
        *((1, "url"), (2, "two\n"), (3, "zipped"), (4, "FORMAT"), (5, "five"), (10, "body"))
    ]


def test_an_insert_of_which_one_row_is_broken_leaves_nothing(stack: Stack, client: Client) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(stack, "INSERT INTO t (a, s) FORMAT RowBinary", row(1, b"whole") + b"\x01\x02")
    assert (refused.value.code, refused.value.headers["X-ClickHouse-Exception-Code"]) == (400, "33")
    assert client.command("SELECT count() FROM t") == 0


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT nope", 404, "47"),
        ("SELECT * FROM nowhere", 404, "60"),
        ("SELEC 1", 400, "62"),
        ("SELECT 1 SETTINGS no_such_setting = 1", 404, "115"),
        ("INSERT INTO nowhere FORMAT RowBinary", 404, "60"),
        ("SELECT throwIf(1)", 500, "395"),
    ],
)
def test_refusals_carry_clickhouses_code(stack: Stack, query: str, status: int, code: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(stack, query)
    assert (refused.value.code, refused.value.headers["X-ClickHouse-Exception-Code"]) == (status, code)
    assert refused.value.read().startswith(f"Code: {code}. DB::Exception: ".encode())


def test_an_error_after_the_first_block_is_an_error(client: Client) -> None:
    answer = client.query("SELECT throwIf(number = 900000) FROM numbers(1000000)")
    with pytest.raises(StreamFailureError, match="Code: 395"):
        _ = answer.result_rows


def test_many_at_once(stack: Stack, client: Client) -> None:
    """Each INSERT is whole, whoever else writes and reads."""
    failures: list[Exception] = []

    def insert(writer: int) -> None:
        try:
            for number in range(10):
                data = b"".join(row(writer * 1000 + number, b"x") for _ in range(500))
                post(stack, "INSERT INTO t (a, s) FORMAT RowBinary", data)
                post(stack, "SELECT count() FROM t")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=insert, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    counted = "SELECT count(), min(n), max(n) FROM (SELECT a, count() AS n FROM t GROUP BY a)"
    assert client.query(counted).result_rows == [(40, 500, 500)]


def test_our_own_client_says_what_clickhouse_said(stack: Stack) -> None:
    with (
        pytest.raises(clickhouse.QueryFailed, match=r"^Code: 47\. Unknown expression identifier `nope`"),
        clickhouse.client(stack.clickhouse_url) as connected,
    ):
        connected.query("SELECT nope")


def test_nobody_there_is_one_clear_line_without_the_password() -> None:
    with pytest.raises(clickhouse.ClickHouseUnavailable) as raised, clickhouse.client("http://me:secret@127.0.0.1:9/x"):
        pass
    assert "http://127.0.0.1:9/x does not answer" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_the_driver_maps_it_to_its_own_error(client: Client) -> None:
    with pytest.raises(DatabaseError, match="code: 60"):
        client.query("SELECT * FROM nowhere")
