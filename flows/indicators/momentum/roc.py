"""Changes over n rows."""

from __future__ import annotations

from flows.indicators.parts import Part, Window


class Mom(Part):
    """The change over n rows."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        return None if before is None else close - before


class Roc(Part):
    """The change over n rows in percent."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        return None if before is None else (close / before - 1.0) * 100.0


class Rocp(Part):
    """The change over n rows, as a part."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        return None if before is None else (close - before) / before


class Rocr(Part):
    """The close by that of n rows ago."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        return None if before is None else close / before


class Rocr100(Part):
    """The same in percent."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        return None if before is None else close / before * 100.0
