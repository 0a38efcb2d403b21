"""The examples of `docs/indicators.md`, and of README's section, do what they show."""

from __future__ import annotations

import doctest
import re

import pytest

from flows.stack.files import PROJECT


@pytest.mark.parametrize("page", ["docs/indicators.md", "README.md"])
def test_examples(page: str) -> None:
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", (PROJECT / page).read_text(), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, page, None, None)
    assert len(test.examples) >= 5
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.failed == 0, "".join(told)
