"""Know sure thing."""

from __future__ import annotations

from flows.indicators.parts import Part, Sum, Window


class Kst(Part):
    """Four smoothed rates of change, weighted 1 to 4, and the mean of their sum."""

    MEMORY = ("windows", "means", "signal")

    def __init__(
        self,
        roc1period: int,
        roc2period: int,
        roc3period: int,
        roc4period: int,
        sma1period: int,
        sma2period: int,
        sma3period: int,
        sma4period: int,
        signalperiod: int,
    ) -> None:
        self.windows = [Window(period) for period in (roc1period, roc2period, roc3period, roc4period)]
        self.means = [Sum(period) for period in (sma1period, sma2period, sma3period, sma4period)]
        self.signal = Sum(signalperiod)

    def update(self, close: float) -> tuple[float, float] | None:
        total, warm = 0.0, True
        for place, window in enumerate(self.windows):
            before = window.push(close)
            mean = None if before is None else self.means[place].mean((close / before - 1.0) * 100.0)
            if mean is None:
                warm = False
            else:
                total += float(place + 1) * mean
        signal = self.signal.mean(total) if warm else None
        return None if signal is None else (total, signal)
