"""A report as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from flows.page_frame import heading, page, paragraph, table
from flows.reports.readable import readable
from flows.reports.run import Made


def html_page(made: Made) -> str:
    return page(made.title, _parts(made))


def _parts(made: Made) -> Iterator[str]:
    yield paragraph(f"Asked for: {made.asked.words or 'everything'}. Times are when we received it, UTC.")
    for section, found in made.answers.items():
        yield heading(section.title)
        if not found.rows:
            yield paragraph("None.")
            continue
        if section.draw:
            yield section.draw(found)
        if not section.is_curve:
            shown = found.last_of(section.curve_of)
            names = [column.name for column in found.columns]
            yield table(
                names,
                (
                    [readable(column, value) for column, value in zip(found.columns, row, strict=True)]
                    for row in shown.rows
                ),
                "unbroken",
            )
