//! Bars of one length of one instrument.

use contracts::{Bar, IntervalState, OpenBarState, Side, TopState, Trade};

use crate::scale::Scale;
use crate::{Emit, Refusal};

/// What closes a bar: the record that shows that it is over, and the quote before it.
pub(crate) struct Terms<'a> {
    pub venue: &'a str,
    pub instrument: &'a str,
    pub scale: Scale,
    pub top: Option<&'a TopState>,
    pub receive_ns: i64,
}

/// One bar length: at most one open bar, and what was counted since the last close.
#[derive(Debug, Clone)]
pub(crate) struct Interval {
    length_ns: i64,
    state: IntervalState,
}

impl Interval {
    pub fn new(length_ns: i64) -> Self {
        let state = IntervalState {
            closed_ns: None,
            quote_count: 0,
            order_flow_imbalance: 0,
            gap_count: 0,
            bar: None,
        };
        Self { length_ns, state }
    }

    pub fn restored(length_ns: i64, state: IntervalState) -> Self {
        Self { length_ns, state }
    }

    pub fn state(&self) -> IntervalState {
        self.state
    }

    /// Fails if the trade would join the open bar and overflow it. A volume that fits bounds all else: notional is at
    /// most the highest price x volume, below 2^126.
    #[inline]
    pub fn has_room_for(&self, trade: &Trade<'_>) -> Result<(), Refusal> {
        let Some(bar) = &self.state.bar else { return Ok(()) };
        if trade.event_ns >= bar.open_ns + self.length_ns {
            return Ok(());
        }
        let what = if bar.volume.checked_add(trade.quantity).is_none() {
            "volume"
        } else if trade.event_ns < bar.open_ns && bar.late_count == i32::MAX {
            "late_count"
        } else {
            return Ok(());
        };
        Err(Refusal::overflow(what, trade.venue, trade.instrument))
    }

    /// Closes the open bar if it ends at or before `now_ns`.
    #[inline]
    pub fn close_by(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        if let Some(bar) = self.state.bar
            && now_ns >= bar.open_ns + self.length_ns
        {
            self.close(&bar, terms, emit);
        }
    }

    fn close(&mut self, bar: &OpenBarState, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let close_ns = bar.open_ns + self.length_ns;
        let bid = terms.top.filter(|top| top.bid_price > 0);
        let ask = terms.top.filter(|top| top.ask_price > 0);
        emit.send(|origin| Bar {
            origin,
            venue: terms.venue,
            instrument: terms.instrument,
            price_exponent: terms.scale.price_exponent,
            quantity_exponent: terms.scale.quantity_exponent,
            interval_ns: self.length_ns,
            open_ns: bar.open_ns,
            close_ns,
            receive_ns: terms.receive_ns,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
            notional: bar.notional,
            // Between low and high, so it fits.
            vwap: (bar.notional / i128::from(bar.volume)) as i64,
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
        });
        *self = Self::new(self.length_ns);
        self.state.closed_ns = Some(close_ns);
    }

    /// Counts a trade that `has_room_for` let pass into the open bar, or into a new one.
    #[inline]
    pub fn add(&mut self, offset: i64, trade: &Trade<'_>) {
        let notional = i128::from(trade.price) * i128::from(trade.quantity);
        let (bought, sold) = match trade.aggressor {
            Side::Buy => (trade.quantity, 0),
            Side::Sell => (0, trade.quantity),
        };
        match &mut self.state.bar {
            Some(bar) => {
                bar.high = bar.high.max(trade.price);
                bar.low = bar.low.min(trade.price);
                bar.close = trade.price;
                bar.volume += trade.quantity;
                bar.notional += notional;
                bar.trade_count += 1;
                bar.buy_volume += bought;
                bar.sell_volume += sold;
                bar.late_count += i32::from(trade.event_ns < bar.open_ns);
                bar.last_offset = offset;
            }
            bar => {
                let own_ns = trade.event_ns - trade.event_ns % self.length_ns;
                let open_ns = self.state.closed_ns.map_or(own_ns, |closed_ns| own_ns.max(closed_ns));
                *bar = Some(OpenBarState {
                    open_ns,
                    open: trade.price,
                    high: trade.price,
                    low: trade.price,
                    close: trade.price,
                    volume: trade.quantity,
                    notional,
                    trade_count: 1,
                    buy_volume: bought,
                    sell_volume: sold,
                    late_count: i32::from(open_ns > own_ns),
                    first_offset: offset,
                    last_offset: offset,
                });
            }
        }
    }

    /// The imbalance after one more quote; `None` if it does not fit.
    #[inline]
    pub fn imbalance_after(&self, change: i128) -> Option<i64> {
        i64::try_from(i128::from(self.state.order_flow_imbalance) + change).ok()
    }

    /// Counts a quote whose imbalance fits.
    #[inline]
    pub fn add_quote(&mut self, change: i128) {
        self.state.quote_count += 1;
        self.state.order_flow_imbalance = (i128::from(self.state.order_flow_imbalance) + change) as i64;
    }

    pub fn gaps_are_full(&self) -> bool {
        self.state.gap_count == i32::MAX
    }

    pub fn add_gap(&mut self) {
        self.state.gap_count += 1;
    }
}
