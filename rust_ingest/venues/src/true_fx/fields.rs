//! The fields of a line.

use super::error::Fault;
use crate::fixed::{FixedError, Scale};
use crate::times::{compact_ns, rfc3339_ns};

/// `20140501 00:00:00.034` ("Historical Data", always UTC), milliseconds since 1970 ("Market Data Web API", "Millisecond
/// timestamp"), or RFC 3339; to ns.
#[inline]
pub(super) fn time_ns(text: &str) -> Result<i64, Fault> {
    let found = match text.as_bytes() {
        [_, _, _, _, _, _, _, _, b' ', ..] => compact_ns(text),
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => milliseconds_ns(text),
        _ => rfc3339_ns(text),
    };
    found.ok_or_else(|| Fault::Time { found: text.to_owned() })
}

fn milliseconds_ns(text: &str) -> Option<i64> {
    text.parse::<i64>().ok()?.checked_mul(1_000_000)
}

/// A price from zero up.
#[inline]
pub(super) fn price(text: &str, scale: Scale, field: &'static str) -> Result<i64, Fault> {
    match scale.parse(text) {
        Ok(price) if price >= 0 => Ok(price),
        Ok(_) => Err(Fault::Price {
            field,
            source: FixedError::Negative,
        }),
        Err(source) => Err(Fault::Price { field, source }),
    }
}
