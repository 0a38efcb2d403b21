"""The loop: reads statements, asks, prints."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable

from flows.errors import TapeflowError
from flows.query_shell.statements import typed
from flows.query_shell.watched import ROWS_SHOWN, watched
from flows.stack.query import FORMATS, TABLE_SETTINGS
from flows.stack.reader import Reader

_PROMPT = "tape> "
_HELP = f"""A statement in ClickHouse's SQL ends with a semicolon. This reads only; a table shows {ROWS_SHOWN:,} rows.
Tab completes, Up finds what was asked before, Ctrl-C ends a statement, Ctrl-D the shell.
  tables              tables and views
  format NAME         {", ".join(name for name in FORMATS if name != "parquet")}
  help, exit
"""
_TABLES = """
SELECT name, if(engine = 'View', 'view', 'table') AS kind FROM system.tables
WHERE database = currentDatabase() ORDER BY kind, name
"""


class Shell:
    """One session."""

    def __init__(self, opened: Reader, output_format: str, show: Callable[[str, bool], None]) -> None:
        """`show` renews the line of progress."""
        self._opened = opened
        self._format = output_format
        self._show = show
        self._failed = False

    def interact(self) -> None:
        """With a person at a terminal, until exit or Ctrl-D. Raises QueryFailed, ClickHouseUnavailable."""
        from flows.query_shell.prompt import prompt

        ask = prompt(self._opened, _PROMPT)
        print("ClickHouse, for reading. help says how; exit or Ctrl-D ends.")
        while True:
            try:
                text = ask()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            for statement in typed([text]):
                if not self._do(statement):
                    return

    def read(self, lines: Iterable[str]) -> bool:
        """Of a pipe or a file; whether all went well."""
        for statement in typed(lines):
            if not self._do(statement):
                break
        return not self._failed

    def _do(self, statement: str) -> bool:
        """False at the end."""
        word, _, rest = statement.partition(" ")
        try:
            match word.lower():
                case "exit" | "quit":
                    return False
                case "help":
                    print(_HELP, end="")
                case "format":
                    self._choose(rest.strip().lower())
                case "tables":
                    self._ask(_TABLES)
                case _:
                    self._ask(statement)
        except TapeflowError as error:
            self._failed = True
            print(f"tapeflow: {error}", file=sys.stderr)
        return True

    def _choose(self, name: str) -> None:
        if name not in FORMATS or name == "parquet":
            raise TapeflowError(f"no format {name}: there are table, csv and json")
        self._format = name

    def _ask(self, sql: str) -> None:
        begin_s = time.monotonic()
        answer = watched(self._opened, sql, FORMATS[self._format], TABLE_SETTINGS, self._show)
        sys.stdout.write(answer.decode(errors="replace"))
        sys.stdout.flush()
        if sys.stderr.isatty():
            print(f"({time.monotonic() - begin_s:.2f} s)", file=sys.stderr)
