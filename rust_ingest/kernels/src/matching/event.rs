//! What happened, as it stands in arrays.

use bytemuck::{Pod, Zeroable};

/// Flag of a trade of an uncrossing: `order_id` is the buy, `other` the sell.
pub const UNCROSSING: u8 = 1;
/// Flag of a stop that joins its queue.
pub const STOP: u8 = 2;
/// Flag of a replaced or refreshed order that kept its place.
pub const PLACE_KEPT: u8 = 4;

/// One event; fields that its kind does not name are 0.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Event {
    /// From 1, without holes.
    pub sequence: u64,
    /// Time of the command that caused it.
    pub time_ns: i64,
    pub order_id: u64,
    /// The maker's id; of some kinds a price, as its 64 bits.
    pub other: u64,
    pub price: i64,
    pub quantity: i64,
    /// Open quantity of the order afterwards.
    pub left: i64,
    /// Open quantity of the maker afterwards.
    pub other_left: i64,
    pub owner: u32,
    pub other_owner: u32,
    pub kind: u8,
    pub reason: u8,
    pub side: u8,
    pub flags: u8,
    pub zero: [u8; 4],
}

const _: () = assert!(size_of::<Event>() == 80);

/// `Event::kind`.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    Accepted = 1,
    Traded = 2,
    Rested = 3,
    Cancelled = 4,
    Reduced = 5,
    Replaced = 6,
    Triggered = 7,
    Refreshed = 8,
    Uncrossed = 9,
    PhaseChanged = 10,
    BandsChanged = 11,
}

/// `Event::reason` of cancelled and reduced.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    User = 1,
    Mass = 2,
    Ioc = 3,
    Fok = 4,
    NoLiquidity = 5,
    SelfTrade = 6,
    Expired = 7,
    Reduced = 8,
}
