"""What can go wrong with a report, each with what to do about it."""

from flows.errors import TapeflowError


class ReportError(TapeflowError):
    """A report cannot be made."""


class NoSuchReport(ReportError):
    """A report or section that there is none of."""


class BadReportOption(ReportError):
    """Options that do not go together, or not with this report."""


class NothingToReport(ReportError):
    """The stretch has no record that the report is about."""
