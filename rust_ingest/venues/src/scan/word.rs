//! A word of a message, and where it stands, for what is wrong with it.

use std::borrow::Cow;

use super::{ScanError, Scanner};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    pub text: Cow<'a, str>,
    pub position: usize,
}

impl<'a> Word<'a> {
    #[inline]
    pub fn read(scanner: &mut Scanner<'a>) -> Result<Self, ScanError> {
        let position = scanner.position();
        let text = scanner.string()?;
        Ok(Self { text, position })
    }
}
