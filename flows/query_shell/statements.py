"""Where one statement of what was typed ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Longest first. What is quoted or a comment ends nothing; an unfinished one goes on.
_TOKEN = re.compile(
    r"(?P<whole>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`\\]|\\.)*`|--[^\n]*|/\*.*?\*/)"
    r"|(?P<open>['\"`]|/\*)|(?P<end>;)|.",
    re.DOTALL,
)
# Words of the shell itself, which need no semicolon.
COMMANDS = frozenset({"exit", "quit", "help", "tables", "format"})


def split(text: str) -> tuple[list[str], str]:
    """The statements that end with a semicolon, without it, and what is left."""
    found, begin = [], 0
    for match in _TOKEN.finditer(text):
        if match["open"]:
            break
        if match["end"]:
            found.append(text[begin : match.start()].strip())
            begin = match.end()
    return [statement for statement in found if statement], text[begin:].strip()


def is_command(text: str) -> bool:
    """Whether this is for the shell."""
    return text.strip().rstrip(";").partition(" ")[0].lower() in COMMANDS


def is_complete(text: str) -> bool:
    """Whether Enter ends the input."""
    return not text.strip() or is_command(text) or not split(text)[1]


def typed(lines: Iterable[str]) -> Iterator[str]:
    """Statements and commands of lines that come one by one; the last statement may do without its semicolon."""
    held = ""
    for line in lines:
        held += line
        if is_command(held):
            found, held = [held.strip().rstrip(";")], ""
        else:
            found, held = split(held)
            held += "\n" if held else ""
        yield from found
    if held.strip():
        yield held.strip()
