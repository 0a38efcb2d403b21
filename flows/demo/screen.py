"""Shows a running demo: a live panel in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flows.demo.tally import Tally

_PLAIN_EVERY_S = 2.0


class Screen(Protocol):
    """Where a demo says what it does."""

    def __enter__(self) -> Screen: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def say(self, line: str) -> None:
        """One line about an event."""

    def show(self, tally: Tally) -> None:
        """The newest figures."""


def screen(console: Console) -> Screen:
    """The one that fits where the output goes."""
    return _Panel(console) if console.is_terminal else _Lines(console)


def amounts(values: dict[str, str]) -> str:
    return "  ".join(f"{value} {name}" for name, value in values.items()) or "-"


class _Figures:
    """Rates between readings."""

    def __init__(self) -> None:
        self._start_s = self._last_s = time.monotonic()
        self._last_ticks = 0
        self.ticks_per_s = 0.0

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._start_s

    def update(self, tally: Tally) -> None:
        now = time.monotonic()
        if now > self._last_s:
            self.ticks_per_s = (tally.ticks - self._last_ticks) / (now - self._last_s)
        self._last_s, self._last_ticks = now, tally.ticks


class _Lines(_Figures):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._shown_s = -_PLAIN_EVERY_S

    def __enter__(self) -> Screen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def say(self, line: str) -> None:
        self._console.print(f"{self.elapsed_s:6.1f} s  {line}", highlight=False, markup=False, soft_wrap=True)

    def show(self, tally: Tally) -> None:
        if self.elapsed_s - self._shown_s < _PLAIN_EVERY_S:
            return
        self._shown_s = self.elapsed_s
        self.update(tally)
        self.say(
            f"ticks {tally.ticks:,} ({self.ticks_per_s:,.0f}/s)  bars {tally.bars:,}  signals {tally.decisions:,}  "
            f"orders {tally.orders:,}  fills {tally.fills:,}  position {_positions(tally)}  PnL {_pnl(tally)}  "
            f"lag {tally.lag_records:,}"
        )


class _Panel(_Figures):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._live = Live(console=console, refresh_per_second=8, transient=True)
        self._tally = Tally()
        self._events: list[str] = []

    def __enter__(self) -> Screen:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def say(self, line: str) -> None:
        self._events = [*self._events[-5:], f"{self.elapsed_s:6.1f} s  {line}"]
        self._live.update(self._draw())

    def show(self, tally: Tally) -> None:
        self.update(tally)
        self._tally = tally
        self._live.update(self._draw())

    def _draw(self) -> Panel:
        tally = self._tally
        flow = Table.grid(padding=(0, 2))
        names = ("ticks", "bars", "features", "signals", "orders", "fills")
        counts = (tally.ticks, tally.bars, tally.features, tally.decisions, tally.orders, tally.fills)
        for _ in names:
            flow.add_column(justify="right")
        flow.add_row(*(Text(name, style="dim") for name in names))
        flow.add_row(*(Text(f"{count:,}", style="bold") for count in counts))
        state = Table.grid(padding=(0, 2))
        state.add_row(Text("rate", style="dim"), f"{self.ticks_per_s:,.0f} ticks/s")
        state.add_row(Text("lag", style="dim"), f"{tally.lag_records:,} ticks")
        state.add_row(Text("position", style="dim"), _positions(tally))
        state.add_row(Text("PnL", style="dim"), _pnl(tally))
        letters = Text(f"{tally.dead_letters:,}", style="red" if tally.dead_letters else "")
        state.add_row(Text("dead letters", style="dim"), letters)
        events = Text("\n".join(self._events), style="dim")
        return Panel(Group(flow, Text(), state, Text(), events), title=f"tapeflow demo  {self.elapsed_s:.0f} s")


def _positions(tally: Tally) -> str:
    return amounts({name: f"{quantity.normalize():+f}" for name, quantity in tally.positions.items()})


def _pnl(tally: Tally) -> str:
    return amounts({quote: f"{total:+.2f}" for quote, total in tally.pnl.items()})
