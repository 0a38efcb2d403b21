//! What the holder of a claim leaves beside its positions with each renewal, for others to read.

use crate::clock::now_ns;

const HELD: &str = "held";
const ASKING: &str = "asking";
/// Replaces it when the claim is given back.
pub(crate) const RETURNED: &str = "returned";

/// That a claim is held, or was when its holder was last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Another one with each renewal.
    pub text: String,
    /// Its holder has not begun to act: it asks whether it may.
    pub is_asking: bool,
}

impl Note {
    /// None where the claim was given back.
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.starts_with(HELD).then(|| Self {
            text: text.to_owned(),
            is_asking: text.ends_with(ASKING),
        })
    }
}

pub(crate) fn held() -> String {
    format!("{HELD} {}", now_ns())
}

/// An older reader takes it for held.
pub(crate) fn asking() -> String {
    format!("{} {ASKING}", held())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_read() {
        assert!(!Note::read(&held()).unwrap().is_asking);
        assert!(Note::read(&asking()).unwrap().is_asking);
        assert_eq!(Note::read(RETURNED), None);
        assert_eq!(Note::read(""), None);
    }
}
