//! What stands around a message's data: the channel and instrument that it is of, and what is to be done with it.

use super::ParseError;
use super::fields::Field;
use crate::scan::{Scanner, Word, read_fields};

/// `arg`: what was subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arg<'a> {
    pub channel: Word<'a>,
    /// Most channels are of one instrument.
    pub instrument: Option<Word<'a>>,
}

impl<'a> Arg<'a> {
    #[inline]
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Self, ParseError> {
        let mut channel = Field::named("channel");
        let mut instrument = Field::named("instId");
        read_fields!(scanner, {
            "channel" => channel.set(Word::read(scanner)?, scanner)?,
            "instId" => instrument.set(Word::read(scanner)?, scanner)?,
        });
        Ok(Self {
            channel: channel.required()?,
            instrument: instrument.optional(),
        })
    }
}
