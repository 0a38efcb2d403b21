"""What features look back on, of one series of bars."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from flows.contracts.records import Bar, BarWindowsState, SignWindowState
from flows.kernels.feature_periods import Periods
from flows.kernels.flow_toxicity import FlowToxicity
from flows.kernels.price_impact import PriceImpact
from flows.kernels.scale import Scale
from flows.kernels.seasonality import Season
from flows.kernels.sign_window import SignWindow


class Seasonal(NamedTuple):
    """The newest bar against those of its time of the day."""

    volume: float | None
    volatility: float | None


class BarWindows:
    """Bars without volume, as Renko's later bricks and all bars of quotes, are no bars with volume: they do not count
    in the windows of flow."""

    def __init__(self, periods: Periods) -> None:
        self._closes: deque[int] = deque(maxlen=periods.return_long + 1)
        self.impact = PriceImpact(periods.kyle_lambda)
        self.toxicity = FlowToxicity(periods.vpin)
        self.signs = SignWindow(periods.sign_autocorrelation)
        self._season = Season(periods.season_slots, periods.season_days)
        self.seasonal = Seasonal(None, None)

    def begin(self, bar: Bar) -> None:
        """The series' first bar: nothing is known of what its price came from."""
        self._take(bar)

    def add(self, scale: Scale, bar: Bar, price_change: float, simple_return: float) -> None:
        """`price_change`: of the close since the bar before, quote currency."""
        self._take(bar)
        if bar.volume > 0:
            self.impact.add(price_change, scale.quantity(bar.buy_volume - bar.sell_volume))
        self.seasonal = Seasonal(*self._season.add(bar.open_ns, scale.quantity(bar.volume), abs(simple_return)))

    def _take(self, bar: Bar) -> None:
        self._closes.append(bar.close)
        self.signs.add((bar.buy_after_buy, bar.sell_after_buy, bar.buy_after_sell, bar.sell_after_sell))
        if bar.volume > 0:
            self.toxicity.add(bar.buy_volume, bar.sell_volume)

    def return_over(self, scale: Scale, bars: int) -> float | None:
        """Simple return of the close over so many bars."""
        if len(self._closes) <= bars:
            return None
        return scale.price(self._closes[-1]) / scale.price(self._closes[-1 - bars]) - 1.0

    def state(self) -> BarWindowsState:
        return BarWindowsState(
            closes=list(self._closes),
            price_changes=list(self.impact.price_changes),
            signed_volumes=list(self.impact.signed_volumes),
            bought=list(self.toxicity.bought),
            sold=list(self.toxicity.sold),
            season=self._season.states(),
        )

    def restore(self, state: BarWindowsState, signs: SignWindowState | None) -> None:
        """`signs`: None in a state from before there were any."""
        if signs is not None:
            self.signs.restore(signs)
        self._closes.extend(state.closes)
        for change, volume in zip(state.price_changes, state.signed_volumes, strict=True):
            self.impact.add(change, volume)
        for bought, sold in zip(state.bought, state.sold, strict=True):
            self.toxicity.add(bought, sold)
        self._season.restore(state.season)
