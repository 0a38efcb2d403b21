"""The examples of `docs/indicators.md` do what it shows. Those of README.md are tried by `test_engine_page.py`."""

from __future__ import annotations

from tests.page_examples import check


def test_examples() -> None:
    check("docs/indicators.md", at_least=10)
