//! What each strategy quotes of an instrument, and what it holds by that: bought less sold by its own quotes, whatever else
//! the account does. A strategy cannot know that, as it sees the market alone; risk does.

use contracts::{QuoteState, QuoteTermsState, Side};

use crate::orders::{Order, Orders};

/// One strategy's on one instrument.
#[derive(Debug, Clone)]
pub(crate) struct Quote {
    pub strategy: String,
    pub venue: String,
    pub instrument: String,
    pub position: i64,
    /// The last ones that went out: they may be done.
    pub bid_order_id: Option<String>,
    pub ask_order_id: Option<String>,
    /// Of that pair.
    pub expires_ns: i64,
    /// Goes out when reports have ended the pair, whose cancels are on their way.
    pub waiting: Option<QuoteTermsState>,
}

impl Quote {
    pub fn new(strategy: &str, venue: &str, instrument: &str) -> Self {
        Self {
            strategy: strategy.to_owned(),
            venue: venue.to_owned(),
            instrument: instrument.to_owned(),
            position: 0,
            bid_order_id: None,
            ask_order_id: None,
            expires_ns: 0,
            waiting: None,
        }
    }

    /// Those of the pair that may still fill, the bid first.
    pub fn working<'o>(&self, orders: &'o Orders) -> Vec<&'o Order> {
        let ids = [&self.bid_order_id, &self.ask_order_id].into_iter().flatten();
        ids.filter_map(|id| orders.open_one(id)).collect()
    }

    /// Such an order went out.
    pub fn sent(&mut self, side: Side, client_order_id: String, expires_ns: i64) {
        match side {
            Side::Buy => self.bid_order_id = Some(client_order_id),
            Side::Sell => self.ask_order_id = Some(client_order_id),
        }
        self.expires_ns = expires_ns;
    }

    pub fn state<'s>(&'s self, account: &'s str) -> QuoteState<'s> {
        QuoteState {
            account,
            strategy: &self.strategy,
            venue: &self.venue,
            instrument: &self.instrument,
            position: self.position,
            bid_order_id: self.bid_order_id.as_deref(),
            ask_order_id: self.ask_order_id.as_deref(),
            expires_ns: self.expires_ns,
            waiting: self.waiting,
        }
    }

    pub fn restored(state: &QuoteState<'_>) -> Self {
        Self {
            strategy: state.strategy.to_owned(),
            venue: state.venue.to_owned(),
            instrument: state.instrument.to_owned(),
            position: state.position,
            bid_order_id: state.bid_order_id.map(str::to_owned),
            ask_order_id: state.ask_order_id.map(str::to_owned),
            expires_ns: state.expires_ns,
            waiting: state.waiting,
        }
    }

    fn has(&self, client_order_id: &str) -> bool {
        let ids = [&self.bid_order_id, &self.ask_order_id];
        ids.into_iter().any(|id| id.as_deref() == Some(client_order_id))
    }
}

/// Those of one account, in the order in which their strategies first quoted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quotes(Vec<Quote>);

impl Quotes {
    pub fn iter(&self) -> impl Iterator<Item = &Quote> {
        self.0.iter()
    }

    pub fn add(&mut self, quote: Quote) {
        self.0.push(quote);
    }

    pub fn at(&self, place: usize) -> &Quote {
        &self.0[place]
    }

    pub fn at_mut(&mut self, place: usize) -> &mut Quote {
        &mut self.0[place]
    }

    /// The place of a strategy's on an instrument, which quotes nothing if it is new.
    pub fn place_of(&mut self, strategy: &str, venue: &str, instrument: &str) -> usize {
        let is_it =
            |quote: &Quote| quote.strategy == strategy && quote.instrument == instrument && quote.venue == venue;
        self.0.iter().position(is_it).unwrap_or_else(|| {
            self.0.push(Quote::new(strategy, venue, instrument));
            self.0.len() - 1
        })
    }

    /// The place of the one whose pair an order belongs to.
    pub fn place_of_order(&self, client_order_id: &str) -> Option<usize> {
        self.0.iter().position(|quote| quote.has(client_order_id))
    }

    /// Takes what a report said: an order filled so much more.
    pub fn on_report(&mut self, order: &Order, quantity: i64) {
        if let Some(place) = self.place_of_order(&order.client_order_id) {
            // Part of the account's own sums, which fit.
            self.0[place].position += match order.side {
                Side::Buy => quantity,
                Side::Sell => -quantity,
            };
        }
    }

    /// Nothing goes out before the strategies' next signals.
    pub fn stop_waiting(&mut self) {
        for quote in &mut self.0 {
            quote.waiting = None;
        }
    }
}
