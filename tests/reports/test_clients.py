"""The tape for programs and people: README's clients, `flows.query`, and the shell."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import flows
from flows.connectors.clickhouse import ClickHouseRefuses, ClickHouseUnavailable, QueryFailed
from flows.query_shell.completion import Name, SqlCompleter
from flows.query_shell.statements import is_complete, split, typed
from flows.stack import Stack
from flows.stack.reader import ReadOnly
from flows.stack.settings import CLICKHOUSE_URL
from flows.tape_query import QueryResultError
from tests.landed_desk import landed, trade_once
from tests.tapeflow_command import tapeflow

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
MANY = 300_000


@pytest.fixture(scope="module", autouse=True)
def of_the_stack(stack: Stack) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, landed(stack, "clients.") as desk:
        trade_once(desk)
        patch.setenv(CLICKHOUSE_URL, stack.clickhouse_url)
        yield


def blocks(language: str) -> list[str]:
    """README's own code of its section on clients; that of stored bars is run by tests/history/test_page.py."""
    section = README.partition("## Query the tape")[2].partition("\n## ")[0]
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return [code for code in found if "flows.history" not in code]


def test_the_readmes_clients_work_as_they_stand_there(stack: Stack, tmp_path: Path) -> None:
    address = urlsplit(stack.clickhouse_url)
    for language, command in (("sh", ["bash", "-euc"]), ("python", [sys.executable, "-c"])):
        assert blocks(language), language
        for code in blocks(language):
            if language == "sh" and shutil.which("curl") is None:
                pytest.skip("no curl on this machine: README's line with it was not tried")
            code = code.replace("8123", str(address.port))
            run = subprocess.run([*command, code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
            assert run.returncode == 0, f"{code}\n{run.stderr}"
            assert "BTC-USDT" in run.stdout, f"{code}\n{run.stdout}"


def test_a_result_in_every_form() -> None:
    sql = "SELECT instrument, notional, price, receive_ns FROM fills WHERE topic = {topic:String} ORDER BY offset"
    asked = {"topic": "clients.risk.inbox"}
    arrow = flows.query(sql, asked)
    assert arrow["notional"].to_pylist() == [Decimal("52.25"), Decimal("157.95")]
    polars, pandas = flows.query(sql, asked, to="polars"), flows.query(sql, asked, to="pandas")
    assert polars["notional"].to_list() == pandas["notional"].tolist() == arrow["notional"].to_pylist()
    assert polars["instrument"].to_list() == ["BTC-USDT", "BTC-USDT"]
    assert str(pandas["receive_ns"].dtype) == "datetime64[ns, UTC]"
    assert flows.query("SELECT instrument FROM fills WHERE 0").schema.names == ["instrument"]


def test_a_long_result_comes_in_batches() -> None:
    batches = list(flows.query_batches(f"SELECT number FROM numbers({MANY})"))
    assert len(batches) > 1
    assert sum(batch.num_rows for batch in batches) == MANY
    with pytest.raises(QueryResultError, match=r"larger than 1 MB: .*query_batches"):
        flows.query(f"SELECT number FROM numbers({MANY})", memory_bytes=1 << 20)


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT nope", "Unknown expression identifier `nope`"),
        ("DROP TABLE market_ticks", "readonly"),
        ("INSERT INTO market_ticks (offset) SELECT 1", "readonly"),
        ("SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a Int8')", "readonly"),
        ("SELECT 1 SETTINGS readonly = 0", "readonly"),
        ("SELECT groupArray(number) FROM numbers(100000000)", "memory limit"),
    ],
)
def test_what_is_refused_is_one_line(sql: str, error: str) -> None:
    with pytest.raises(QueryFailed, match=error) as raised:
        flows.query(sql, memory_bytes=64 << 20)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "sql", ["SELECT 1 INTO  OUTFILE '/tmp/x'", "SELECT file ('/etc/passwd')", "SELECT 1 into/**/outfile 'x'"]
)
def test_the_machines_files_are_out_of_reach(sql: str) -> None:
    with pytest.raises((ReadOnly, QueryFailed)):
        flows.query(sql)
    assert flows.query("SELECT 'INTO OUTFILE, file(' AS said")["said"].to_pylist() == ["INTO OUTFILE, file("]


