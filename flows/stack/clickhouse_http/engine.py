"""chdb as a set of short-lived connections to one folder, with ClickHouse's error codes."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flows.stack.clickhouse_http.arrow_stream import joined

# Formats of which chunks can be put behind one another. In others every chunk is a document of its own.
_STREAMED = frozenset({"Native", "RowBinary", "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "CSV", "JSONEachRow"})
_CODE = re.compile(r"Code: (\d+)\. (DB::Exception: .*)", re.DOTALL)
_UNKNOWN = 1002
_VERSION = re.compile(r" \(version [^)]*\)\s*$")

_CONFIG = Path(__file__).with_name("config.xml")
_QUERY_SETTINGS = {
    "max_threads": max(1, min(4, os.cpu_count() or 1)),
    "max_insert_threads": 1,
    # A command-line client's convenience; a server refuses `1 + 1` without SELECT.
    "implicit_select": 0,
}


class ClickHouseError(Exception):
    """What ClickHouse says when it refuses, with its own code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def of(cls, error: Exception) -> ClickHouseError:
        """Takes the code out of chdb's text, and what chdb itself put around it."""
        match = _CODE.search(str(error))
        if not match:
            return cls(_UNKNOWN, str(error))
        return cls(int(match[1]), f"Code: {match[1]}. {_VERSION.sub('', match[2].strip())}")


@dataclass(frozen=True)
class Written:
    """What an INSERT did."""

    rows: int
    size_bytes: int


class Connection:
    """One connection: settings, the current database and temporary tables are its own."""

    def __init__(self, chdb_connection: Any) -> None:
        self._chdb = chdb_connection
        # A statement at a time; sessions may be used by several requests at once.
        self.lock = threading.Lock()
        self.used_s = time.monotonic()

    def use(self, database: str) -> None:
        with _clickhouse_errors():
            self._chdb.query(f"USE {quoted_name(database)}", "Null")

    def set(self, settings: Mapping[str, str]) -> None:
        if settings:
            pairs = ", ".join(f"{quoted_name(name)} = {quoted_text(value)}" for name, value in settings.items())
            with _clickhouse_errors():
                self._chdb.query(f"SET {pairs}", "Null")

    def values_of(self, settings: Iterable[str]) -> dict[str, str]:
        """The present values of settings; unknown ones are left out."""
        names = ", ".join(quoted_text(name) for name in settings)
        with _clickhouse_errors():
            table = self._chdb.query(f"SELECT name, value FROM system.settings WHERE name IN ({names})", "TSVRaw")
        return dict(line.split("\t", 1) for line in table.bytes().decode().splitlines())

    def select(self, sql: str, output_format: str, parameters: Mapping[str, str]) -> Iterator[bytes]:
        """The result of a SELECT in pieces, at most one block in memory where the format allows that.

        Raises ClickHouseError, before the first piece or between pieces.
        """
        with _clickhouse_errors():
            if output_format == "ArrowStream":
                yield from self._arrow(sql, parameters)
                return
            if output_format not in _STREAMED:
                result = self._chdb.query(sql, output_format, params=dict(parameters)).bytes()
                if result:
                    yield result
                return
            for chunk in self._chdb.send_query(sql, output_format, params=dict(parameters)):
                yield chunk.bytes()

    def _arrow(self, sql: str, parameters: Mapping[str, str]) -> Iterator[bytes]:
        is_empty = True
        chunks = self._chdb.send_query(sql, "ArrowStream", params=dict(parameters))
        for piece in joined(chunk.bytes() for chunk in chunks):
            is_empty = False
            yield piece
        if is_empty:
            # Streamed, a result without a row has no schema either.
            yield self._chdb.query(sql, "ArrowStream", params=dict(parameters)).bytes()

    def execute(self, sql: str, output_format: str, parameters: Mapping[str, str]) -> tuple[bytes, Written]:
        """Any other statement: its whole answer, and what it wrote.

        Raises ClickHouseError.
        """
        with _clickhouse_errors():
            result = self._chdb.query(sql, output_format, params=dict(parameters))
            return result.bytes(), Written(result.rows_written(), result.bytes_written())

    def insert(self, head: str, input_format: str, data: Iterable[bytes]) -> Written:
        """`INSERT INTO t (a, b)` with rows in `input_format`.

        Raises ClickHouseError, and whatever `data` raises; the INSERT is then cancelled.
        """
        with _clickhouse_errors(), self._chdb.send_insert(head, input_format) as inserter:
            for piece in data:
                inserter.append(piece)
            done = inserter.finish()
        return Written(done.rows_written, done.bytes_written)

    def close(self) -> None:
        self._chdb.close()


class Engine:
    """The one engine of this process."""

    def __init__(self, folder: Path) -> None:
        """Opens the folder, and makes it if it is new. Raises ClickHouseError if it cannot."""
        # chdb imports pyarrow if it finds it, for results as Python objects: 40 MB that bytes do not need.
        sys.modules.setdefault("pyarrow", None)  # type: ignore[arg-type]
        import chdb

        self._connect = cast(Callable[[str], Any], chdb.connect)
        self._folder = str(folder)
        options = urlencode({"config-file": _CONFIG, **_QUERY_SETTINGS})
        with _clickhouse_errors():
            # Held open: the engine lives as long as one connection does.
            self._first = self._connect(f"{self._folder}?{options}")

    def connection(self) -> Connection:
        """A new connection: 0.4 ms."""
        with _clickhouse_errors():
            return Connection(self._connect(self._folder))

    def close(self) -> None:
        """Waits for running merges, and closes the folder."""
        self._first.close()


def quoted_text(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quoted_name(name: str) -> str:
    """An identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


@contextmanager
def _clickhouse_errors() -> Iterator[None]:
    """chdb raises RuntimeError in its streaming calls, and an error of its own in the others."""
    try:
        yield
    except Exception as error:
        from chdb._exceptions import ChdbError

        if isinstance(error, (ChdbError, RuntimeError)):
            raise ClickHouseError.of(error) from error
        raise
