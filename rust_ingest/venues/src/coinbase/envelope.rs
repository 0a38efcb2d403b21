//! What a message is and which product it is of, looked up ahead of the message itself: prices stand before the product
//! in some, and its units must be known to read them.

use crate::scan::{ScanError, Scanner, Word};

/// The first value of each of `keys` in the object that `scanner` is at. It stops as soon as it has all of them: what
/// follows is validated by whoever reads the message.
#[inline]
pub(super) fn look_up<'a, const N: usize>(
    mut scanner: Scanner<'a>,
    keys: [&'static str; N],
) -> Result<[Option<Word<'a>>; N], ScanError> {
    let mut words = [const { None }; N];
    let mut missing = N;
    let mut entries = scanner.object()?;
    while missing > 0
        && let Some(key) = scanner.key(&mut entries)?
    {
        match keys.iter().position(|wanted| wanted.as_bytes() == key) {
            Some(index) if words[index].is_none() => {
                words[index] = Some(Word::read(&mut scanner)?);
                missing -= 1;
            }
            _ => scanner.skip()?,
        }
    }
    Ok(words)
}

/// What was looked up, met again as its message is read: each once, or the message would be another than it seemed.
#[derive(Default)]
pub(super) struct Seen {
    kind: bool,
    product: bool,
}

impl Seen {
    /// Reads past the value of a field that nobody else reads.
    #[inline(always)]
    pub fn pass(&mut self, key: &[u8], scanner: &mut Scanner<'_>) -> Result<(), ScanError> {
        match key {
            b"type" => self.kind(scanner),
            b"product_id" => self.product(scanner),
            _ => scanner.skip(),
        }
    }

    /// Reads past the value of `type`.
    #[inline(always)]
    pub fn kind(&mut self, scanner: &mut Scanner<'_>) -> Result<(), ScanError> {
        pass_once(&mut self.kind, "type", scanner)
    }

    /// Reads past the value of `product_id`.
    #[inline(always)]
    pub fn product(&mut self, scanner: &mut Scanner<'_>) -> Result<(), ScanError> {
        pass_once(&mut self.product, "product_id", scanner)
    }
}

#[inline(always)]
fn pass_once(seen: &mut bool, field: &'static str, scanner: &mut Scanner<'_>) -> Result<(), ScanError> {
    if std::mem::replace(seen, true) {
        let position = scanner.position();
        return Err(ScanError::Repeated { position, field });
    }
    scanner.skip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<[Option<(String, usize)>; 2], ScanError> {
        let found = look_up(Scanner::new(text), ["type", "product_id"])?;
        Ok(found.map(|word| word.map(|word| (word.text.into_owned(), word.position))))
    }

    #[test]
    fn finds_words_wherever_they_stand() {
        let both = |first, second| Ok([Some(("a".to_owned(), first)), Some(("b".to_owned(), second))]);
        assert_eq!(words(r#"{"type":"a","product_id":"b","x":"#), both(8, 25));
        assert_eq!(words(r#"{"product_id":"b","x":[1],"type":"a"}"#), both(33, 14));
        assert_eq!(words(r#"{"type":"a"}"#), Ok([Some(("a".to_owned(), 8)), None]));
        assert!(words(r#"{"type":1}"#).is_err());
        assert!(words("[]").is_err());
    }
}
