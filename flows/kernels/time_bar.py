"""Bars of one length of one instrument."""

from __future__ import annotations

from dataclasses import dataclass

from flows.contracts.records import Bar, IntervalState, OpenBarState, Origin, Side, TopState, Trade
from flows.kernels.checked import INT32_MAX, INT64_MAX, INT64_MIN
from flows.kernels.emit import Emit
from flows.kernels.refusal import Overflow
from flows.kernels.scale import Scale


@dataclass(frozen=True, slots=True)
class Terms:
    """What closes a bar: the record that shows that it is over, and the quote before it."""

    venue: str
    instrument: str
    scale: Scale
    top: TopState | None
    receive_ns: int


@dataclass(slots=True)
class OpenBar:
    """A bar that is still open; fields as in its state."""

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
    def restored(cls, state: OpenBarState) -> OpenBar:
        return cls(**{name: getattr(state, name) for name in cls.__slots__})

    def state(self) -> OpenBarState:
        return OpenBarState(**{name: getattr(self, name) for name in self.__slots__})


class Interval:
    """One bar length: at most one open bar, and what was counted since the last close."""

    def __init__(self, length_ns: int) -> None:
        self.length_ns = length_ns
        self._closed_ns: int | None = None
        self._quote_count = 0
        self._order_flow_imbalance = 0
        self._gap_count = 0
        self._bar: OpenBar | None = None

    def check_room_for(self, trade: Trade) -> None:
        """Refuses a trade that would join the open bar and overflow it. A volume that fits bounds all else:
        notional is at most the highest price x volume, below 2^126."""
        bar = self._bar
        if bar is None or trade.event_ns >= bar.open_ns + self.length_ns:
            return
        if bar.volume + trade.quantity > INT64_MAX:
            raise Overflow("volume", trade.venue, trade.instrument)
        if trade.event_ns < bar.open_ns and bar.late_count == INT32_MAX:
            raise Overflow("late_count", trade.venue, trade.instrument)

    def close_by(self, now_ns: int, terms: Terms, emit: Emit) -> None:
        """Closes the open bar if it ends at or before `now_ns`."""
        bar = self._bar
        if bar is not None and now_ns >= bar.open_ns + self.length_ns:
            emit.send(lambda origin: self._closed(bar, terms, origin))
            self._closed_ns = bar.open_ns + self.length_ns
            self._quote_count = self._order_flow_imbalance = self._gap_count = 0
            self._bar = None

    def _closed(self, bar: OpenBar, terms: Terms, origin: Origin) -> Bar:
        top = terms.top
        bid = top if top is not None and top.bid_price > 0 else None
        ask = top if top is not None and top.ask_price > 0 else None
        return Bar(
            origin=origin,
            venue=terms.venue,
            instrument=terms.instrument,
            price_exponent=terms.scale.price_exponent,
            quantity_exponent=terms.scale.quantity_exponent,
            interval_ns=self.length_ns,
            open_ns=bar.open_ns,
            close_ns=bar.open_ns + self.length_ns,
            receive_ns=terms.receive_ns,
            open=bar.open,
            high=bar.high,
            low=bar.low,
            close=bar.close,
            volume=bar.volume,
            notional=bar.notional,
            vwap=bar.notional // bar.volume,
            trade_count=bar.trade_count,
            buy_volume=bar.buy_volume,
            sell_volume=bar.sell_volume,
            quote_count=self._quote_count,
            order_flow_imbalance=self._order_flow_imbalance,
            bid_price=bid.bid_price if bid else None,
            bid_quantity=bid.bid_quantity if bid else None,
            ask_price=ask.ask_price if ask else None,
            ask_quantity=ask.ask_quantity if ask else None,
            gap_count=self._gap_count,
            late_count=bar.late_count,
            first_offset=bar.first_offset,
            last_offset=bar.last_offset,
        )

    def add(self, offset: int, trade: Trade) -> None:
        """Counts a trade that `check_room_for` let pass into the open bar, or into a new one."""
        bar = self._bar
        bought = trade.quantity if trade.aggressor is Side.BUY else 0
        if bar is None:
            own_ns = trade.event_ns - trade.event_ns % self.length_ns
            open_ns = own_ns if self._closed_ns is None else max(own_ns, self._closed_ns)
            self._bar = OpenBar(
                open_ns=open_ns,
                open=trade.price,
                high=trade.price,
                low=trade.price,
                close=trade.price,
                volume=trade.quantity,
                notional=trade.price * trade.quantity,
                trade_count=1,
                buy_volume=bought,
                sell_volume=trade.quantity - bought,
                late_count=int(open_ns > own_ns),
                first_offset=offset,
                last_offset=offset,
            )
            return
        bar.high = max(bar.high, trade.price)
        bar.low = min(bar.low, trade.price)
        bar.close = trade.price
        bar.volume += trade.quantity
        bar.notional += trade.price * trade.quantity
        bar.trade_count += 1
        bar.buy_volume += bought
        bar.sell_volume += trade.quantity - bought
        bar.late_count += trade.event_ns < bar.open_ns
        bar.last_offset = offset

    def has_room_for_imbalance(self, change: int) -> bool:
        return INT64_MIN <= self._order_flow_imbalance + change <= INT64_MAX

    def add_quote(self, change: int) -> None:
        """Counts a quote whose imbalance fits."""
        self._quote_count += 1
        self._order_flow_imbalance += change

    def gaps_are_full(self) -> bool:
        return self._gap_count == INT32_MAX

    def add_gap(self) -> None:
        self._gap_count += 1

    def state(self) -> IntervalState:
        return IntervalState(
            closed_ns=self._closed_ns,
            quote_count=self._quote_count,
            order_flow_imbalance=self._order_flow_imbalance,
            gap_count=self._gap_count,
            bar=self._bar.state() if self._bar else None,
        )

    @classmethod
    def restored(cls, length_ns: int, state: IntervalState) -> Interval:
        interval = cls(length_ns)
        interval._closed_ns = state.closed_ns
        interval._quote_count = state.quote_count
        interval._order_flow_imbalance = state.order_flow_imbalance
        interval._gap_count = state.gap_count
        interval._bar = OpenBar.restored(state.bar) if state.bar else None
        return interval
