"""A report for programs: CSV of one section, JSON of all. Exact: no digit is rounded."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

from flows.reports.answer import Value
from flows.reports.run import Made


def csv_report(made: Made) -> str:
    """The first section, which is the only one if one was asked for."""
    found = next(iter(made.answers.values()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in found.columns)
    writer.writerows([_plain(value) for value in row] for row in found.rows)
    return text.getvalue()


def json_report(made: Made) -> str:
    """`{"report": ..., "asked": {...}, "sections": {name: [{column: value}]}}`; decimals are strings."""
    sections = {
        section.name: [{name: _plain(value) for name, value in record.items()} for record in found.records()]
        for section, found in made.answers.items()
    }
    whole = {"report": made.report.name, "asked": made.asked.to_json(), "sections": sections}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Value) -> Value:
    """A decimal as text without an exponent, and without zeros behind the last digit."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
