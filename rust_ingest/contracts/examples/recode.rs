//! Reads framed messages from standard input, each behind its length as four bytes big endian; writes each back in the
//! same form after decoding and encoding it, or an empty message where it does not decode.
//!
//! `tests/contracts/test_codec_agreement.py` holds the codec against fastavro with it.

use std::io::{Read, Result, Write, stdin, stdout};

use contracts::{SchemaIds, decode, encode};

fn main() -> Result<()> {
    let ids = SchemaIds::embedded();
    let mut input = Vec::new();
    stdin().lock().read_to_end(&mut input)?;
    let mut output = Vec::new();
    let mut rest = input.as_slice();
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (message, tail) = tail.split_at(u32::from_be_bytes(*length) as usize);
        rest = tail;
        let mut again = Vec::new();
        if let Ok(record) = decode(&ids, message) {
            encode(&ids, &record, &mut again);
        }
        output.extend_from_slice(&(again.len() as u32).to_be_bytes());
        output.extend_from_slice(&again);
    }
    stdout().lock().write_all(&output)
}
