//! What the venue says of a request: `{"error":{"code":2,"msg":"Invalid request: ..."},"id":1}`, and on some hosts the same without
//! `error` around it ("WebSocket Streams", "Error Messages").

use std::borrow::Cow;

use super::ParseError;
use super::fields::Field;
use crate::scan::{ScanError, Scanner};

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("code {code}: {message}")]
pub struct VenueError<'a> {
    pub code: i64,
    pub message: Cow<'a, str>,
}

impl<'a> VenueError<'a> {
    /// Reads a whole frame.
    ///
    /// # Errors
    /// It is no such message.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut scanner = Scanner::new(text);
        let (mut code, mut message) = (Field::named("code"), Field::named("msg"));
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            if key != b"error" {
                read_field(key, &mut scanner, &mut code, &mut message)?;
                continue;
            }
            let mut inner = scanner.object()?;
            while let Some(key) = scanner.key(&mut inner)? {
                read_field(key, &mut scanner, &mut code, &mut message)?;
            }
        }
        scanner.end()?;
        Ok(Self {
            code: code.required()?,
            message: message.required()?,
        })
    }
}

fn read_field<'a>(
    key: &[u8],
    scanner: &mut Scanner<'a>,
    code: &mut Field<i64>,
    message: &mut Field<Cow<'a, str>>,
) -> Result<(), ScanError> {
    match key {
        b"code" => code.set(scanner.integer()?, scanner),
        b"msg" => message.set(scanner.string()?, scanner),
        _ => scanner.skip(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_in_either_form() {
        let read = |text| VenueError::parse(text).map(|error| error.to_string());
        for text in [
            r#"{"error":{"code":2,"msg":"Invalid request: too many streams"},"id":1}"#,
            r#"{"id":null,"code":2,"msg":"Invalid request: too many streams"}"#,
        ] {
            assert_eq!(read(text).as_deref(), Ok("code 2: Invalid request: too many streams"));
        }
        for text in [
            r#"{"result":null,"id":1}"#,
            r#"{"error":"no object"}"#,
            r#"{"error":{"code":2,"msg":"x"}"#,
            r#"{"error":{"code":2,"msg":"x"},"code":3}"#,
            r#"{"stream":"btcusdt@trade","data":{"code":1,"msg":"x"}}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
