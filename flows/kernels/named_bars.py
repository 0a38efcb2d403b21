"""Columns of ticks of one instrument into bars, in one call: by the kernel of stage bars, so that they are those that a
flow writes which reads the same ticks from offset 0 on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.contracts.codec import decode
from flows.contracts.records import Bar, Quote, Side, Trade
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels.bars import Bars
from flows.kernels.emit import Context, Emit, Entry
from flows.kernels.kernel import Position
from flows.kernels.refusal import Refusal
from flows.kernels.refused_tick import RefusedTick

# What a refusal calls them.
_VENUE, _INSTRUMENT = "these", "ticks"


@dataclass(frozen=True, slots=True)
class TickColumns:
    """Of one length; prices and quantities in units of the exponents."""

    exponents: tuple[int, int]
    """Of prices, and of quantities."""
    event_ns: Sequence[int]
    numbers: Sequence[Sequence[int]]
    """Price and quantity of trades; or price and quantity of the bid, and of the ask."""
    bought: Sequence[bool] | None
    """Of trades, whether the aggressor bought; without it all have sold."""

    def records(self) -> Iterator[Trade | Quote]:
        """One after the other."""
        for row, event_ns in enumerate(self.event_ns):
            values = [column[row] for column in self.numbers]
            if len(values) == 2:
                side = Side.BUY if self.bought is not None and self.bought[row] else Side.SELL
                trade: tuple[Any, ...] = (event_ns, event_ns, event_ns, row, *values, side, "", 0)
                yield Trade(_VENUE, _INSTRUMENT, *self.exponents, *trade)
            else:
                quote: tuple[Any, ...] = (event_ns, event_ns, event_ns, row, *values, 0)
                yield Quote(_VENUE, _INSTRUMENT, *self.exponents, *quote)


def named_bars(config: Mapping[str, Any], columns: TickColumns) -> list[Bar]:
    """In the order in which the flow writes them; offsets are rows. Raises StageConfigError, RefusedTick."""
    try:
        kernel = Bars(config)
    except StageConfigError as error:
        raise StageConfigError(f"stage bars: {error}") from error
    ids = SchemaIds.embedded()
    context = Context("bars", ids, {})
    made: list[Bar] = []
    for row, record in enumerate(columns.records()):
        # What stands for a tick that is in no log: only a dead letter would show it.
        unwritten = Entry("market.ticks", 0, row, b"", b"", (0, row, 0))
        cause = Position(0, row)
        emit = Emit(context, cause, 0, unwritten)
        try:
            kernel.on_record(cause, record, emit)
        except Refusal as refusal:
            raise RefusedTick(row, refusal.reason, str(refusal)) from None
        for output in emit.outputs:
            bar = decode(output.value, ids)
            assert isinstance(bar, Bar), "of a tick the kernel makes bars"
            made.append(bar)
    return made
