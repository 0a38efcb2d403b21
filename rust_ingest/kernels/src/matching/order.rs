//! A live order's slot, and the order that is on its way through the book.

use super::codes::{Kind, SelfTrade, Side, TimeInForce};

/// Number of a slot of the slab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handle(pub(super) u32);

impl Handle {
    pub(super) const NONE: Self = Self(u32::MAX);
}

/// What every live order has: one cache line. `Extras` has what few have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) id: u64,
    /// Limit price, 0 without one.
    pub(super) price: i64,
    /// Total, with what was executed and reduced.
    pub(super) quantity: i64,
    pub(super) open: i64,
    pub(super) entry: u64,
    pub(super) owner: u32,
    /// Neighbours in the queue of its price; of a free slot, `next` is the next free one.
    pub(super) previous: Handle,
    pub(super) next: Handle,
    /// Number of its `Extras`.
    pub(super) extras: ExtrasNumber,
    /// The level that it stands at.
    pub(super) level: u32,
    pub(super) kind: Kind,
    pub(super) time_in_force: TimeInForce,
    pub(super) self_trade: SelfTrade,
    /// Side, post-only, liveness: a byte of their own each would be a second cache line.
    pub(super) marks: Marks,
}

const _: () = assert!(size_of::<Order>() == 64);

/// Number of an entry of the slab's `Extras`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExtrasNumber(pub(super) u32);

impl ExtrasNumber {
    pub(super) const NONE: Self = Self(u32::MAX);
}

/// What icebergs, gtd orders and stops have beside.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extras {
    /// What an iceberg shows at most, 0 for other orders.
    pub(super) display_quantity: i64,
    /// What an iceberg shows now.
    pub(super) shown: i64,
    pub(super) stop_price: i64,
    pub(super) expires_ns: i64,
}

impl Extras {
    /// What a resting order with so much open shows when it shows anew.
    #[inline]
    pub(super) fn shows_of(&self, open: i64) -> i64 {
        if self.display_quantity == 0 {
            open
        } else {
            self.display_quantity.min(open)
        }
    }

    /// Whether an order with them can do without.
    pub(super) fn are_empty(&self) -> bool {
        self.display_quantity == 0 && self.stop_price == 0 && self.expires_ns == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    const SELL: u8 = 1;
    const POST_ONLY: u8 = 2;
    const FREE: u8 = 4;

    pub(super) fn new(side: Side, post_only: bool) -> Self {
        let sell = if side == Side::Sell { Self::SELL } else { 0 };
        Self(sell | if post_only { Self::POST_ONLY } else { 0 })
    }

    pub(super) const fn free() -> Self {
        Self(Self::FREE)
    }

    #[inline]
    pub(super) fn side(self) -> Side {
        if self.0 & Self::SELL == 0 {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    #[inline]
    pub(super) fn is_post_only(self) -> bool {
        self.0 & Self::POST_ONLY != 0
    }

    #[inline]
    pub(super) fn is_free(self) -> bool {
        self.0 & Self::FREE != 0
    }
}

impl Order {
    #[inline]
    pub(super) fn side(&self) -> Side {
        self.marks.side()
    }

    #[inline]
    pub(super) fn has_extras(&self) -> bool {
        self.extras != ExtrasNumber::NONE
    }

    /// What was executed and reduced.
    #[inline]
    pub(super) fn gone(&self) -> i64 {
        self.quantity - self.open
    }
}
