"""ClickHouse's HTTP interface: what a request's URL, headers and body ask for, and how it is answered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import chain
from urllib.parse import parse_qsl, urlsplit

from flows.stack.clickhouse_http import status
from flows.stack.clickhouse_http.body import BadBody, pieces
from flows.stack.clickhouse_http.empty import native_header
from flows.stack.clickhouse_http.engine import ClickHouseError, Connection, Engine, Written
from flows.stack.clickhouse_http.sessions import Sessions
from flows.stack.clickhouse_http.statement import Insert, Query, parse
from flows.stack.http_server import KeepAliveHandler, LoopbackServer

# Parameters of the interface itself; every other one is a setting of the query.
_INTERFACE = frozenset(
    (
        *("query", "database", "default_format", "query_id", "role"),
        *("session_id", "session_timeout", "session_check", "close_session"),
        *("user", "password", "quota_key"),
        *("compress", "decompress", "enable_http_compression", "http_zlib_compression_level"),
        *("stacktrace", "buffer_size", "wait_end_of_query", "client_protocol_version"),
        *("send_progress_in_http_headers", "http_headers_progress_interval_ms"),
        "cancel_http_readonly_queries_on_client_close",
    )
)


class Server(LoopbackServer):
    """Serves one engine."""

    def __init__(self, engine: Engine, port: int) -> None:
        self.sessions = Sessions(engine)
        super().__init__(port, _Handler)


class _Request:
    """What the URL says."""

    def __init__(self, target: str, handler: _Handler) -> None:
        given = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        self.query = given.get("query", "").encode()
        self.database = given.get("database") or handler.headers.get("X-ClickHouse-Database")
        self.format = given.get("default_format") or handler.headers.get("X-ClickHouse-Format") or "TabSeparated"
        self.session_id = given.get("session_id")
        self.session_timeout_s = float(given["session_timeout"]) if given.get("session_timeout") else None
        self.query_id = given.get("query_id") or str(uuid.uuid4())
        self.parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        self.settings = {
            name: value for name, value in given.items() if name not in _INTERFACE and not name.startswith("param_")
        }


class _Handler(KeepAliveHandler):
    server: Server
    rbufsize = 1 << 16

    def do_GET(self) -> None:
        if self.path in ("/", "/ping", "/replicas_status"):
            self._send(200, b"Ok.\n", {})
        else:
            self._run()

    def do_POST(self) -> None:
        self._run()

    def _run(self) -> None:
        self._started = False
        body: Iterator[bytes] = iter(())
        try:
            body = pieces(self.headers, self.rfile)
            request = _Request(self.path, self)
            with self.server.sessions.connection(
                request.session_id, request.session_timeout_s, request.database, request.settings
            ) as connection:
                self._answer(request, connection, body)
        except BadBody as error:
            self.close_connection = True
            self._send_error(ClickHouseError(status.CANNOT_READ_ALL_DATA, f"DB::Exception: {error}"))
        except ClickHouseError as error:
            if self._started:
                # Too late for a status: an unfinished chunked answer is how the client learns of it.
                self.wfile.write(_chunk(b"\n" + str(error).encode() + b"\n"))
                self.close_connection = True
                return
            self._drain(body)
            self._send_error(error)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answer(self, request: _Request, connection: Connection, body: Iterator[bytes]) -> None:
        try:
            statement, data = _statement(request.query, body)
        except UnicodeDecodeError as error:
            raise ClickHouseError(status.SYNTAX_ERROR, f"DB::Exception: the query is not UTF-8: {error}") from error
        headers = {"X-ClickHouse-Query-Id": request.query_id}
        if isinstance(statement, Insert):
            written = connection.insert(statement.head, statement.format, data)
            self._send(200, b"", {**headers, **_summary(written)})
            return
        output_format = statement.format or request.format
        headers["X-ClickHouse-Format"] = output_format
        if statement.word in ("SELECT", "WITH"):
            self._stream(_with_header(connection, statement, output_format, request), headers)
        else:
            answer, written = connection.execute(statement.sql, output_format, request.parameters)
            self._send(200, answer, {**headers, **_summary(written)})

    def _stream(self, result: Iterator[bytes], headers: dict[str, str]) -> None:
        """The first piece decides about the status: an error before it is still an error answer."""
        first = next(result, b"")
        second = next(result, None)
        if second is None:
            self._send(200, first, headers)
            return
        self.send_response(200)
        self._send_headers({**headers, "Transfer-Encoding": "chunked"})
        self._started = True
        for piece in chain((first, second), result):
            if piece:
                self.wfile.write(_chunk(piece))
        self.wfile.write(_chunk(b""))

    def _send(self, code: int, payload: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        self._send_headers({**headers, "Content-Length": str(len(payload))})
        self.wfile.write(payload)

    def _send_error(self, error: ClickHouseError) -> None:
        self._send(
            status.of(error.code),
            f"{error}\n".encode(),
            {"X-ClickHouse-Exception-Code": str(error.code), "X-ClickHouse-Format": "TabSeparated"},
        )

    def _send_headers(self, headers: dict[str, str]) -> None:
        known = {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Server-Display-Name": "tapeflow"}
        for name, value in {**known, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _drain(self, body: Iterator[bytes]) -> None:
        """Reads what is left of a body, so that the connection can carry the next request."""
        try:
            for _ in body:
                pass
        except BadBody:
            self.close_connection = True


def _statement(query: bytes, body: Iterator[bytes]) -> tuple[Insert | Query, Iterator[bytes]]:
    """The statement is the URL's query, or the body's beginning; data is what is left of the body."""
    if query:
        statement = parse(query)
        if isinstance(statement, Query):
            # ClickHouse puts the two together.
            rest = b"".join(body)
            return (parse(query + b"\n" + rest) if rest else statement), iter(())
        return statement, chain(_nonempty(statement.data), body)
    first = next(body, b"")
    statement = parse(first)
    if isinstance(statement, Insert):
        return statement, chain(_nonempty(statement.data), body)
    rest = b"".join(body)
    return (parse(first + rest) if rest else statement), iter(())


def _nonempty(data: bytes) -> Iterator[bytes]:
    if data:
        yield data


def _with_header(connection: Connection, statement: Query, output_format: str, request: _Request) -> Iterator[bytes]:
    """The result; if it has no row, a server's Native answer still names its columns."""
    empty = True
    for piece in connection.select(statement.sql, output_format, request.parameters):
        empty = False
        yield piece
    if empty and output_format == "Native":
        yield native_header(connection, statement, request.parameters)


def _summary(written: Written) -> dict[str, str]:
    counts = {
        "read_rows": str(written.rows),
        "read_bytes": str(written.size_bytes),
        "written_rows": str(written.rows),
        "written_bytes": str(written.size_bytes),
    }
    return {"X-ClickHouse-Summary": json.dumps(counts)}


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
