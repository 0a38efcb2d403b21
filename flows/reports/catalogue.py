"""Every report: which statements of `sql/reports/` it asks, and what it draws of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.reports import plots
from flows.reports.answer import Answer
from flows.reports.errors import NoSuchReport
from flows.stack import files


@dataclass(frozen=True)
class Section:
    """One statement of a report."""

    name: str
    """Its file in `sql/reports/`."""
    title: str
    draw: Callable[[Answer], str] | None = None
    """Its picture on a page, as HTML."""
    is_curve: bool = False
    """Only drawn: too long to be read as a table."""
    curve_of: tuple[str, ...] = ()
    """Of a curve that can be read by its end: the columns that name it. A table shows the last row of each."""

    @property
    def sql(self) -> str:
        """One statement, with parameters prefix, from_ns, to_ns, and most also strategy and symbol."""
        return (files.REPORTS / f"{self.name}.sql").read_text("utf-8").rstrip().removesuffix(";")

    def takes(self, option: str) -> bool:
        """Whether it can be cut to one `strategy` or `symbol`."""
        return f"{{{option}:" in self.sql


@dataclass(frozen=True)
class Report:
    """What `tapeflow report NAME` shows."""

    name: str
    says: str
    """One line for people."""
    sections: tuple[Section, ...]
    """The first one is what the report is about."""

    def section(self, name: str) -> Section:
        """Raises NoSuchReport."""
        for section in self.sections:
            if section.name == name:
                return section
        there = ", ".join(section.name for section in self.sections)
        raise NoSuchReport(f"report {self.name} has no section {name}; its sections are: {there}")


REPORTS = (
    Report(
        "pnl",
        "PnL by account and instrument: realised, unrealised, fees, drawdown",
        (
            Section("pnl", "PnL"),
            Section("equity", "Net PnL and drawdown", plots.equity, curve_of=("account", "quote")),
        ),
    ),
    Report(
        "orders",
        "orders, how they ended, and fill ratios",
        (Section("orders", "Orders"), Section("order_ends", "How they ended", plots.order_ends)),
    ),
    Report(
        "slippage",
        "slippage and implementation shortfall against arrival prices",
        (
            Section("slippage", "Slippage and implementation shortfall"),
            Section("slippage_distribution", "Fills by slippage", plots.slippage, is_curve=True),
        ),
    ),
    Report(
        "risk",
        "risk decisions: what was stopped, and by which limit",
        (Section("risk", "Decisions"), Section("risk_stops", "Stopped by", plots.stops)),
    ),
    Report(
        "latency", "latency per hop from tick to report, p50 to p99.9", (Section("latency", "Latency", plots.latency),)
    ),
    Report(
        "strategies",
        "what each strategy's own fills brought",
        (Section("strategies", "Strategies", plots.strategies),),
    ),
    Report(
        "data_quality",
        "gaps, late trades, crossed, locked and disordered ticks, dead letters",
        (
            Section("data_quality", "Market data"),
            Section("gaps", "Gaps"),
            Section("dead_letters", "Dead letters"),
            Section("feed", "Records over time", plots.feed, is_curve=True),
        ),
    ),
)


def find(name: str) -> Report:
    """Raises NoSuchReport."""
    for report in REPORTS:
        if report.name == name:
            return report
    raise NoSuchReport(f"no report {name}; there are: {', '.join(report.name for report in REPORTS)}")
