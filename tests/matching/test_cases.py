"""Every order type, rule and rejection of `docs/matching.md`, as a table (`cases/*.txt`), on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.matching import ENGINES, Reason
from tests.matching.script import outcome

_CASES = Path(__file__).parent / "cases"
Case = tuple[dict[str, int], list[tuple[str, str]]]
"""The engine's terms, and the lines."""


def cases() -> Iterator[tuple[str, Case]]:
    """`* NAME` begins a case, `#` a remark; `engine TERM=VALUE ...` makes its engine."""
    for path in sorted(_CASES.glob("*.txt")):
        for part in path.read_text().split("\n* ")[1:]:
            name, *lines = part.splitlines()
            terms, said = {}, []
            for line in lines:
                if line.startswith("engine "):
                    terms = {name: int(value) for name, _, value in (word.partition("=") for word in line.split()[1:])}
                elif line.strip() and not line.startswith("#"):
                    asked, colon, told = line.partition(" : ")
                    assert colon, f"{path.name}: {line}"
                    said.append((" ".join(asked.split()), " ".join(told.split())))
            yield f"{path.stem}: {name}", (terms, said)


_ALL = dict(cases())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", _ALL)
def test_case(engine: str, case: str) -> None:
    terms, lines = _ALL[case]
    matching = ENGINES[engine]("X", **terms)
    told = [(asked, outcome(matching, asked)) for asked, _ in lines]
    assert told == lines


def test_every_rejection_has_a_case() -> None:
    told = {said.split()[-1] for _, lines in _ALL.values() for _, said in lines if "rejected " in said}
    assert told == {reason.name.lower() for reason in Reason}
