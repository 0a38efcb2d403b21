"""Blocks of the log -> landing tables in ClickHouse, each row once, whatever fails and whoever else writes.

One insert is one block of one partition, and one part of an unpartitioned table: all of it is there, or nothing. Its
deduplication token names the offset at which it begins. Whoever inserts has asked ClickHouse for its highest offset and
begins behind it. So of all inserts that begin at one offset, by this audit or by a second one, of any length, only the
first counts, and every block begins where another ended. What an insert came to is never concluded from its answer, but
asked for. ClickHouse knows the last 10,000 tokens of a table; an audit that slept meanwhile asks before it inserts.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from flows._native import AuditLetters, Rows, SchemaIds, landing_block, landing_table
from flows.connectors import clickhouse
from flows.connectors.audit_status import AuditStatus
from flows.connectors.block import Block, Place
from flows.connectors.clickhouse import ClickHouseUnavailable, QueryFailed
from flows.errors import TapeflowError
from flows.stack.settings import Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

_RETRY_FIRST_S = 0.1
_RETRY_LONGEST_S = 5.0
# A tip that was asked for longer ago may be that of an audit that was stopped meanwhile.
_TIP_TRUSTED_S = 30.0

_INSERT = {
    # Of the server's profile, only these could split an insert, delay it, or write it twice.
    "async_insert": 0,
    "insert_deduplicate": 1,
    "max_insert_block_size": 1_048_576,
    "input_format_parallel_parsing": 0,
    "max_insert_threads": 1,
}
_HIGHEST = """
SELECT max(offset), count() FROM {table}
WHERE topic = {{topic:String}} AND partition = {{partition:Int32}} AND offset >= {{at_least:Int64}}
"""

# Errors that no waiting mends: table, column or database missing, types that differ, no permission.
_HOPELESS = frozenset({16, 47, 53, 60, 70, 81, 117, 192, 193, 194, 497, 516})
_CODE = re.compile(r"Code: (\d+)")


class RowsLost(TapeflowError):
    """ClickHouse holds less than it did."""

    def __init__(self, place: Place, found: int, expected: int) -> None:
        super().__init__(
            f"ClickHouse held {place} up to offset {expected}, and now to {found}: rows were deleted, or the table was "
            "made anew; start the audit again: it resumes behind what is there"
        )


class Stopped(Exception):
    """The flow was told to stop while it waited for ClickHouse: what has not landed will be read again."""


class CannotLand(TapeflowError):
    """ClickHouse refuses rows for a reason that does not pass."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(
            f"ClickHouse does not take rows of {table}: {reason}; `tapeflow up` makes the tables, "
            f"and says how to renew one of an earlier version"
        )


class Landing:
    """The landing tables of one ClickHouse. Waits for it as long as it takes, without taking on more."""

    def __init__(self, settings: Settings, ids: SchemaIds, status: AuditStatus, stop: threading.Event) -> None:
        """`stop` ends the waiting. Raises NotRunning."""
        self._url = settings.clickhouse_url
        self._settings = settings
        self._prefix = settings.topic_prefix
        self._ids = ids
        self._status = status
        self._stop = stop
        self._asked_s: dict[Place, float] = {}
        self._tips: dict[Place, int] = {}
        self._connected: Client | None = None
        self._open = ExitStack()
        self._letters: AuditLetters | None = None
        self._stopped = False

    def highest(self, place: Place, at_least: int = 0) -> int:
        """The highest offset that ClickHouse holds of a partition, if it is `at_least` that; else -1.

        Raises CannotLand, Stopped.
        """
        table, _ = landing_table(place.topic)
        parameters = {"topic": self._settings.topic(place.topic), "partition": place.partition, "at_least": at_least}
        delay_s = _RETRY_FIRST_S
        while True:
            try:
                with self._client() as client:
                    [(offset, count)] = client.query(_HIGHEST.format(table=table), parameters).result_rows
            except (ClickHouseUnavailable, QueryFailed) as error:
                delay_s = self._wait(table, error, delay_s)
                continue
            self._status.waiting(None)
            self._asked_s[place] = time.monotonic()
            found = int(offset) if count else -1
            self._tips[place] = max(found, self._tips.get(place, -1))
            return found

    def land(self, block: Block) -> None:
        """Returns when ClickHouse holds all of the block.

        Raises CannotLand, RowsLost, Stopped, and what the log raises if it does not take the dead letters.
        """
        if self._stopped:
            # What was read before did not land: behind it nothing may, or it would never be read again.
            raise Stopped
        place, start, dead_tokens = block.place, block.start, 0
        table, columns = landing_table(place.topic)
        if time.monotonic() - self._asked_s.get(place, 0.0) > _TIP_TRUSTED_S:
            self.highest(place, start)
        # Another audit may have landed more than our last block had; only right behind the tip do tokens meet.
        start = max(start, self._tips.get(place, -1) + 1)
        delay_s = _RETRY_FIRST_S
        while start < block.end:
            rows = landing_block(list(block.batches), self._prefix, self._ids, start, block.end)
            if rows.refused:
                self._write_letters(rows)
            answered = True
            try:
                self._insert(table, columns, rows, self._token(place, start, dead_tokens))
            except (ClickHouseUnavailable, QueryFailed) as error:
                answered = False
                delay_s = self._wait(table, error, delay_s)
            found = self.highest(place, start)
            if found >= start:
                # All of ours, or the block that another audit began here.
                start, dead_tokens = found + 1, 0
                continue
            there = self.highest(place)
            if there < start - 1:
                raise RowsLost(place, there, start - 1)
            if answered and there == start - 1:
                # It took ours for a repetition of what is not there: killed after it noted a token, before the rows.
                dead_tokens += 1
        self._status.landed(block)

    def close(self) -> None:
        """Closes the connection, and the status."""
        self._open.close()
        self._status.close()

    def _insert(self, table: str, columns: list[str], rows: Rows, token: str) -> None:
        with self._client() as client:
            client.raw_insert(
                table,
                column_names=columns,
                insert_block=rows.data,
                settings={**_INSERT, "insert_deduplication_token": token},
                fmt="Native",
            )

    def _token(self, place: Place, start: int, dead_tokens: int) -> str:
        token = f"{self._settings.topic(place.topic)}/{place.partition}/{start}"
        return f"{token}/{dead_tokens}" if dead_tokens else token

    def _write_letters(self, rows: Rows) -> None:
        """Before the rows: a crash between the two finds the letters in the log."""
        if self._letters is None:
            self._letters = AuditLetters(self._settings.bootstrap_servers, self._prefix, self._ids)
        self._letters.write(rows)

    def _wait(self, table: str, error: TapeflowError, delay_s: float) -> float:
        """Sleeps, and says how long to sleep next time. Raises Stopped, CannotLand."""
        code = _CODE.search(str(error))
        if code and int(code[1]) in _HOPELESS:
            raise CannotLand(table, str(error)) from error
        self._status.waiting(str(error))
        if self._stop.wait(delay_s):
            self._stopped = True
            raise Stopped
        return min(2 * delay_s, _RETRY_LONGEST_S)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        """The connection, which an error ends: the next use makes a new one."""
        if self._connected is None:
            self._connected = self._open.enter_context(clickhouse.client(self._url))
        try:
            yield self._connected
        except Exception:
            failed, self._open, self._connected = self._open, ExitStack(), None
            # Through the connection's own context, which makes the error one of ours.
            with failed:
                raise
