//! A bar while it is open, whatever ends it, and the record that it becomes.

use contracts::{Bar, IntervalState, OpenBarState, Origin, Side, TopState, Trade};

use crate::Refusal;
use crate::logged_book::{LoggedBook, Slopes};
use crate::scale::Scale;
use crate::trade_signs::{Pairs, since};

/// What closes a bar: the record that shows that it is over, and the quote before it.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub venue: &'a str,
    pub instrument: &'a str,
    pub scale: Scale,
    pub top: Option<&'a TopState>,
    pub receive_ns: i64,
    /// Of successive trades, up to now; none where the bars are of quotes.
    pub pairs: Pairs,
    /// As it is now; `None` where none is kept.
    pub book: Option<&'a LoggedBook>,
}

impl Terms<'_> {
    /// The same with other pairs.
    pub fn with(self, pairs: Pairs) -> Self {
        Self { pairs, ..self }
    }
}

/// What a bar counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    pub event_ns: i64,
    pub price: i64,
    /// 0 where nothing was traded.
    pub quantity: i64,
    /// Of the quantity, what the aggressor bought.
    pub bought: i64,
    pub trade_count: i64,
}

impl Tick {
    #[inline]
    pub fn of_trade(trade: &Trade<'_>) -> Self {
        Self {
            event_ns: trade.event_ns,
            price: trade.price,
            quantity: trade.quantity,
            bought: match trade.aggressor {
                Side::Buy => trade.quantity,
                Side::Sell => 0,
            },
            trade_count: 1,
        }
    }

    /// Where nothing was traded.
    pub fn at(event_ns: i64, price: i64) -> Self {
        Self {
            event_ns,
            price,
            quantity: 0,
            bought: 0,
            trade_count: 0,
        }
    }

    pub fn notional(&self) -> i128 {
        i128::from(self.price) * i128::from(self.quantity)
    }
}

#[inline]
pub(crate) fn begun(open_ns: i64, offset: i64, tick: &Tick, late: bool) -> OpenBarState {
    OpenBarState {
        open_ns,
        open: tick.price,
        high: tick.price,
        low: tick.price,
        close: tick.price,
        volume: tick.quantity,
        notional: tick.notional(),
        trade_count: tick.trade_count,
        buy_volume: tick.bought,
        sell_volume: tick.quantity - tick.bought,
        late_count: i32::from(late),
        first_offset: offset,
        last_offset: offset,
    }
}

#[inline]
pub(crate) fn add(bar: &mut OpenBarState, offset: i64, tick: &Tick) {
    bar.high = bar.high.max(tick.price);
    bar.low = bar.low.min(tick.price);
    bar.close = tick.price;
    bar.volume += tick.quantity;
    bar.notional += tick.notional();
    bar.trade_count += tick.trade_count;
    bar.buy_volume += tick.bought;
    bar.sell_volume += tick.quantity - tick.bought;
    bar.late_count += i32::from(tick.event_ns < bar.open_ns);
    bar.last_offset = offset;
}

/// Takes a smaller bar whose counts fit.
pub(crate) fn join(bar: &mut OpenBarState, smaller: &OpenBarState) {
    bar.high = bar.high.max(smaller.high);
    bar.low = bar.low.min(smaller.low);
    bar.close = smaller.close;
    bar.volume += smaller.volume;
    bar.notional += smaller.notional;
    bar.trade_count += smaller.trade_count;
    bar.buy_volume += smaller.buy_volume;
    bar.sell_volume += smaller.sell_volume;
    bar.late_count += smaller.late_count + i32::from(smaller.open_ns < bar.open_ns);
    bar.last_offset = smaller.last_offset;
}

/// A volume that fits bounds all else: notional is at most the highest price x volume, below 2^126.
///
/// # Errors
/// `overflow` for a tick that would overflow the bar.
#[inline]
pub(crate) fn has_room_for(bar: &OpenBarState, tick: &Tick, venue: &str, instrument: &str) -> Result<(), Refusal> {
    let what = if bar.volume.checked_add(tick.quantity).is_none() {
        "volume"
    } else if tick.event_ns < bar.open_ns && bar.late_count == i32::MAX {
        "late_count"
    } else {
        return Ok(());
    };
    Err(Refusal::overflow(what, venue, instrument))
}

/// Which bars, and when this one ends.
pub(crate) struct End<'a> {
    pub interval_ns: i64,
    pub series: &'a str,
    pub close_ns: i64,
}

/// At most one open bar, and what was counted since the last close.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub state: IntervalState,
    /// Of successive trades, at the last close.
    pub pairs: Pairs,
}

impl Counts {
    /// Behind a bar that ended at `closed_ns`, if there was one.
    pub fn new(closed_ns: Option<i64>, pairs: Pairs) -> Self {
        let state = IntervalState {
            closed_ns,
            quote_count: 0,
            order_flow_imbalance: 0,
            gap_count: 0,
            bar: None,
        };
        Self { state, pairs }
    }

    /// By itself too: the quote may end what was counted before it.
    #[inline]
    pub fn has_room_for_imbalance(&self, change: i128) -> bool {
        i64::try_from(change).is_ok_and(|change| self.state.order_flow_imbalance.checked_add(change).is_some())
    }

    /// Counts a quote whose imbalance fits.
    #[inline]
    pub fn add_quote(&mut self, change: i128) {
        self.state.quote_count += 1;
        self.state.order_flow_imbalance += change as i64;
    }

    pub fn gaps_are_full(&self) -> bool {
        self.state.gap_count == i32::MAX
    }

    pub fn add_gap(&mut self) {
        self.state.gap_count += 1;
    }

    pub fn record<'b>(&self, bar: &OpenBarState, end: End<'b>, terms: &Terms<'b>, origin: Origin) -> Bar<'b> {
        let bid = terms.top.filter(|top| top.bid_price > 0);
        let ask = terms.top.filter(|top| top.ask_price > 0);
        let [buy_after_buy, sell_after_buy, buy_after_sell, sell_after_sell] = since(&terms.pairs, &self.pairs);
        let slopes = terms.book.map_or(Slopes::default(), |book| book.slopes(terms.scale));
        Bar {
            origin,
            venue: terms.venue,
            instrument: terms.instrument,
            price_exponent: terms.scale.price_exponent,
            quantity_exponent: terms.scale.quantity_exponent,
            interval_ns: end.interval_ns,
            open_ns: bar.open_ns,
            close_ns: end.close_ns,
            receive_ns: terms.receive_ns,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
            notional: bar.notional,
            vwap: match bar.volume {
                0 => bar.close,
                // Between the lowest and the highest price, so it fits.
                volume => (bar.notional / i128::from(volume)) as i64,
            },
            trade_count: bar.trade_count,
            buy_volume: bar.buy_volume,
            sell_volume: bar.sell_volume,
            quote_count: self.state.quote_count,
            order_flow_imbalance: self.state.order_flow_imbalance,
            bid_price: bid.map(|top| top.bid_price),
            bid_quantity: bid.map(|top| top.bid_quantity),
            ask_price: ask.map(|top| top.ask_price),
            ask_quantity: ask.map(|top| top.ask_quantity),
            gap_count: self.state.gap_count,
            late_count: bar.late_count,
            first_offset: bar.first_offset,
            last_offset: bar.last_offset,
            series: end.series,
            buy_after_buy,
            sell_after_buy,
            buy_after_sell,
            sell_after_sell,
            bid_depth_slope: slopes.bid,
            ask_depth_slope: slopes.ask,
            depth_levels: slopes.levels,
        }
    }
}
