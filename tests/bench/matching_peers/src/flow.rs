//! The mixed flow: 45 % limit orders, 35 % cancels, 10 % moves, 10 % market orders, with 10,000 orders live.
//!
//! A limit order that crosses is for one lot, and no move crosses: matchcore 0.4.0 lets an order that crosses trade beyond its limit,
//! and only what all engines fill alike can be compared.

use kernels::matching::{Command, MatchingEngine, Rules, Side};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};

pub const TICK: i64 = 5;
pub const LOT: i64 = 10;
const LIVE: usize = 10_000;
const MID_TICKS: i64 = 200_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Limit,
    Cancel,
    Move,
    Market,
}

/// One thing asked; every engine gets the same, in its own form.
#[derive(Debug, Clone, Copy)]
pub struct Op {
    pub action: Action,
    /// Running number of all that is asked, from 0.
    pub number: u64,
    /// Of a new order the number with which it is asked for: one of the engines gives its orders these ids.
    pub id: u64,
    pub side: Side,
    /// Of a limit order, or to where one is moved.
    pub price: i64,
    pub quantity: i64,
}

pub struct Flow {
    /// Makes the book; not timed.
    pub opening: Vec<Op>,
    pub ops: Vec<Op>,
}

impl Flow {
    pub fn new(seed: u64, count: usize) -> Self {
        let mut maker = Maker::new(seed);
        let opening = (0..LIVE).map(|_| maker.passive()).collect();
        Self {
            opening,
            ops: (0..count).map(|_| maker.op()).collect(),
        }
    }
}

impl Op {
    /// For programs in other languages: 32 bytes, little endian.
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = self.action as u8;
        bytes[1] = self.side as u8;
        bytes[8..16].copy_from_slice(&self.id.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.price.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.quantity.to_le_bytes());
        bytes
    }
}

/// Draws operations, and follows the book, so that what is cancelled and moved lives.
struct Maker {
    random: Pcg64Mcg,
    book: MatchingEngine,
    live: Vec<u64>,
    next_number: u64,
    mid_ticks: i64,
}

impl Maker {
    fn new(seed: u64) -> Self {
        let book = MatchingEngine::new(Rules::default()).expect("the default rules");
        Self {
            random: Pcg64Mcg::seed_from_u64(seed),
            book,
            live: Vec::new(),
            next_number: 0,
            mid_ticks: MID_TICKS,
        }
    }

    fn op(&mut self) -> Op {
        match self.below(100) {
            0..45 => self.limit(),
            45..80 => self.cancel(),
            80..90 => self.moved(),
            _ => self.market(),
        }
    }

    /// One in 25 is priced to cross the spread.
    fn limit(&mut self) -> Op {
        let away = if self.below(25) == 0 {
            -2
        } else {
            self.distance()
        };
        self.limit_at(away)
    }

    fn passive(&mut self) -> Op {
        let distance = self.distance();
        self.limit_at(distance)
    }

    fn limit_at(&mut self, ticks_away: i64) -> Op {
        let mut op = self.order(Action::Limit);
        op.price = self.away(op.side, ticks_away);
        if op.price != self.behind_spread(op.side, op.price) {
            op.quantity = LOT;
        }
        self.done(op, Command::limit(op.id, op.side, op.price, op.quantity))
    }

    /// The nearest price that does not cross.
    fn behind_spread(&self, side: Side, price: i64) -> i64 {
        match (side, self.book.depth(side.opposite(), Some(1)).next()) {
            (_, None) => price,
            (Side::Buy, Some(ask)) => price.min(ask.price - TICK),
            (Side::Sell, Some(bid)) => price.max(bid.price + TICK),
        }
    }

    fn cancel(&mut self) -> Op {
        let at = self.living();
        let id = self.live.swap_remove(at);
        let op = Op {
            action: Action::Cancel,
            number: self.number(),
            id,
            side: Side::Buy,
            price: 0,
            quantity: 0,
        };
        self.done(op, Command::cancel(id))
    }

    fn moved(&mut self) -> Op {
        let at = self.living();
        let id = self.live[at];
        let order = self.book.order(id).expect("it lives");
        let distance = self.distance();
        let away = if order.side == Side::Buy { -TICK } else { TICK };
        let price = match self.behind_spread(order.side, self.away(order.side, distance)) {
            price if price == order.price => price + away,
            price => price,
        };
        let op = Op {
            action: Action::Move,
            number: self.number(),
            id,
            side: order.side,
            price,
            quantity: order.open_quantity,
        };
        self.done(op, Command::replace(id, price, 0))
    }

    /// Larger while too many orders live, so that their number stays.
    fn market(&mut self) -> Op {
        let mut op = self.order(Action::Market);
        op.quantity = if self.book.len() > LIVE {
            op.quantity * 3
        } else {
            LOT
        };
        self.mid_ticks += self.below(3) as i64 - 1;
        self.done(op, Command::market(op.id, op.side, op.quantity))
    }

    fn order(&mut self, action: Action) -> Op {
        let number = self.number();
        let side = if self.below(2) == 0 {
            Side::Buy
        } else {
            Side::Sell
        };
        Op {
            action,
            number,
            id: number,
            side,
            price: 0,
            quantity: (1 + self.below(20) as i64) * LOT,
        }
    }

    fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number - 1
    }

    fn done(&mut self, op: Op, command: Command) -> Op {
        self.book
            .apply(&command, &mut Vec::new())
            .expect("the flow asks nothing that is rejected");
        if op.action == Action::Limit && self.book.order(op.id).is_some() {
            self.live.push(op.id);
        }
        op
    }

    /// The place in `live` of any live order, all equally likely.
    fn living(&mut self) -> usize {
        loop {
            let at = self.below(self.live.len() as u64) as usize;
            if self.book.order(self.live[at]).is_some() {
                return at;
            }
            self.live.swap_remove(at);
        }
    }

    /// Ticks from the middle: most are near, some 500 away.
    fn distance(&mut self) -> i64 {
        let reach = 2 + self.below(500);
        1 + self.below(reach) as i64
    }

    fn away(&self, side: Side, ticks: i64) -> i64 {
        let ticks = if side == Side::Buy { -ticks } else { ticks };
        (self.mid_ticks + ticks) * TICK
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.random.next_u64()) * u128::from(end)) >> 64) as u64
    }
}
