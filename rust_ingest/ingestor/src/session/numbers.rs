//! Numbers for what the venue does not number.

use serde::{Deserialize, Serialize};

/// The highest numbers of an instrument that the log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastIds {
    pub trade: Option<i64>,
    pub quote: Option<i64>,
    pub book: Option<i64>,
}

/// Counts one up. Where nobody knows how far the log's numbers go, it begins at the time, which is further.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Numbers {
    last: Option<i64>,
}

impl Numbers {
    pub fn new() -> Self {
        Self { last: Some(0) }
    }

    pub fn after(last: Option<i64>) -> Self {
        Self { last }
    }

    #[inline]
    pub fn next(&mut self, receive_ns: i64) -> i64 {
        let next = self.last.map_or(receive_ns, |last| last.saturating_add(1));
        self.last = Some(next);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_from_what_there_was() {
        let mut new = Numbers::new();
        assert_eq!([new.next(9), new.next(9)], [1, 2]);
        let mut known = Numbers::after(Some(7));
        assert_eq!(known.next(9), 8);
        let mut unknown = Numbers::after(None);
        assert_eq!([unknown.next(1_000), unknown.next(5_000)], [1_000, 1_001]);
    }
}