def test_importing_flows_stays_cheap() -> None:
    code = (
        "import sys, flows; print([name for name in sys.modules if name.startswith(('flows.', 'pyarrow', 'polars'))])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_nobody_there_and_a_refused_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CLICKHOUSE_URL, "http://desk:sesame@127.0.0.1:1/default")
    with pytest.raises(ClickHouseUnavailable, match="Connection refused") as away:
        flows.query("SELECT 1")
    server = HTTPServer(("127.0.0.1", 0), _Refuses)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(CLICKHOUSE_URL, f"http://desk:sesame@127.0.0.1:{server.server_port}/default")
    with pytest.raises(ClickHouseRefuses, match="refuses user or password") as refused:
        flows.query("SELECT 1")
    server.shutdown()
    for said in (str(away.value), str(refused.value)):
        assert "sesame" not in said
        assert "\n" not in said


class _Refuses(BaseHTTPRequestHandler):
    """As a ClickHouse server answers to a wrong password."""

    def do_POST(self) -> None:
        said = (
            b"Code: 516. DB::Exception: desk: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)\n"
        )
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(403)
        self.send_header("X-ClickHouse-Exception-Code", "516")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None: ...


def test_where_a_statement_ends() -> None:
    assert split("SELECT 1; SELECT ';' -- ;\n;select 2") == (["SELECT 1", "SELECT ';' -- ;"], "select 2")
    assert [is_complete(text) for text in ("", "exit", "SELECT 1;", "SELECT 1", "SELECT ';", "/* ; ")] == [True] * 3 + [
        False
    ] * 3
    assert list(typed(["SELECT\n", "1;tables\n", "; SELECT 2"])) == ["SELECT\n1", "tables", "SELECT 2"]


def test_completion_knows_where_a_table_stands() -> None:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    known = [Name("market_ticks", "table"), Name("max", "function"), Name("mark_price", "column", "pnl")]

    def offered(text: str) -> list[str]:
        return [found.text for found in SqlCompleter(known).get_completions(Document(text), CompleteEvent())]

    assert offered("SELECT * FROM ma") == ["market_ticks"]
    assert offered("SELECT m") == ["mark_price", "market_ticks", "max"]
    assert offered("SELECT ") == []


def test_statements_of_a_pipe(stack: Stack, tmp_path: Path) -> None:
    piped = (
        "SELECT 1 AS a;\nSELECT nope;\nformat csv\nSELECT count() AS c\nFROM fills WHERE topic = 'clients.risk.inbox'"
    )
    run = tapeflow(stack, tmp_path, "", "query", with_clickhouse=True, piped=piped)
    assert run.returncode == 1
    assert "│ 1 │" in run.stdout
    assert run.stdout.endswith('"c"\n2\n')
    assert (run.stderr.count("\n"), "`nope`" in run.stderr) == (1, True)


def test_a_person_at_the_shell(tmp_path: Path) -> None:
    """Completes with Tab, watches a long statement, ends it, finds a short one answered, and leaves a history."""
    shell = Terminal(tmp_path)
    shell.until("tape>")
    shell.types("SELECT count() AS many FROM execution_or\t")
    shell.until("ders")
    shell.types(" WHERE topic = 'clients.execution.orders';\r")
    shell.until("│    1 │")
    shell.until("tape>")
    shell.types("SELECT sum(sipHash64(number)) FROM numbers(100000000000);\r")
    shell.until("rows read of 100,000,000,000")
    shell.types("\x03")
    shell.until("ended by Ctrl-C")
    shell.until("tape>")
    shell.types("SELECT 6 * 7 AS answer;\r")
    shell.until("│     42 │")
    shell.until("tape>")
    shell.types("\x04")
    assert shell.ends() == 0
    assert "execution_orders" in (tmp_path / "tapeflow" / "query_history").read_text()


class Terminal:
    """`tapeflow query` at a terminal."""

    def __init__(self, state: Path) -> None:
        self._file, inside = pty.openpty()
        environment = {**os.environ, "XDG_STATE_HOME": str(state), "TERM": "xterm"}
        command = [sys.executable, "-m", "flows.cli", "query"]
        # A session of its own, of which this is the terminal: Ctrl-C is a signal only there.
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=inside, stdout=inside, stderr=inside, env=environment
        )
        os.close(inside)
        self._seen = ""

    def types(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def until(self, wanted: str, within_s: float = 120) -> None:
        """Waits for it, and forgets what came before."""
        deadline_s = time.monotonic() + within_s
        while wanted not in self._seen:
            assert time.monotonic() < deadline_s, f"no {wanted!r} in {self._seen[-2000:]!r}"
            if select.select([self._file], [], [], 0.2)[0]:
                said = os.read(self._file, 65_536)
                if b"\x1b[6n" in said:
                    # It asks where the cursor is.
                    os.write(self._file, b"\x1b[1;1R")
                self._seen += said.decode(errors="replace")
        self._seen = self._seen.partition(wanted)[2]

    def ends(self) -> int:
        try:
            return self._process.wait(60)
        finally:
            self._process.kill()
            os.close(self._file)
