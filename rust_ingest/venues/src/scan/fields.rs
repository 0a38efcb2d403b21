//! An object's fields in any order, and fast in the order that the venue writes them in.

use super::{Entries, Scanner};

/// Reads an object: of each field that it meets, the line of its name; others are skipped.
///
/// Fields may come in any order, and more than once: what a line does with that is its own affair. Those that come in the
/// order of the lines are found by one comparison each instead of a search. So fields that nobody wants have a line too
/// (`"open_24h" => scanner.skip()?`) where wanted ones stand behind them.
macro_rules! read_fields {
    ($scanner:ident, { $($name:literal => $read:expr,)+ }) => {{
        let mut entries = $scanner.object()?;
        $(
            if $scanner.accept_key(&mut entries, concat!("\"", $name, "\":")) {
                $read;
            }
        )+
        while let Some(key) = $scanner.key(&mut entries)? {
            match key {
                $(_ if key == $name.as_bytes() => $read,)+
                _ => $scanner.skip()?,
            }
        }
    }};
}
pub(crate) use read_fields;

impl Scanner<'_> {
    /// True if the object's next key is this one, which is then read; otherwise nothing moves. `quoted` is a plain key as
    /// it is written: `"price":`.
    #[inline(always)]
    pub(crate) fn accept_key(&mut self, entries: &mut Entries, quoted: &'static str) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.position + usize::from(entries.started);
        let end = start + quoted.len();
        let same =
            bytes.get(start..end) == Some(quoted.as_bytes()) && (!entries.started || bytes[self.position] == b',');
        if same {
            entries.started = true;
            self.position = end;
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::ScanError;

    /// What the lines of `a` and `bb` saw.
    fn read(text: &str) -> Result<(Vec<i64>, Vec<i64>), ScanError> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let mut scanner = Scanner::new(text);
        read_fields!(scanner, {
            "a" => first.push(scanner.integer()?),
            "bb" => second.push(scanner.integer()?),
        });
        scanner.end()?;
        Ok((first, second))
    }

    #[test]
    fn any_order_is_read_alike() {
        let both = Ok((vec![1], vec![2]));
        for text in [
            r#"{"a":1,"bb":2}"#,
            r#"{"bb":2,"a":1}"#,
            r#" { "a" : 1 , "bb" : 2 } "#,
            r#"{"bb":2 ,"a":1 }"#,
            r#"{"c":[1],"a":1,"ab":"a","bb":2,"b":{}}"#,
        ] {
            assert_eq!(read(text), both, "{text}");
        }
        assert_eq!(read("{}"), Ok((vec![], vec![])));
    }

    #[test]
    fn a_field_that_comes_again_is_seen_again() {
        assert_eq!(read(r#"{"a":1,"a":3,"bb":2}"#), Ok((vec![1, 3], vec![2])));
        assert_eq!(read(r#"{"a":1,"bb":2,"a":3}"#), Ok((vec![1, 3], vec![2])));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"a":1"#,
            r#"{"a":1"bb":2}"#,
            r#"{,"a":1}"#,
            r#"{"a":1,}"#,
            r#"{"a"1}"#,
            r#"{"a":1}}"#,
            r#"{"a\u0061":1}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
