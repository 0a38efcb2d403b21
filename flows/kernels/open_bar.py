"""A bar while it is open, whatever ends it, and the record that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flows.contracts.records import Bar, IntervalState, OpenBarState, Origin, Side, TopState, Trade
from flows.kernels.checked import INT32_MAX, INT64_MAX, is_int64
from flows.kernels.logged_book import NO_SLOPES, LoggedBook
from flows.kernels.refusal import Overflow
from flows.kernels.scale import Scale
from flows.kernels.trade_signs import NO_PAIRS, Pairs, since


@dataclass(frozen=True, slots=True)
class Terms:
    """What closes a bar: the record that shows that it is over, and the quote before it."""

    venue: str
    instrument: str
    scale: Scale
    top: TopState | None
    receive_ns: int
    pairs: Pairs
    """Of successive trades, up to now; none where the bars are of quotes."""
    book: LoggedBook | None
    """As it is now; None where none is kept."""


class Tick(NamedTuple):
    """What a bar counts."""

    event_ns: int
    price: int
    quantity: int
    """0 where nothing was traded."""
    bought: int
    """Of the quantity, what the aggressor bought."""
    trade_count: int

    @classmethod
    def of_trade(cls, trade: Trade) -> Tick:
        bought = trade.quantity if trade.aggressor is Side.BUY else 0
        return cls(trade.event_ns, trade.price, trade.quantity, bought, 1)

    @classmethod
    def at(cls, event_ns: int, price: int) -> Tick:
        """Where nothing was traded."""
        return cls(event_ns, price, 0, 0, 0)


@dataclass(slots=True)
class OpenBar:
    """Fields as in its state."""

    open_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    notional: int
    trade_count: int
    buy_volume: int
    sell_volume: int
    late_count: int
    first_offset: int
    last_offset: int

    @classmethod
    def begun(cls, open_ns: int, offset: int, tick: Tick, *, late: bool) -> OpenBar:
        return cls(
            open_ns=open_ns,
            open=tick.price,
            high=tick.price,
            low=tick.price,
            close=tick.price,
            volume=tick.quantity,
            notional=tick.price * tick.quantity,
            trade_count=tick.trade_count,
            buy_volume=tick.bought,
            sell_volume=tick.quantity - tick.bought,
            late_count=int(late),
            first_offset=offset,
            last_offset=offset,
        )

    def check_room_for(self, tick: Tick, venue: str, instrument: str) -> None:
        """Refuses a tick that would overflow the bar. A volume that fits bounds all else: notional is at most the
        highest price x volume, below 2^126."""
        if self.volume + tick.quantity > INT64_MAX:
            raise Overflow("volume", venue, instrument)
        if tick.event_ns < self.open_ns and self.late_count == INT32_MAX:
            raise Overflow("late_count", venue, instrument)

    def add(self, offset: int, tick: Tick) -> None:
        self.high = max(self.high, tick.price)
        self.low = min(self.low, tick.price)
        self.close = tick.price
        self.volume += tick.quantity
        self.notional += tick.price * tick.quantity
        self.trade_count += tick.trade_count
        self.buy_volume += tick.bought
        self.sell_volume += tick.quantity - tick.bought
        self.late_count += tick.event_ns < self.open_ns
        self.last_offset = offset

    def join(self, smaller: OpenBar) -> None:
        """Takes a smaller bar whose counts fit."""
        self.high = max(self.high, smaller.high)
        self.low = min(self.low, smaller.low)
        self.close = smaller.close
        self.volume += smaller.volume
        self.notional += smaller.notional
        self.trade_count += smaller.trade_count
        self.buy_volume += smaller.buy_volume
        self.sell_volume += smaller.sell_volume
        self.late_count += smaller.late_count + (smaller.open_ns < self.open_ns)
        self.last_offset = smaller.last_offset

    @classmethod
    def restored(cls, state: OpenBarState) -> OpenBar:
        return cls(**{name: getattr(state, name) for name in cls.__slots__})

    def state(self) -> OpenBarState:
        return OpenBarState(**{name: getattr(self, name) for name in self.__slots__})


class Counts:
    """At most one open bar, and what was counted since the last close."""

    __slots__ = ("bar", "closed_ns", "gap_count", "order_flow_imbalance", "pairs", "quote_count")

    def __init__(self) -> None:
        self.closed_ns: int | None = None
        self.quote_count = 0
        self.order_flow_imbalance = 0
        self.gap_count = 0
        self.bar: OpenBar | None = None
        self.pairs: Pairs = NO_PAIRS
        """Of successive trades, at the last close."""

    def has_room_for_imbalance(self, change: int) -> bool:
        """By itself too: the quote may end what was counted before it."""
        return is_int64(change) and is_int64(self.order_flow_imbalance + change)

    def add_quote(self, change: int) -> None:
        """Counts a quote whose imbalance fits."""
        self.quote_count += 1
        self.order_flow_imbalance += change

    def gaps_are_full(self) -> bool:
        return self.gap_count == INT32_MAX

    def close(self, close_ns: int, terms: Terms) -> None:
        """Begins anew behind a bar that ended then."""
        self.closed_ns = close_ns
        self.pairs = terms.pairs
        self.quote_count = self.order_flow_imbalance = self.gap_count = 0
        self.bar = None

    def record(self, bar: OpenBar, interval_ns: int, series: str, close_ns: int, terms: Terms, origin: Origin) -> Bar:
        top = terms.top
        bid = top if top is not None and top.bid_price > 0 else None
        ask = top if top is not None and top.ask_price > 0 else None
        both, sold, bought, neither = since(terms.pairs, self.pairs)
        slopes = NO_SLOPES if terms.book is None else terms.book.slopes(terms.scale)
        return Bar(
            origin=origin,
            venue=terms.venue,
            instrument=terms.instrument,
            price_exponent=terms.scale.price_exponent,
            quantity_exponent=terms.scale.quantity_exponent,
            interval_ns=interval_ns,
            open_ns=bar.open_ns,
            close_ns=close_ns,
            receive_ns=terms.receive_ns,
            open=bar.open,
            high=bar.high,
            low=bar.low,
            close=bar.close,
            volume=bar.volume,
            notional=bar.notional,
            vwap=bar.notional // bar.volume if bar.volume else bar.close,
            trade_count=bar.trade_count,
            buy_volume=bar.buy_volume,
            sell_volume=bar.sell_volume,
            quote_count=self.quote_count,
            order_flow_imbalance=self.order_flow_imbalance,
            bid_price=bid.bid_price if bid else None,
            bid_quantity=bid.bid_quantity if bid else None,
            ask_price=ask.ask_price if ask else None,
            ask_quantity=ask.ask_quantity if ask else None,
            gap_count=self.gap_count,
            late_count=bar.late_count,
            first_offset=bar.first_offset,
            last_offset=bar.last_offset,
            series=series,
            buy_after_buy=both,
            sell_after_buy=sold,
            buy_after_sell=bought,
            sell_after_sell=neither,
            bid_depth_slope=slopes.bid,
            ask_depth_slope=slopes.ask,
            depth_levels=slopes.levels,
        )

    def state(self) -> IntervalState:
        return IntervalState(
            closed_ns=self.closed_ns,
            quote_count=self.quote_count,
            order_flow_imbalance=self.order_flow_imbalance,
            gap_count=self.gap_count,
            bar=self.bar.state() if self.bar else None,
        )

    def restore(self, state: IntervalState) -> None:
        self.closed_ns = state.closed_ns
        self.quote_count = state.quote_count
        self.order_flow_imbalance = state.order_flow_imbalance
        self.gap_count = state.gap_count
        self.bar = OpenBar.restored(state.bar) if state.bar else None
