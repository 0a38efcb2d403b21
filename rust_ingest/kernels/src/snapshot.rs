//! Opens kernel states.

use std::fmt::Debug;

use contracts::{Kind, Record, SchemaIds, decode};

use crate::RestoreError;

/// The state in `message`, which must be of this kind.
pub(crate) fn open<'a>(ids: &SchemaIds, message: &'a [u8], kind: Kind) -> Result<Record<'a>, RestoreError> {
    let record = decode(ids, message)?;
    match record.kind() == kind {
        true => Ok(record),
        false => Err(RestoreError::other_kind(kind, record.kind())),
    }
}

/// Fails if a state was made under another configuration.
pub(crate) fn same<T: PartialEq + Debug>(field: &str, found: &T, configured: &T) -> Result<(), RestoreError> {
    if found == configured {
        return Ok(());
    }
    Err(RestoreError::OtherConfig {
        field: field.to_owned(),
        found: format!("{found:?}"),
        configured: format!("{configured:?}"),
    })
}
