//! How much of a message a dead letter keeps: one that is nearly as long as a broker takes them would stop whoever reports it.

use std::borrow::Cow;

/// More of a message's bytes are cut off.
pub const LETTER_BYTES_MAX: usize = 512 << 10;

/// What a dead letter keeps of `value`, and its detail, which says so where that is not all.
pub fn letter_of<'a>(value: &'a [u8], detail: &'a str) -> (&'a [u8], Cow<'a, str>) {
    match value.get(..LETTER_BYTES_MAX) {
        Some(kept) if kept.len() < value.len() => {
            let said = format!("{detail} (cut: the first {LETTER_BYTES_MAX} of {} bytes)", value.len());
            (kept, Cow::Owned(said))
        }
        _ => (value, Cow::Borrowed(detail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_long_is_cut() {
        let whole = vec![7; LETTER_BYTES_MAX];
        assert_eq!(letter_of(&whole, "why"), (&whole[..], Cow::Borrowed("why")));
        let longer = vec![7; LETTER_BYTES_MAX + 1];
        let (kept, said) = letter_of(&longer, "why");
        assert_eq!(
            (kept, &*said),
            (&whole[..], "why (cut: the first 524288 of 524289 bytes)")
        );
    }
}
