//! The frame of a combined stream: `{"stream":"btcusdt@trade","data":{...}}`.

use std::borrow::Cow;

use super::ParseError;
use crate::scan::{Entries, ScanError, Scanner};

/// An opened frame.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The stream's name, as subscribed to.
    pub stream: Cow<'a, str>,
    /// Stands at the data.
    pub data: Scanner<'a>,
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    /// To be read after the data.
    Open(Entries),
    /// Read before: the data stood ahead of the stream's name.
    Read,
}

impl<'a> Envelope<'a> {
    #[inline]
    pub fn open(text: &'a str) -> Result<Self, ParseError> {
        let mut scanner = Scanner::new(text);
        let mut entries = scanner.object()?;
        if scanner.key(&mut entries)? == Some(b"stream") {
            let stream = scanner.string()?;
            if scanner.key(&mut entries)? == Some(b"data") {
                return Ok(Self {
                    stream,
                    data: scanner,
                    rest: Rest::Open(entries),
                });
            }
        }
        Self::open_any_order(text)
    }

    #[cold]
    fn open_any_order(text: &'a str) -> Result<Self, ParseError> {
        let mut scanner = Scanner::new(text);
        let mut entries = scanner.object()?;
        let (mut stream, mut data) = (None, None);
        while let Some(key) = scanner.key(&mut entries)? {
            let position = scanner.position();
            match key {
                b"stream" if stream.is_some() => return Err(repeated(position, "stream")),
                b"data" if data.is_some() => return Err(repeated(position, "data")),
                b"stream" => stream = Some(scanner.string()?),
                b"data" => {
                    data = Some(scanner.clone());
                    scanner.skip()?;
                }
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        Ok(Self {
            stream: stream.ok_or(ScanError::Missing { field: "stream" })?,
            data: data.ok_or(ScanError::Missing { field: "data" })?,
            rest: Rest::Read,
        })
    }

    /// Reads what follows the data, so that a frame is taken as a whole or not at all.
    #[inline]
    pub fn close(self) -> Result<(), ParseError> {
        let Rest::Open(mut entries) = self.rest else {
            return Ok(());
        };
        let mut scanner = self.data;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"stream" => return Err(repeated(scanner.position(), "stream")),
                b"data" => return Err(repeated(scanner.position(), "data")),
                _ => scanner.skip()?,
            }
        }
        Ok(scanner.end()?)
    }
}

fn repeated(position: usize, field: &'static str) -> ParseError {
    ScanError::Repeated { position, field }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, i64), ParseError> {
        let mut envelope = Envelope::open(text)?;
        let stream = envelope.stream.to_string();
        let data = envelope.data.integer()?;
        envelope.close()?;
        Ok((stream, data))
    }

    #[test]
    fn fields_come_in_any_order() {
        for text in [
            r#"{"stream":"s","data":7}"#,
            r#"{"data":7,"stream":"s"}"#,
            r#" { "x" : [1] , "stream" : "s" , "y" : {} , "data" : 7 , "z" : null } "#,
            r#"{"stream":"s","data":7,"later":"field"}"#,
        ] {
            assert_eq!(read(text), Ok(("s".to_owned(), 7)), "{text}");
        }
    }

    #[test]
    fn a_frame_is_taken_whole_or_not_at_all() {
        for text in [
            r#"{"result":null,"id":1}"#,
            r#"{"stream":"s"}"#,
            r#"{"stream":"s","data":7"#,
            r#"{"stream":"s","data":7}}"#,
            r#"{"stream":"s","data":7,"data":8}"#,
            r#"{"stream":"s","stream":"s","data":8}"#,
            r#"{"data":7,"stream":"s","data":8}"#,
            r#"{"data":7,"stream":"s"} {}"#,
            "[]",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
