"""The examples of `docs/bars.md` do what the page shows."""

from __future__ import annotations

import doctest
from pathlib import Path

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "bars.md"


def test_examples() -> None:
    told: list[str] = []
    parsed = doctest.DocTestParser().get_doctest(
        _PAGE.read_text().replace("```pycon", "").replace("```", ""), {}, "docs/bars.md", None, None
    )
    result = doctest.DocTestRunner(verbose=False).run(parsed, out=told.append)
    assert result.attempted > 15
    assert result.failed == 0, "".join(told)
