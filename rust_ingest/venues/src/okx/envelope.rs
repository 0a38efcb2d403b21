//! What stands around a message's data: the channel and instrument that it is of, and what is to be done with it.

use std::borrow::Cow;

use super::ParseError;
use super::fields::Field;
use crate::scan::Scanner;

/// A word of a message, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub text: Cow<'a, str>,
    pub position: usize,
}

/// `arg`: what was subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arg<'a> {
    pub channel: Word<'a>,
    /// Most channels are of one instrument.
    pub instrument: Option<Word<'a>>,
}

impl<'a> Word<'a> {
    #[inline]
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Self, ParseError> {
        let position = scanner.position();
        let text = scanner.string()?;
        Ok(Self { text, position })
    }

    #[cold]
    pub fn unknown_message(self) -> ParseError {
        ParseError::UnknownMessage {
            position: self.position,
            name: self.text.into_owned(),
        }
    }

    #[cold]
    pub fn unknown_word(self, field: &'static str) -> ParseError {
        ParseError::UnknownWord {
            position: self.position,
            field,
            found: self.text.into_owned(),
        }
    }
}

impl<'a> Arg<'a> {
    #[inline]
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Self, ParseError> {
        let mut channel = Field::named("channel");
        let mut instrument = Field::named("instId");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"channel" => channel.set(Word::read(scanner)?, scanner)?,
                b"instId" => instrument.set(Word::read(scanner)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        Ok(Self {
            channel: channel.required()?,
            instrument: instrument.optional(),
        })
    }
}
