//! <https://crates.io/crates/orderbook-rs>.

use std::sync::{Arc, Mutex};

use ::orderbook_rs::{DefaultOrderBook, Id, Side, TimeInForce, TradeResult};
use pricelevel::{OrderUpdate, Price};

use crate::engine::{Engine, Fill};
use crate::flow::{Action, Op};

pub struct OrderbookRs {
    book: DefaultOrderBook,
    fills: Arc<Mutex<Vec<Fill>>>,
}

pub enum Ask {
    Limit {
        id: Id,
        price: u128,
        quantity: u64,
        side: Side,
    },
    Market {
        id: Id,
        quantity: u64,
        side: Side,
    },
    Cancel(Id),
    Move {
        order_id: Id,
        new_price: Price,
    },
}

impl Engine for OrderbookRs {
    const NAME: &'static str = "orderbook-rs";
    type Ask = Ask;

    fn new(telling: bool) -> Self {
        let mut book = DefaultOrderBook::new("TEST");
        let fills = Arc::new(Mutex::new(Vec::new()));
        if telling {
            let heard = Arc::clone(&fills);
            let listener =
                move |result: &TradeResult| heard.lock().expect("one thread").extend(told(result));
            book.set_trade_listener(Arc::new(listener));
        }
        Self { book, fills }
    }

    fn ask(op: &Op) -> Ask {
        let side = match op.side {
            kernels::matching::Side::Buy => Side::Buy,
            kernels::matching::Side::Sell => Side::Sell,
        };
        let (id, quantity) = (Id::Sequential(op.id), op.quantity as u64);
        match op.action {
            Action::Limit => Ask::Limit {
                id,
                price: op.price as u128,
                quantity,
                side,
            },
            Action::Market => Ask::Market { id, quantity, side },
            Action::Cancel => Ask::Cancel(id),
            Action::Move => Ask::Move {
                order_id: id,
                new_price: Price::new(op.price as u128),
            },
        }
    }

    #[inline]
    fn apply(&mut self, ask: &Ask) -> usize {
        let done = match *ask {
            Ask::Limit {
                id,
                price,
                quantity,
                side,
            } => self
                .book
                .add_limit_order(id, price, quantity, side, TimeInForce::Gtc, None)
                .is_ok(),
            Ask::Market { id, quantity, side } => {
                self.book.submit_market_order(id, quantity, side).is_ok()
            }
            Ask::Cancel(id) => self.book.cancel_order(id).is_ok(),
            Ask::Move {
                order_id,
                new_price,
            } => self
                .book
                .update_order(OrderUpdate::UpdatePrice {
                    order_id,
                    new_price,
                })
                .is_ok(),
        };
        usize::from(done)
    }

    fn apply_telling(&mut self, ask: &Ask, fills: &mut Vec<Fill>) {
        self.apply(ask);
        fills.append(&mut self.fills.lock().expect("one thread"));
    }
}

fn told(result: &TradeResult) -> Vec<Fill> {
    let number = |id: Id| match id {
        Id::Sequential(number) => number,
        other => panic!("an id that was never given: {other:?}"),
    };
    let trades = result.match_result.trades().as_vec();
    let fills = trades.iter().map(|trade| Fill {
        taker: number(trade.taker_order_id()),
        maker: number(trade.maker_order_id()),
        price: trade.price().as_u128() as i64,
        quantity: trade.quantity().as_u64() as i64,
    });
    fills.collect()
}
