//! Whether records of one stream come in the order of their times.

use contracts::tick_flags::OUT_OF_ORDER;
use serde::{Deserialize, Serialize};

/// The latest times that a stream of an instrument has named.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Newest {
    event_ns: Option<i64>,
    /// Of what tells no other time: the two are not comparable.
    publish_ns: Option<i64>,
}

impl Newest {
    /// The flag of a record of these times, and notes them. One without a time has none.
    #[inline]
    pub fn flag(&mut self, event_ns: Option<i64>, publish_ns: Option<i64>) -> i32 {
        let (newest_ns, at_ns) = match event_ns {
            Some(_) => (&mut self.event_ns, event_ns),
            None => (&mut self.publish_ns, publish_ns),
        };
        if at_ns.is_some() && at_ns < *newest_ns {
            return OUT_OF_ORDER;
        }
        *newest_ns = at_ns.or(*newest_ns);
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_earlier_is_out_of_order() {
        let mut newest = Newest::default();
        let flags =
            [None, Some(5), Some(5), Some(4), None, Some(4), Some(6), Some(5)].map(|ns| newest.flag(ns, Some(9)));
        assert_eq!(flags, [0, 0, 0, OUT_OF_ORDER, 0, OUT_OF_ORDER, 0, OUT_OF_ORDER]);
    }

    #[test]
    fn times_of_sending_count_where_there_is_no_other() {
        let mut newest = Newest::default();
        let flags = [
            (None, Some(9)),
            (Some(5), Some(7)),
            (None, Some(8)),
            (None, Some(9)),
            (Some(6), Some(1)),
        ];
        assert_eq!(
            flags.map(|(event_ns, publish_ns)| newest.flag(event_ns, publish_ns)),
            [0, 0, OUT_OF_ORDER, 0, 0]
        );
    }
}
