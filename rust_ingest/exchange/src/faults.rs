//! Faults on demand: what goes wrong at a venue, made to happen when a test needs it.

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// Faults as `POST /tapeflow/faults` sets them. Counts go down with each fault that has happened.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// New and cancel requests wait so long before they are accepted.
    pub order_delay_ms: u64,
    /// Their answers wait so long after they have been accepted.
    pub answer_delay_ms: u64,
    /// So many new or cancel requests get 503 and are not accepted.
    pub fail_before_accept: u64,
    /// So many are accepted and get 503.
    pub fail_after_accept: u64,
    /// So many lose their connection and are not accepted.
    pub drop_connection_before_accept: u64,
    /// So many are accepted and lose their connection.
    pub drop_connection_after_accept: u64,
    /// So many order queries get 503.
    pub fail_queries: u64,
    /// So many stream messages are kept back from everyone: a sequence gap.
    pub skip_messages: u64,
    /// All stream connections are cut, once.
    pub disconnect_streams: bool,
}

/// A change of faults: what is not named stays.
pub type Change = serde_json::Map<String, serde_json::Value>;

/// The faults in force.
#[derive(Debug, Default)]
pub struct FaultBoard {
    faults: Mutex<Faults>,
}

impl FaultBoard {
    /// The faults still to come.
    pub fn get(&self) -> Faults {
        self.faults.lock().clone()
    }

    /// Sets the faults that `change` names, and gives all.
    ///
    /// # Errors
    /// There is no such fault, or its value is not of its kind.
    pub fn change(&self, change: Change) -> Result<Faults, serde_json::Error> {
        let mut faults = self.faults.lock();
        let mut all = serde_json::to_value(&*faults)?;
        if let Some(fields) = all.as_object_mut() {
            fields.extend(change);
        }
        *faults = serde_json::from_value(all)?;
        Ok(faults.clone())
    }

    /// Whether the fault that `count` picks is to happen now; it is counted down.
    pub fn happens(&self, count: impl Fn(&mut Faults) -> &mut u64) -> bool {
        let mut faults = self.faults.lock();
        let count = count(&mut faults);
        let happens = *count > 0;
        *count = count.saturating_sub(1);
        happens
    }

    /// Whether the streams are to be cut now; once.
    pub fn take_disconnect(&self) -> bool {
        std::mem::take(&mut self.faults.lock().disconnect_streams)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_down_and_keeps_what_is_not_named() {
        let board = FaultBoard::default();
        let change = |text: &str| board.change(serde_json::from_str(text).unwrap());
        change(r#"{"fail_after_accept":2,"order_delay_ms":7}"#).unwrap();
        change(r#"{"skip_messages":1}"#).unwrap();
        assert!(board.happens(|faults| &mut faults.fail_after_accept));
        assert!(board.happens(|faults| &mut faults.fail_after_accept));
        assert!(!board.happens(|faults| &mut faults.fail_after_accept));
        assert_eq!((board.get().order_delay_ms, board.get().skip_messages), (7, 1));
        assert!(change(r#"{"fail_alway":1}"#).is_err());
    }
}
