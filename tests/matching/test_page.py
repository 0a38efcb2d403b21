"""The examples of `docs/matching.md` do what the page shows, on both engines."""

from __future__ import annotations

import pytest

from flows.matching import ENGINES
from tests import page_examples


@pytest.mark.parametrize("engine", ENGINES)
def test_examples(engine: str) -> None:
    name = ENGINES[engine].__name__
    page_examples.check(
        "docs/matching.md",
        31,
        lambda examples: examples.replace("import MatchingEngine,", f"import {name} as MatchingEngine,"),
    )
