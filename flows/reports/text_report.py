"""A report as tables of text."""

from __future__ import annotations

from collections.abc import Iterator

from flows.reports.answer import Answer
from flows.reports.readable import readable
from flows.reports.run import Made


def text_report(made: Made) -> str:
    return "\n".join(_lines(made)) + "\n"


def _lines(made: Made) -> Iterator[str]:
    shown = [
        (section, found) for section, found in made.answers.items() if not section.is_curve or len(made.answers) == 1
    ]
    for number, (section, found) in enumerate(shown):
        if number:
            yield ""
        yield section.title + (f" ({made.asked.words})" if made.asked.words else "")
        yield from _table(found.last_of(section.curve_of)) if found.rows else ("  none",)


def _table(found: Answer) -> Iterator[str]:
    cells = [[column.name for column in found.columns]]
    cells += [[readable(column, value) for column, value in zip(found.columns, row, strict=True)] for row in found.rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            text.rjust(width) if column.is_number else text.ljust(width)
            for column, text, width in zip(found.columns, row, widths, strict=True)
        )
        yield ("  " + "  ".join(padded)).rstrip()
