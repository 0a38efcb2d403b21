"""The examples of `docs/books.md` do what the page shows, in both twins."""

from __future__ import annotations

import re

import pytest

from tests import page_examples

_BOOKS = ("L2Book", "SyncedBook", "StreamedBook")


@pytest.mark.parametrize("twin", ["", "Python"])
def test_examples(twin: str) -> None:
    def of_twin(examples: str) -> str:
        for book in _BOOKS:
            examples = re.sub(rf"(import .*)\b{book}\b", rf"\1{twin}{book} as {book}", examples)
        return examples

    page_examples.check("docs/books.md", 16, of_twin)
