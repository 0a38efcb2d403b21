//! Events in words, so that a test reads like the rule.

use kernels::matching::{Event, EventKind, PLACE_KEPT, STOP, UNCROSSING};

const REASONS: [&str; 9] = [
    "",
    "user",
    "mass",
    "ioc",
    "fok",
    "no_liquidity",
    "self_trade",
    "expired",
    "reduced",
];

pub fn said(event: &Event) -> String {
    let &Event {
        order_id,
        other,
        price,
        quantity,
        left,
        other_left,
        flags,
        ..
    } = event;
    let reason = REASONS[usize::from(event.reason)];
    let has = |flag: u8, words: &'static str| if flags & flag != 0 { words } else { "" };
    match event.kind {
        kind if kind == EventKind::Accepted as u8 => format!("{order_id} accepted"),
        kind if kind == EventKind::Traded as u8 => {
            let how = has(UNCROSSING, " uncrossing");
            format!("{order_id} trades {quantity}@{price} with {other}, left {left} and {other_left}{how}")
        }
        kind if kind == EventKind::Rested as u8 && flags & STOP != 0 => format!("{order_id} waits {left} at {price}"),
        kind if kind == EventKind::Rested as u8 => format!("{order_id} rests {quantity} of {left}@{price}"),
        kind if kind == EventKind::Cancelled as u8 => format!("{order_id} cancelled {quantity}: {reason}"),
        kind if kind == EventKind::Reduced as u8 => format!("{order_id} reduced by {quantity} to {left}: {reason}"),
        kind if kind == EventKind::Replaced as u8 => {
            let how = has(PLACE_KEPT, " in place");
            format!("{order_id} replaced by {quantity}@{price} stop {other}, left {left}{how}")
        }
        kind if kind == EventKind::Triggered as u8 => format!("{order_id} triggered at {price}"),
        kind if kind == EventKind::Refreshed as u8 => {
            format!("{order_id} shows {quantity} of {left}{}", has(PLACE_KEPT, " in place"))
        }
        kind if kind == EventKind::Uncrossed as u8 => format!("uncrossed {quantity}@{price}"),
        kind if kind == EventKind::PhaseChanged as u8 => format!("phase {quantity}"),
        kind if kind == EventKind::BandsChanged as u8 => format!("bands {price} to {other}"),
        kind => panic!("an event of kind {kind}"),
    }
}
