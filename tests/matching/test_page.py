"""The examples of `docs/matching.md` do what the page shows, on both engines."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from flows.matching import ENGINES

_PAGE = Path(__file__).parents[2] / "docs" / "matching.md"


@pytest.mark.parametrize("engine", ENGINES)
def test_examples(engine: str) -> None:
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", _PAGE.read_text(), re.DOTALL))
    name = ENGINES[engine].__name__
    examples = examples.replace("import MatchingEngine,", f"import {name} as MatchingEngine,")
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/matching.md", None, None)
    assert len(test.examples) > 30
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.failed == 0, "".join(told)
