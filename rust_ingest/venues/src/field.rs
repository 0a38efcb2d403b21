//! A field that each message has once: read, refuse a second one, tell a missing one.

use crate::scan::{ScanError, Scanner};

/// A field of a message, empty until read.
pub(crate) struct Field<T> {
    pub name: &'static str,
    value: Option<T>,
}

impl<T> Field<T> {
    #[inline(always)]
    pub fn named(name: &'static str) -> Self {
        Self { name, value: None }
    }

    #[inline(always)]
    pub fn set(&mut self, value: T, scanner: &Scanner<'_>) -> Result<(), ScanError> {
        if self.value.is_some() {
            return Err(ScanError::Repeated {
                position: scanner.position(),
                field: self.name,
            });
        }
        self.value = Some(value);
        Ok(())
    }

    #[inline(always)]
    pub fn required(self) -> Result<T, ScanError> {
        self.value.ok_or(ScanError::Missing { field: self.name })
    }

    #[inline(always)]
    pub fn optional(self) -> Option<T> {
        self.value
    }
}
