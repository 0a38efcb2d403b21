//! What is asked of the engine, as it stands in arrays.

use bytemuck::{Pod, Zeroable};

use super::{Action, Kind, Phase, SelfTrade, Side, TimeInForce};

/// One command. What its action does not use is not looked at.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Command {
    pub time_ns: i64,
    pub order_id: u64,
    /// Limit price; of bands, the lowest.
    pub price: i64,
    pub quantity: i64,
    /// Stop price; of bands, the highest.
    pub stop_price: i64,
    /// What an iceberg shows; 0 for other orders.
    pub display_quantity: i64,
    /// End of a gtd order.
    pub expires_ns: i64,
    /// 0 is nobody.
    pub owner: u32,
    pub action: u8,
    pub side: u8,
    pub kind: u8,
    pub time_in_force: u8,
    pub self_trade: u8,
    pub post_only: u8,
    pub phase: u8,
    pub zero: [u8; 5],
}

impl Command {
    /// A new gtc limit order of nobody at time 0.
    pub fn limit(order_id: u64, side: Side, price: i64, quantity: i64) -> Self {
        Self {
            order_id,
            price,
            quantity,
            action: Action::New as u8,
            side: side as u8,
            kind: Kind::Limit as u8,
            time_in_force: TimeInForce::Gtc as u8,
            self_trade: SelfTrade::None as u8,
            ..Self::default()
        }
    }

    /// A new market order of nobody at time 0.
    pub fn market(order_id: u64, side: Side, quantity: i64) -> Self {
        Self {
            kind: Kind::Market as u8,
            time_in_force: TimeInForce::Ioc as u8,
            ..Self::limit(order_id, side, 0, quantity)
        }
    }

    /// A new gtc stop order of nobody at time 0.
    pub fn stop(order_id: u64, side: Side, stop_price: i64, quantity: i64) -> Self {
        Self {
            kind: Kind::Stop as u8,
            stop_price,
            ..Self::limit(order_id, side, 0, quantity)
        }
    }

    pub fn cancel(order_id: u64) -> Self {
        Self {
            order_id,
            action: Action::Cancel as u8,
            ..Self::default()
        }
    }

    /// 0 leaves price or quantity as it is.
    pub fn replace(order_id: u64, price: i64, quantity: i64) -> Self {
        Self {
            order_id,
            price,
            quantity,
            action: Action::Replace as u8,
            ..Self::default()
        }
    }

    pub fn reduce(order_id: u64, quantity: i64) -> Self {
        Self {
            order_id,
            quantity,
            action: Action::Reduce as u8,
            ..Self::default()
        }
    }

    /// Of everybody when `owner` is 0, on both sides when `side` is none.
    pub fn mass_cancel(owner: u32, side: Option<Side>) -> Self {
        Self {
            owner,
            side: side.map_or(0, |side| side as u8),
            action: Action::MassCancel as u8,
            ..Self::default()
        }
    }

    pub fn phase(phase: Phase) -> Self {
        Self {
            phase: phase as u8,
            action: Action::Phase as u8,
            ..Self::default()
        }
    }

    /// 0 lifts a band.
    pub fn bands(lowest: i64, highest: i64) -> Self {
        Self {
            price: lowest,
            stop_price: highest,
            action: Action::Bands as u8,
            ..Self::default()
        }
    }

    pub fn time(time_ns: i64) -> Self {
        Self {
            time_ns,
            action: Action::Time as u8,
            ..Self::default()
        }
    }
}

const _: () = assert!(size_of::<Command>() == 72);
