//! What a message is and which product it is of, met again behind [`crate::look_up`]: prices stand before the product in
//! some, and its units must be known to read them.

use crate::scan::{ScanError, Scanner};

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
