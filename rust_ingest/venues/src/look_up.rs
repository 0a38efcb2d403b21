//! Words of an object, looked up ahead of reading it: what it is, and which symbol it is of.

use crate::scan::{ScanError, Scanner, Word};

/// The first value of each of `keys` in the object that `scanner` is at. It stops as soon as it has all of them: what
/// follows is validated by whoever reads the message.
#[inline]
pub(crate) fn look_up<'a, const N: usize>(
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
