//! One account: what it holds, what it has under way, and whether it may trade.

use contracts::{AccountState, PositionState};

use crate::by_instrument::ByInstrument;
use crate::holding::Holding;
use crate::legs::Legs;
use crate::orders::{Order, Orders};
use crate::quotes::Quotes;
use crate::scale::Scale;

#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// Names the log in client ids; `None` until the account is opened.
    pub log_id: Option<String>,
    pub killed: bool,
    pub holdings: ByInstrument<Holding>,
    pub orders: Orders,
    pub legs: Legs,
    pub quotes: Quotes,
}

impl Account {
    pub fn state<'s>(&'s self, name: &'s str) -> AccountState<'s> {
        let positions = self.holdings.iter().map(|entry| PositionState {
            venue: &entry.venue,
            instrument: &entry.instrument,
            price_exponent: entry.value.scale.price_exponent,
            quantity_exponent: entry.value.scale.quantity_exponent,
            limits: entry.value.limits,
            mark: entry.value.mark,
            bought_quantity: entry.value.bought_quantity,
            bought_notional: entry.value.bought_notional,
            sold_quantity: entry.value.sold_quantity,
            sold_notional: entry.value.sold_notional,
        });
        AccountState {
            account: name,
            log_id: self.log_id.as_deref(),
            killed: self.killed,
            positions: positions.collect(),
            open_orders: self.orders.open.iter().map(Order::state).collect(),
            closed_orders: self.orders.closed.iter().map(Order::state).collect(),
        }
    }

    pub fn restored(state: &AccountState<'_>) -> Self {
        let mut holdings = ByInstrument::default();
        for position in &state.positions {
            holdings.get_or_insert(position.venue, position.instrument, || Holding {
                scale: Scale::new(position.price_exponent, position.quantity_exponent),
                limits: position.limits,
                mark: position.mark,
                bought_quantity: position.bought_quantity,
                bought_notional: position.bought_notional,
                sold_quantity: position.sold_quantity,
                sold_notional: position.sold_notional,
            });
        }
        Self {
            log_id: state.log_id.map(str::to_owned),
            killed: state.killed,
            holdings,
            orders: Orders {
                open: state.open_orders.iter().map(Order::restored).collect(),
                closed: state.closed_orders.iter().map(Order::restored).collect(),
            },
            legs: Legs::default(),
            quotes: Quotes::default(),
        }
    }
}
