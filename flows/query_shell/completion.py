"""What can be typed next: tables where one is named, else columns, functions and words of SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from flows.query_shell.statements import COMMANDS
from flows.stack.reader import Reader

_NAMES = """
SELECT 'table' AS what, name, '' AS of FROM system.tables WHERE database = currentDatabase()
UNION ALL
SELECT 'column', name, arrayStringConcat(arraySort(groupArray(table)), ', ') FROM system.columns
WHERE database = currentDatabase() GROUP BY name
UNION ALL
SELECT 'function', name, '' FROM system.functions WHERE NOT startsWith(name, '_')
UNION ALL
SELECT DISTINCT 'word', arrayJoin(splitByChar(' ', keyword)), '' FROM system.keywords
"""
_WORD = re.compile(r"\w+$")
_TABLE_EXPECTED = re.compile(r"\b(?:FROM|JOIN|DESCRIBE|DESC|TABLE)\s+\w*$", re.IGNORECASE)
_COLUMN_FIRST = {"column": 0, "table": 1, "word": 2, "function": 3}


@dataclass(frozen=True)
class Name:
    """Something that can be typed."""

    text: str
    what: str
    """table, column, function, word."""
    of: str = ""
    """Of a column: the tables that have it."""


def names(opened: Reader) -> list[Name]:
    """All that this ClickHouse has. Raises QueryFailed, ClickHouseUnavailable."""
    said = b"".join(opened.pieces(_NAMES, "JSONCompactEachRow")).splitlines()
    found = [Name(name, what, of) for what, name, of in map(json.loads, said)]
    return [*found, *(Name(word, "word") for word in sorted(COMMANDS))]


class SqlCompleter(Completer):
    """Completes the word before the cursor."""

    def __init__(self, known: Iterable[Name]) -> None:
        self._known = sorted(known, key=lambda name: (_COLUMN_FIRST[name.what], name.text.lower()))

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        before = document.text_before_cursor
        word = _WORD.search(before)
        begun = word[0].lower() if word else ""
        tables_only = bool(_TABLE_EXPECTED.search(before))
        if not begun and not tables_only:
            return
        for name in self._known:
            if name.text.lower().startswith(begun) and (not tables_only or name.what == "table"):
                yield Completion(name.text, -len(begun), display_meta=name.of or name.what)
