//! The book by REST. The stream brings its own snapshot: this one is to compare with.

use super::ParseError;
use super::fields::Field;
use super::market::{Symbol, read_levels};
use super::status::Notice;
use crate::l2_book::Levels;
use crate::scan::{ScanError, Scanner};

/// Levels asked for on each side: the most that there are ("GET / Order book").
pub const SNAPSHOT_LEVELS: u32 = 400;

/// A book; its levels stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub event_ns: i64,
    pub sequence: Option<i64>,
}

/// What an answer holds: the venue may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Snapshot(Snapshot),
    Refused(Notice),
}

/// Path and query of a symbol's book.
pub fn snapshot_path(symbol: &str) -> String {
    format!("/api/v5/market/books?instId={symbol}&sz={SNAPSHOT_LEVELS}")
}

impl Answer {
    /// Puts the levels into `book`, in the venue's order (best first); what was there before is gone.
    pub fn parse(text: &str, symbol: &Symbol, book: &mut Levels) -> Result<Self, ParseError> {
        book.clear();
        let mut code = Field::named("code");
        let mut message = Field::named("msg");
        let mut data = Field::named("data");
        let mut scanner = Scanner::new(text);
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"code" => code.set(scanner.string()?.into_owned(), &scanner)?,
                b"msg" => message.set(scanner.string()?.into_owned(), &scanner)?,
                b"data" => data.set(read_only_row(&mut scanner, symbol, book)?, &scanner)?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        let code = code.required()?;
        if code != "0" {
            let message = message.optional().unwrap_or_default();
            return Ok(Self::Refused(Notice { code, message }));
        }
        match data.required()? {
            Some(snapshot) => Ok(Self::Snapshot(snapshot)),
            None => Err(ScanError::Missing { field: "data" }.into()),
        }
    }
}

fn read_only_row(
    scanner: &mut Scanner<'_>,
    symbol: &Symbol,
    book: &mut Levels,
) -> Result<Option<Snapshot>, ParseError> {
    let mut found = None;
    let mut rows = scanner.array()?;
    while scanner.element(&mut rows)? {
        if found.is_some() {
            return Err(ScanError::Expected {
                position: scanner.position(),
                expected: "one book",
            }
            .into());
        }
        let (event_ns, (_, sequence), _) = read_levels(scanner, symbol, book)?;
        found = Some(Snapshot { event_ns, sequence });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    #[test]
    fn a_book_or_a_refusal() {
        let symbol = Symbol::new("BTC-USDT", NANO, NANO);
        let mut book = Levels::default();
        let text = r#"{"code":"0","msg":"","data":[{"asks":[["41006.8","0.6","0","1"]],"bids":[["41006.3","0.3","0","2"]],"ts":"1629966436396","seqId":3235851742}]}"#;
        let snapshot = Snapshot {
            event_ns: 1_629_966_436_396_000_000,
            sequence: Some(3_235_851_742),
        };
        assert_eq!(Answer::parse(text, &symbol, &mut book), Ok(Answer::Snapshot(snapshot)));
        assert_eq!(
            (book.bids[0].price, book.asks[0].quantity),
            (41_006_300_000_000, 600_000_000)
        );
        let refused = r#"{"code":"51001","msg":"Instrument ID does not exist","data":[]}"#;
        let answer = Answer::parse(refused, &symbol, &mut book);
        assert!(matches!(answer, Ok(Answer::Refused(notice)) if notice.code == "51001"));
        let empty = refused.replace("51001", "0");
        assert!(Answer::parse(&empty, &symbol, &mut book).is_err());
        assert_eq!(snapshot_path("BTC-USDT"), "/api/v5/market/books?instId=BTC-USDT&sz=400");
    }
}
