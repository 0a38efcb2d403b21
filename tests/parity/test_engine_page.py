"""The examples of `docs/engine.md` and `README.md` do what the pages show, in both engines."""

from __future__ import annotations

import pytest

from tests import page_examples


@pytest.mark.parametrize("engine", ["rust", "python"])
@pytest.mark.parametrize(("page", "at_least"), [("docs/engine.md", 20), ("README.md", 5)])
def test_examples(page: str, at_least: int, engine: str) -> None:
    page_examples.check(
        page,
        at_least,
        lambda examples: examples.replace("TradingEngine(config", f"TradingEngine(config, engine={engine!r}"),
    )
