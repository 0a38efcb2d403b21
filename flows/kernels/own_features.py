"""Features of the user's own, at work on one series of bars.

A bar without one of the inputs (no bid, say), or one that the indicator refuses (a price of zero that it would divide
by), gives no value, and the indicator goes on with the next as if it had not been there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.contracts import records
from flows.contracts.records import Bar, FeatureVector, IndicatorState
from flows.errors import IndicatorInputError, IndicatorRestoreError, StageRestoreError
from flows.kernels.bar_inputs import INPUTS
from flows.kernels.config import Fields
from flows.kernels.feature_rules import Breach, broken
from flows.kernels.scale import Scale

if TYPE_CHECKING:
    from flows.indicators.core import PythonCore
    from flows.kernels.own_declaration import OwnFeature


def taken(given: Fields) -> tuple[OwnFeature, ...]:
    """As configured. Raises StageConfigError."""
    tables = given.tables("own", [])
    if not tables:
        return ()
    # Indicators come with NumPy: a flow without features of its user's own does without.
    from flows.kernels.own_declaration import all_of

    return all_of(tables)


class OwnStreams:
    """The indicators of one series, in the order of the configuration."""

    def __init__(self, all_features: tuple[OwnFeature, ...]) -> None:
        self._streams = [(one, one.fresh()) for one in all_features]
        self.values: list[records.OwnFeature] = []
        """What has a value at the newest bar."""

    def add(self, scale: Scale, bar: Bar) -> None:
        """Takes the next bar."""
        found = ((one.name, _value(one, stream, scale, bar)) for one, stream in self._streams)
        self.values = [records.OwnFeature(name, value) for name, value in found if value is not None]

    def states(self) -> Iterator[IndicatorState]:
        for one, stream in self._streams:
            yield IndicatorState(one.row.name, list(one.parameters), stream.memory())

    def restore(self, states: Iterator[IndicatorState]) -> None:
        """Raises StageRestoreError for what is no memory of theirs."""
        for one, stream in self._streams:
            wrong = f"the snapshot does not go with the feature {one.name} of your own"
            state = next(states, None)
            if state is None:
                raise StageRestoreError(f"{wrong}: the state has none of it")
            try:
                stream.restore(state.memory)
            except IndicatorRestoreError as error:
                raise StageRestoreError(f"{wrong}: {error}") from error


def _value(one: OwnFeature, stream: PythonCore, scale: Scale, bar: Bar) -> float | None:
    row: list[float] = []
    for name in one.inputs:
        value = INPUTS[name](bar, scale)
        if value is None:
            return None
        row.append(value)
    try:
        made: float | tuple[float, ...] | None = stream.update(*row)
    except IndicatorInputError:
        # A row that was refused has changed nothing.
        return None
    return made[one.place] if isinstance(made, tuple) else made


def breaches(all_features: tuple[OwnFeature, ...], vector: FeatureVector) -> Iterator[Breach]:
    """What of a vector's values breaks its rule."""
    ranges = {one.name: one.range for one in all_features}
    for found in vector.own:
        breach = broken(found.name, ranges[found.name], found.value)
        if breach is not None:
            yield breach
