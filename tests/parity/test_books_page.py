"""The examples of `docs/books.md` do what the page shows, in both twins."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "books.md"
_BOOKS = ("L2Book", "SyncedBook", "StreamedBook")


@pytest.mark.parametrize("twin", ["", "Python"])
def test_examples(twin: str) -> None:
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", _PAGE.read_text(), re.DOTALL))
    for book in _BOOKS:
        examples = re.sub(rf"(import .*)\b{book}\b", rf"\1{twin}{book} as {book}", examples)
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/books.md", None, None)
    assert len(test.examples) > 15
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.failed == 0, "".join(told)
