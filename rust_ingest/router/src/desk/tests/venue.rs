//! A venue as bad as the rules of a real one let it be: requests arrive late or not at all, answers get lost, and what
//! has happened is shown later. It takes a client id again once its order is done, as Binance does.

use std::collections::BTreeMap;

use contracts::TimeInForce;
use venues::orders::{Answer, Ask, Fee, Fill, OrderView, Standing, Ticket};

use super::simulation::Dice;

pub const RECV_WINDOW_NS: i64 = 3_000_000_000;
/// What the venue leaves open beyond its window: see `Rules::new`.
pub const SETTLE_NS: i64 = 2_000_000_000;
const SHOWS_AFTER_NS_MAX: i64 = 900_000_000;
const CLOCK_AHEAD_NS_MAX: i64 = 999_000_000;

#[derive(Clone, Debug)]
pub struct Resting {
    pub venue_order_id: i64,
    pub standing: Standing,
    pub fills: Vec<Fill>,
    /// When it was cancelled.
    pub cancelled_ns: Option<i64>,
    ticket: Ticket,
    shown_from_ns: i64,
    /// Fills with their answers (spot), or on request only (futures).
    tells_fills: bool,
}

#[derive(Default)]
pub struct Venue {
    pub orders: BTreeMap<String, Resting>,
    /// Times that an order was taken, by client id: never more than once.
    pub taken: BTreeMap<String, u32>,
    next_trade_id: i64,
    /// How far its clock is behind the router's.
    behind_ns: i64,
}

impl Venue {
    pub fn new(dice: &mut Dice) -> Self {
        let behind_ns = dice.below(CLOCK_AHEAD_NS_MAX);
        Self {
            behind_ns,
            ..Self::default()
        }
    }

    /// A request reaches it at `now_ns`.
    pub fn receive(&mut self, ask: &Ask, ticket: &Ticket, signed_ns: i64, now_ns: i64, dice: &mut Dice) -> Answer {
        if now_ns - self.behind_ns - signed_ns > RECV_WINDOW_NS {
            return Answer::ClockOff;
        }
        match ask {
            Ask::Place => self.place(ticket, now_ns, dice),
            Ask::Find => match self.shown(ticket, now_ns) {
                Some(order) => Answer::Order(order.view(now_ns)),
                None => Answer::Absent,
            },
            Ask::Cancel => self.cancel(ticket, now_ns),
            Ask::Fills { from_trade_id, .. } => self.fills(ticket, *from_trade_id, now_ns, dice),
        }
    }

    fn place(&mut self, ticket: &Ticket, now_ns: i64, dice: &mut Dice) -> Answer {
        let id = &ticket.client_order_id;
        if self
            .orders
            .get(id)
            .is_some_and(|order| order.standing == Standing::Working)
        {
            return Answer::Duplicate;
        }
        *self.taken.entry(id.clone()).or_default() += 1;
        let mut order = Resting {
            venue_order_id: self.taken.len() as i64,
            standing: Standing::Working,
            fills: Vec::new(),
            cancelled_ns: None,
            ticket: ticket.clone(),
            shown_from_ns: now_ns + dice.below(SHOWS_AFTER_NS_MAX),
            tells_fills: dice.is(50),
        };
        let fills = dice.below(4);
        for _ in 0..fills {
            self.fill(&mut order, now_ns, dice);
        }
        if ticket.time_in_force == TimeInForce::Ioc && order.standing == Standing::Working {
            order.standing = Standing::Expired;
        }
        let answer = Answer::Order(order.view(now_ns));
        self.orders.insert(id.clone(), order);
        answer
    }

    /// A working order trades.
    pub fn trade(&mut self, id: &str, now_ns: i64, dice: &mut Dice) {
        if let Some(mut order) = self.orders.remove(id) {
            if order.standing == Standing::Working {
                self.fill(&mut order, now_ns, dice);
            }
            self.orders.insert(id.to_owned(), order);
        }
    }

    fn fill(&mut self, order: &mut Resting, now_ns: i64, dice: &mut Dice) {
        let left = order.ticket.quantity - order.executed();
        if left == 0 {
            return;
        }
        self.next_trade_id += 1;
        let quantity = if dice.is(50) { left } else { 1 + dice.below(left) };
        let fee = Fee {
            amount: dice.below(1_000) - 100,
            exponent: -9,
            asset: "BNB".to_owned(),
        };
        order.fills.push(Fill {
            trade_id: self.next_trade_id,
            price: 61_837,
            quantity,
            fee,
            event_ns: now_ns,
        });
        if order.executed() == order.ticket.quantity {
            order.standing = Standing::Filled;
        }
    }

    fn cancel(&mut self, ticket: &Ticket, now_ns: i64) -> Answer {
        match self.orders.get_mut(&ticket.client_order_id) {
            Some(order) if order.standing == Standing::Working => {
                order.standing = Standing::Cancelled;
                order.cancelled_ns = Some(now_ns);
                Answer::Order(OrderView {
                    fills: Vec::new(),
                    ..order.view(now_ns)
                })
            }
            _ => Answer::Refused("-2011: Unknown order sent.".to_owned()),
        }
    }

    fn fills(&self, ticket: &Ticket, from: Option<i64>, now_ns: i64, dice: &mut Dice) -> Answer {
        let Some(order) = self.shown(ticket, now_ns) else {
            return Answer::Fills {
                fills: Vec::new(),
                more: false,
            };
        };
        let mut fills = order.fills.clone();
        fills.retain(|fill| fill.trade_id >= from.unwrap_or(0));
        if dice.is(20) {
            // Listed later than counted.
            fills.pop();
        }
        let more = fills.len() > 2;
        fills.truncate(2);
        Answer::Fills { fills, more }
    }

    fn shown(&self, ticket: &Ticket, now_ns: i64) -> Option<&Resting> {
        self.orders
            .get(&ticket.client_order_id)
            .filter(|order| order.shown_from_ns <= now_ns)
    }
}

impl Resting {
    pub fn executed(&self) -> i64 {
        self.fills.iter().map(|fill| fill.quantity).sum()
    }

    fn view(&self, now_ns: i64) -> OrderView {
        OrderView {
            venue_order_id: self.venue_order_id.to_string(),
            standing: self.standing,
            status: format!("{:?}", self.standing),
            executed: self.executed(),
            event_ns: now_ns,
            fills: if self.tells_fills {
                self.fills.clone()
            } else {
                Vec::new()
            },
        }
    }
}
