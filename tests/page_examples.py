"""The examples of a page do what it shows."""

from __future__ import annotations

import doctest
import re
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def check(page: str, at_least: int, changed: Callable[[str], str] = str) -> None:
    """Runs all `pycon` blocks of a page one after the other, as `changed` makes them; there must be some."""
    blocks = re.findall(r"```pycon\n(.*?)```", (_ROOT / page).read_text(), re.DOTALL)
    test = doctest.DocTestParser().get_doctest(changed("\n".join(blocks)), {}, page, None, None)
    assert len(test.examples) >= at_least
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.failed == 0, "".join(told)
