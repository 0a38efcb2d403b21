"""ClickHouse for those who only read: over HTTP, or in the folder of a stopped stack."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from flows.connectors import clickhouse
from flows.connectors.clickhouse import QueryFailed, message_of
from flows.stack import state
from flows.stack.clickhouse_http.statement import Query, parse
from flows.stack.errors import AlreadyRunning, NotRunning
from flows.stack.settings import CLICKHOUSE_URL, Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from flows.stack.clickhouse_http.engine import Connection, Engine

_PIECE_BYTES = 1 << 16
_OTHER_READER_TIMEOUT_S = 20.0
_KILL = "KILL QUERY WHERE startsWith(query, {marker:String}) ASYNC"
# ClickHouse's readonly = 1 lets these two through: one writes a file, the other reads any.
_REACHES_OUT = re.compile(r"\bINTO\s+OUTFILE\b|\bfile\s*\(", re.IGNORECASE)
_QUOTED_OR_COMMENT = re.compile(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


class Reader(Protocol):
    """One ClickHouse, opened."""

    def pieces(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator[bytes]:
        """The answer in ClickHouse's `output_format`, of which no more is in memory than the format needs.

        `parameters` fill `{name:Type}` in the statement. Raises QueryFailed, ClickHouseUnavailable.
        """

    def cancel(self, marker: str) -> None:
        """Ends running statements whose text begins with `marker`."""


class ReadOnly(QueryFailed):
    """A statement that would do more than read ClickHouse's own tables."""

    def __init__(self) -> None:
        super().__init__("this is for reading ClickHouse's own tables alone: leave out INTO OUTFILE and file()")


def refuse_files(sql: str) -> None:
    """Raises ReadOnly for what ClickHouse's own read-only mode would let reach the machine's files."""
    if _REACHES_OUT.search(_QUOTED_OR_COMMENT.sub(" ", sql)):
        raise ReadOnly


@contextmanager
def reader(settings: Settings, *, may_write: bool = False) -> Iterator[Reader]:
    """`may_write` is for a running server alone: a stopped stack's folder is only read.

    Raises ClickHouseUnavailable, NotRunning, AlreadyRunning.
    """
    if settings.external.get(CLICKHOUSE_URL) or settings.running.clickhouse_url:
        with clickhouse.client(settings.clickhouse_url) as client:
            yield _OverHttp(client, settings.clickhouse_url, may_write)
        return
    folder = settings.data_dir / "clickhouse"
    if not folder.is_dir():
        raise NotRunning(settings.data_dir, "ClickHouse data", CLICKHOUSE_URL)
    # Loaded only here: the engine is 200 MB that no other command needs.
    from flows.stack.clickhouse_http.engine import ClickHouseError, Engine

    lock = _lock(settings)
    try:
        engine = Engine(folder)
        try:
            yield _InFolder(engine)
        finally:
            engine.close()
    except ClickHouseError as error:
        raise QueryFailed(message_of(error)) from error
    finally:
        lock.release()


class _OverHttp:
    def __init__(self, client: Client, url: str, may_write: bool) -> None:
        self._client = client
        self._url = url
        self._may_write = may_write

    def pieces(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator[bytes]:
        used = dict(settings or {})
        if not self._may_write:
            refuse_files(sql)
            used["readonly"] = "1"
        with (
            clickhouse.errors(self._url),
            self._client.raw_stream(
                sql,
                parameters=dict(parameters) if parameters else None,
                settings=used,
                transport_settings={"X-ClickHouse-Format": output_format},
            ) as answer,
        ):
            while piece := answer.read(_PIECE_BYTES):
                yield piece

    def cancel(self, marker: str) -> None:
        with clickhouse.errors(self._url):
            self._client.command(_KILL, parameters={"marker": marker})


class _InFolder:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pieces(
        self,
        sql: str,
        output_format: str,
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator[bytes]:
        from flows.stack.clickhouse_http.engine import ClickHouseError

        refuse_files(sql)
        bound = clickhouse.bound(sql, parameters or {})
        connection: Connection = self._engine.connection()
        try:
            connection.set({**(settings or {}), "readonly": "1"})
            statement = parse(sql.encode())
            if isinstance(statement, Query) and statement.word in ("SELECT", "WITH"):
                yield from connection.select(sql, output_format, bound)
            else:
                yield connection.execute(sql, output_format, bound)[0]
        except ClickHouseError as error:
            raise QueryFailed(message_of(error)) from error
        finally:
            connection.close()

    def cancel(self, marker: str) -> None:
        connection = self._engine.connection()
        try:
            connection.execute(_KILL, "Null", {"marker": marker})
        finally:
            connection.close()


def _lock(settings: Settings) -> state.Lock:
    """Waits for another reader of the same folder; one that turns out to be a stack has it for good."""
    deadline = time.monotonic() + _OTHER_READER_TIMEOUT_S
    while True:
        try:
            return state.Lock(settings.data_dir)
        except AlreadyRunning:
            if time.monotonic() > deadline or state.read(settings.data_dir).owner_alive():
                raise
            time.sleep(0.1)
