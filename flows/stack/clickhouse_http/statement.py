"""Reads just enough SQL to route a request: where an INSERT's data begins, and which format is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<skip>\s+|--[^\n]*|\#!?[^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMAT_END = re.compile(r"\s*(?:;|\Z|SETTINGS\b|--|/\*)", re.IGNORECASE)
_FORMAT_NAME = re.compile(r"\s*([A-Za-z_]\w*)[ \t\f]*;?\r?\n?")


@dataclass(frozen=True)
class Insert:
    """An INSERT whose rows come as data: `head` is the statement up to FORMAT, `data` what of it came after."""

    head: str
    format: str
    data: bytes


@dataclass(frozen=True)
class Query:
    """Anything that carries no data: text to be run as it is, and the format it names, if any."""

    sql: str
    format: str | None

    @property
    def word(self) -> str:
        """The first keyword, in capitals: SELECT, WITH, CREATE..."""
        return next((match["word"].upper() for match in _TOKEN.finditer(self.sql) if match["word"]), "")

    def without_format(self) -> str:
        """The statement without its trailing FORMAT clause."""
        if not self.format:
            return self.sql.rstrip().rstrip(";")
        return self.sql[: _last_format(self.sql)[1]].rstrip()


def parse(statement: bytes) -> Insert | Query:
    """Splits a statement, data attached or not.

    Only bytes before the data are decoded as text: behind `FORMAT RowBinary` anything may stand.
    """
    # One byte is one character, so positions hold for both.
    text = statement.decode("latin-1")
    words = _top_level_words(text)
    first = next(words, None)
    if first is None or first[0] != "INSERT":
        return _query(statement)
    for word, start, end in words:
        if word in ("SELECT", "WITH", "VALUES"):
            if word == "VALUES" and not text[end:].strip(" \t\r\n;"):
                return Insert(statement[:start].decode(), "Values", b"")
            return _query(statement)
        if word == "FORMAT":
            name = _FORMAT_NAME.match(text, end)
            if name:
                return Insert(statement[:start].decode(), name[1], statement[name.end() :])
    return Insert(statement.decode().rstrip().rstrip(";"), "Values", b"")


def _query(statement: bytes) -> Query:
    sql = statement.decode()
    return Query(sql, _last_format(sql)[0])


def _last_format(sql: str) -> tuple[str | None, int]:
    """The format named at the end of a statement, and where that clause begins.

    Only SETTINGS may follow it: a column that is called `format` is followed by more.
    """
    previous, previous_start = "", 0
    for word, start, end in _top_level_words(sql):
        if previous == "FORMAT" and _FORMAT_END.match(sql, end):
            return sql[start:end], previous_start
        previous, previous_start = word, start
    return None, len(sql)


def _top_level_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Words outside quotes, comments and brackets, in capitals, with their positions."""
    depth = 0
    for match in _TOKEN.finditer(text):
        if match["other"]:
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(match["other"], 0)
        elif match["word"] and depth == 0:
            yield match["word"].upper(), match.start(), match.end()
