"""What a report is asked for: a stretch of time, a strategy, an instrument."""

from __future__ import annotations

from dataclasses import dataclass

from flows import times
from flows.reports.errors import BadReportOption

# The last minute that ClickHouse's DateTime has: 2106.
_END_NS = 4_294_967_280 * 1_000_000_000


@dataclass(frozen=True)
class Asked:
    """Empty: all of it."""

    from_ns: int = 0
    to_ns: int = _END_NS
    """Exclusive. Both are receive times, in nanoseconds since 1970."""
    strategy: str = ""
    symbol: str = ""

    @classmethod
    def read(cls, begin: str | None, end: str | None, strategy: str | None, symbol: str | None) -> Asked:
        """As the command line says it. Raises BadTime, BadReportOption."""
        from_ns = times.parse(begin) if begin is not None else 0
        to_ns = min(times.parse(end), _END_NS) if end is not None else _END_NS
        if from_ns >= to_ns:
            raise BadReportOption(
                f"--from {begin} is not before --to {end or times.iso(to_ns)}: nothing lies between them"
            )
        return cls(from_ns, to_ns, strategy or "", symbol or "")

    @property
    def options(self) -> dict[str, str]:
        """Those that were given of `strategy` and `symbol`."""
        return {name: value for name, value in (("strategy", self.strategy), ("symbol", self.symbol)) if value}

    @property
    def words(self) -> str:
        """For people: ` from ... to ... of ...`, or nothing."""
        words = [f"from {times.iso(self.from_ns)}"] if self.from_ns else []
        words += [f"to {times.iso(self.to_ns)}"] if self.to_ns < _END_NS else []
        words += [f"{name} {value}" for name, value in self.options.items()]
        return ", ".join(words)

    def to_json(self) -> dict[str, str | None]:
        return {
            "from": times.iso(self.from_ns) if self.from_ns else None,
            "to": times.iso(self.to_ns) if self.to_ns < _END_NS else None,
            "strategy": self.strategy or None,
            "symbol": self.symbol or None,
        }

    def parameters(self, prefix: str) -> dict[str, str | int]:
        """Of the statements in `sql/reports/`."""
        return {
            "prefix": prefix,
            "from_ns": self.from_ns,
            "to_ns": self.to_ns,
            "strategy": self.strategy,
            "symbol": self.symbol,
        }
