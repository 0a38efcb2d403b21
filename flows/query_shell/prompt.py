"""The line that is typed: history, completion, colours."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from flows.query_shell.completion import SqlCompleter, names
from flows.query_shell.statements import is_complete
from flows.stack.reader import Reader


def prompt(opened: Reader, text: str) -> Callable[[], str]:
    """Asks for one statement or command. The answer raises EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C.

    Raises QueryFailed, ClickHouseUnavailable.
    """
    session: PromptSession[str] = PromptSession(
        text,
        history=_history(history_file()),
        completer=SqlCompleter(names(opened)),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        lexer=PygmentsLexer(SqlLexer),
        multiline=Condition(lambda: not is_complete(session.default_buffer.text)),
        prompt_continuation="   -> ",
    )
    return session.prompt


def history_file() -> Path:
    """Where statements are kept for the next session."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tapeflow" / "query_history"


def _history(file: Path) -> History:
    """On disk for this user alone; in memory where that cannot be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(file)
