"""What a comparison came to, in numbers and words that a machine can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.comparison.fields import flat
from flows.comparison.matching import Kind
from flows.comparison.tally import SIDES, Divergence, Tally
from flows.contracts.records import Origin
from flows.stretch import Stretch

_BAD = (Kind.FIELD, Kind.MISSING, Kind.EXTRA, Kind.REORDERED)


@dataclass(frozen=True)
class Report:
    run: str
    """Names it in `shadow.diffs`."""
    flow: str
    sides: dict[str, str]
    """What baseline and candidate are."""
    stretch: Stretch
    complete: bool
    """False if it was ended before its stretch."""
    seconds: float
    tally: Tally

    @property
    def identical(self) -> bool:
        return self.tally.identical

    @property
    def differing(self) -> int:
        """Records that differ by more than they may."""
        return sum(counts[kind] for counts in self.tally.topics.values() for kind in _BAD)

    @property
    def near(self) -> int:
        """Records that are not the same bits, but within tolerance."""
        return sum(counts[Kind.NEAR] for counts in self.tally.topics.values())

    def record_ns(self, side: str) -> float:
        """Time that a side took for one record of input."""
        return self.tally.spent_ns[side] / max(1, self.tally.input_records)

    def as_json(self) -> dict[str, Any]:
        """Keys and units: README, "Shadow"."""
        tally = self.tally
        return {
            "run": self.run,
            "flow": self.flow,
            **self.sides,
            "identical": self.identical,
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            "stretch": {"topic": self.stretch.topic, "offsets": {str(p): o for p, o in self.stretch.offsets.items()}},
            "input_records": tally.input_records,
            "compared_records": tally.compared,
            "differing_records": self.differing,
            "topics": {
                topic: {kind.value: counts[kind] for kind in Kind} for topic, counts in sorted(tally.topics.items())
            },
            "first_divergence": _divergence(tally.first) if tally.first else None,
            "fields": {
                name: {
                    "count": errors.count,
                    "max_relative": errors.max_relative,
                    "max_absolute": errors.max_absolute,
                    "worst": place(errors.worst) if errors.worst else None,
                    "by_decade": {str(decade): count for decade, count in sorted(errors.decades.items())},
                }
                for name, errors in sorted(tally.errors.items())
            },
            "orders": {
                name: {"count": orders.count, "notional": str(orders.notional)}
                for name, orders in sorted(tally.orders.items())
            },
            "record_ns": {side: round(self.record_ns(side), 1) for side in SIDES},
            "equity": {side: tally.equity[side].points for side in SIDES},
        }


def place(origin: Origin) -> str:
    """As in `0:1234.1`: partition, offset, index."""
    return f"{origin.partition}:{origin.offset}.{origin.index}"


def _divergence(first: Divergence) -> dict[str, Any]:
    pair = first.pair
    return {
        "topic": pair.topic,
        "origin": place(pair.origin),
        "difference": pair.kind.value,
        "time_ns": first.time_ns,
        "fields": [
            {"field": field.path, "baseline": field.baseline, "candidate": field.candidate} for field in pair.fields
        ],
        "baseline": dict(flat(pair.baseline)) if pair.baseline else None,
        "candidate": dict(flat(pair.candidate)) if pair.candidate else None,
        "input": first.input,
    }
