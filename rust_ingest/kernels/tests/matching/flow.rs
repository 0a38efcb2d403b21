//! Random commands of every kind, dense enough that all rules meet each other.

use kernels::matching::{Action, Command, Kind, Phase, Side, TimeInForce};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};

pub const TICK: i64 = 5;
pub const LOT: i64 = 10;

/// The same seed gives the same commands.
pub struct Flow {
    random: Pcg64Mcg,
    time_ns: i64,
    last_id: u64,
}

impl Flow {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Pcg64Mcg::seed_from_u64(seed),
            time_ns: 0,
            last_id: 0,
        }
    }

    pub fn command(&mut self) -> Command {
        if self.one_in(3) {
            self.time_ns += 1;
        }
        let asked = match self.below(1000) {
            0..500 => self.new_order(),
            500..650 => Command::cancel(self.old_id()),
            650..850 => self.replace(),
            850..930 => Command::reduce(self.old_id(), self.lots(4)),
            930..940 => Command::mass_cancel(self.owner(), None),
            940..985 => self.phase(),
            985..995 => Command::bands(self.price() - 10 * TICK, self.price() + 10 * TICK),
            _ => Command::bands(0, 0),
        };
        let command = Command {
            time_ns: self.time_ns,
            ..asked
        };
        if self.one_in(100) {
            self.spoilt(command)
        } else {
            command
        }
    }

    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn new_order(&mut self) -> Command {
        self.last_id += 1;
        let side = if self.one_in(2) { Side::Buy } else { Side::Sell };
        let kind = [
            Kind::Limit,
            Kind::Limit,
            Kind::Limit,
            Kind::Market,
            Kind::Stop,
            Kind::StopLimit,
        ];
        let kind = kind[self.below(6) as usize];
        let quantity = self.lots(12);
        let mut command = Command {
            kind: kind as u8,
            owner: self.owner(),
            ..Command::limit(self.last_id, side, 0, quantity)
        };
        if matches!(kind, Kind::Limit | Kind::StopLimit) {
            command.price = self.price();
            command.post_only = u8::from(self.one_in(12));
            command.display_quantity = if self.one_in(4) { self.lots(3).min(quantity) } else { 0 };
        }
        if matches!(kind, Kind::Stop | Kind::StopLimit) {
            command.stop_price = self.price();
        }
        let lasting = match kind {
            Kind::Market => 4 + self.below(2),
            Kind::Stop => 1 + self.below(3),
            _ => 1 + self.below(5),
        };
        command.time_in_force = lasting as u8;
        if lasting == TimeInForce::Gtd as u64 {
            command.expires_ns = self.time_ns + 1 + self.below(60) as i64;
        }
        command.self_trade = self.below(5) as u8;
        command
    }

    fn replace(&mut self) -> Command {
        let price = if self.one_in(2) { self.price() } else { 0 };
        let quantity = if self.one_in(2) { self.lots(12) } else { 0 };
        let stop_price = if self.one_in(6) { self.price() } else { 0 };
        Command {
            stop_price,
            ..Command::replace(self.old_id(), price, quantity)
        }
    }

    fn phase(&mut self) -> Command {
        let phases = [
            Phase::Open,
            Phase::Open,
            Phase::Open,
            Phase::Call,
            Phase::Call,
            Phase::Halted,
            Phase::Closed,
        ];
        Command::phase(phases[self.below(7) as usize])
    }

    /// Something wrong anywhere in a command.
    fn spoilt(&mut self, command: Command) -> Command {
        let number = [0, -1, 1, i64::MIN, i64::MAX][self.below(5) as usize];
        match self.below(10) {
            8 => Command {
                order_id: self.old_id(),
                action: Action::New as u8,
                ..command
            },
            9 => Command {
                quantity: i64::MAX / LOT * LOT,
                action: Action::New as u8,
                ..command
            },
            0 => Command {
                price: number,
                ..command
            },
            1 => Command {
                quantity: number,
                ..command
            },
            2 => Command {
                stop_price: number,
                ..command
            },
            3 => Command {
                display_quantity: number,
                ..command
            },
            4 => Command {
                expires_ns: number,
                ..command
            },
            5 => Command {
                time_ns: self.time_ns - 1,
                ..command
            },
            6 => Command {
                action: self.below(256) as u8,
                ..command
            },
            _ => Command {
                kind: self.below(256) as u8,
                action: Action::New as u8,
                ..command
            },
        }
    }

    fn price(&mut self) -> i64 {
        (100 + self.below(13) as i64) * TICK
    }

    fn lots(&mut self, most: u64) -> i64 {
        (1 + self.below(most) as i64) * LOT
    }

    /// Most are owner 1 to 3, who meet themselves; cancels guess the owner too.
    fn owner(&mut self) -> u32 {
        self.below(4) as u32
    }

    fn old_id(&mut self) -> u64 {
        self.last_id.saturating_sub(self.below(25))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random.next_u64() % limit
    }
}
