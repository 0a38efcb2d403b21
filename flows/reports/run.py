"""Asks ClickHouse for a report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flows.connectors.clickhouse import QueryFailed
from flows.reports import answer
from flows.reports.answer import Answer
from flows.reports.asked import Asked
from flows.reports.catalogue import Report, Section
from flows.reports.errors import BadReportOption, NothingToReport, ReportError
from flows.stack.reader import Reader, reader
from flows.stack.settings import Settings

_UNKNOWN_TABLE = "Code: 60."
_AT_ONCE = 2
_LIMITS = {"max_memory_usage": str(2 << 30)}


@dataclass(frozen=True)
class Made:
    """A report with what ClickHouse answered."""

    report: Report
    asked: Asked
    answers: dict[Section, Answer]

    @property
    def title(self) -> str:
        return f"{self.report.name}: {self.report.says}"


def make(settings: Settings, report: Report, asked: Asked, section: str | None = None) -> Made:
    """The whole report, or one section of it.

    Raises NoSuchReport, BadReportOption, NothingToReport, ReportError, and what ClickHouse's client raises.
    """
    wanted = report.sections if section is None else (report.section(section),)
    for option in asked.options:
        if not wanted[0].takes(option):
            raise BadReportOption(f"report {report.name} cannot be cut to a {option}: leave --{option} out")
    # What cannot be cut to one would be about all.
    wanted = tuple(one for one in wanted if all(map(one.takes, asked.options)))
    parameters = asked.parameters(settings.topic_prefix)
    with reader(settings) as opened, ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = dict(zip(wanted, threads.map(lambda one: _ask(opened, one, parameters), wanted), strict=True))
    if not any(found.rows for found in answers.values()):
        told = f" ({asked.words})" if asked.words else ""
        raise NothingToReport(
            f"report {report.name} has nothing to show{told}: no such record has landed in ClickHouse; "
            "see `tapeflow status` for the audit flow"
        )
    return Made(report, asked, answers)


def _ask(opened: Reader, section: Section, parameters: dict[str, str | int]) -> Answer:
    sql = section.sql
    used = {name: value for name, value in parameters.items() if f"{{{name}:" in sql}
    try:
        return Answer.read(b"".join(opened.pieces(sql, answer.FORMAT, used, {**answer.SETTINGS, **_LIMITS})))
    except QueryFailed as error:
        if _UNKNOWN_TABLE in str(error):
            raise ReportError(f"{error}; `tapeflow up` makes the tables and views that reports read") from error
        raise
