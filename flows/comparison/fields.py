"""Two records of one kind, field by field: exact but for floating-point numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from itertools import chain
from typing import Any

from flows.running.flow_options import BadOption

RELATIVE = 1e-10

_SETTINGS = frozenset({"FeatureVector.configuration", "FeatureVector.depth_levels", "Bar.depth_levels"})
"""By which settings a record was made it repeats, and computes nothing: who compares two configurations knows that they
differ, and asks what comes of it."""


@dataclass(frozen=True)
class FieldDifference:
    """`path` as in `bids[2].price`, and `checks[position].measured` where the items of a list have names."""

    path: str
    baseline: Any
    candidate: Any

    @property
    def relative(self) -> float | None:
        """The error relative to the greater of the two; None where one is no finite number."""
        return relative(self.baseline, self.candidate)

    @property
    def absolute(self) -> float | None:
        return abs(float(self.candidate) - float(self.baseline)) if self.relative is not None else None


@dataclass(frozen=True)
class Tolerance:
    """How far floating-point fields may be apart, relative to the greater value; all else must be equal."""

    default: float = RELATIVE
    by_field: Mapping[str, float] = field(default_factory=dict)
    """By `Record.field` or `field`; 0 demands the same bits of a value, infinity ignores the field, as it does for the
    settings that a record repeats."""

    def of(self, record: str, path: str) -> float | None:
        """The one that was named for a field, or goes without saying."""
        plain = path.partition("[")[0]
        name = f"{record}.{plain}"
        known = math.inf if name in _SETTINGS else None
        return self.by_field.get(name, self.by_field.get(plain, known))


def parse_tolerances(pairs: list[str], default: float) -> Tolerance:
    """`FIELD=RELATIVE` or `Record.FIELD=RELATIVE`. Raises BadOption."""
    by_field = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            by_field[name] = float(value)
        except ValueError:
            raise BadOption(f"--tolerance {pair} is not of the form FIELD=NUMBER, as in rsi=1e-6") from None
    return Tolerance(default, by_field)


def differences(baseline: Any, candidate: Any, tolerance: Tolerance) -> tuple[list[FieldDifference], bool]:
    """The fields that differ by more than they may, and whether any differs at all."""
    record = type(baseline).__name__
    beyond, any_at_all = [], False
    one, other = dict(flat(baseline)), dict(flat(candidate))
    values = (FieldDifference(path, one.get(path), other.get(path)) for path in {**one, **other})
    for difference in chain(values, _moved(one, other)):
        if _same_bits(difference.baseline, difference.candidate):
            continue
        any_at_all = True
        if not _is_near(difference, tolerance.of(record, difference.path), tolerance.default):
            beyond.append(difference)
    return beyond, any_at_all


def flat(record: Any, path: str = "", matched_by: str = "origin") -> Iterator[tuple[str, Any]]:
    """Every plain value of a record with its path; the field by which it is matched left out. Items of a list are
    matched by their names, where each has its own, else by their index."""
    if is_dataclass(record):
        for one in fields(record):
            if one.name != matched_by:
                yield from flat(getattr(record, one.name), f"{path}.{one.name}" if path else one.name, "")
    elif isinstance(record, list):
        named = {_plain(item.name): item for item in record if is_dataclass(item) and hasattr(item, "name")}
        if len(named) == len(record):
            for name, item in named.items():
                yield from flat(item, f"{path}[{name}]", "name")
        else:
            for index, item in enumerate(record):
                yield from flat(item, f"{path}[{index}]", "")
    else:
        yield path, _plain(record)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _moved(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[FieldDifference]:
    """Of what both have the first that stands elsewhere in their order, as only items with names can."""
    ours, theirs = (path for path in one if path in other), (path for path in other if path in one)
    for left, right in zip(ours, theirs, strict=True):
        if left != right:
            yield FieldDifference(f"{left.partition('[')[0]}[(order)]", left, right)
            return


def relative(one: Any, other: Any) -> float | None:
    """|one - other| / max(|one|, |other|); None where one is no finite number."""
    if not _is_number(one) or not _is_number(other):
        return None
    scale = max(abs(one), abs(other))
    return float(abs(one - other) / scale) if scale else 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _same_bits(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        # Two that are no number are alike; zero and minus zero print differently, and are not.
        return one.hex() == other.hex()
    return type(one) is type(other) and bool(one == other)


def _is_near(difference: FieldDifference, named: float | None, default: float) -> bool:
    if named is not None and math.isinf(named):
        return True
    floats = isinstance(difference.baseline, float) and isinstance(difference.candidate, float)
    if not floats and named is None:
        return False
    error = difference.relative
    return error is not None and error <= (default if named is None else named)
