//! A session that was played, held against its memory as it was written down: that it is a function of the log alone shows here.

use serde_json::Value;

use crate::session::{Session, SessionMemory};

/// What became of the memories that were met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryComparison {
    pub equal: u64,
    pub different: u64,
    /// The frame of the first one that differs, and where it does, for people.
    pub first: Option<String>,
}

impl MemoryComparison {
    /// `sequence`: of the frame in which it is written. The error says why `written` is none.
    pub fn compare(&mut self, sequence: u64, played: &Session, written: &[u8]) -> Result<(), String> {
        let failed = |error: serde_json::Error| error.to_string();
        let played = serde_json::to_vec(&played.memory()).map_err(failed)?;
        if played == written {
            self.equal += 1;
            return Ok(());
        }
        // One that an older version wrote may lack what has been added since: it is read first.
        let read: SessionMemory<'_> = serde_json::from_slice(written).map_err(failed)?;
        let read = serde_json::to_value(&read).map_err(failed)?;
        match difference(&serde_json::from_slice(&played).map_err(failed)?, &read) {
            None => self.equal += 1,
            Some(difference) => {
                self.different += 1;
                self.first
                    .get_or_insert_with(|| format!("of frame {sequence} at {difference}"));
            }
        }
        Ok(())
    }
}

/// Where two values differ first, and how.
fn difference(played: &Value, written: &Value) -> Option<String> {
    let within = |key: &dyn std::fmt::Display, one: &Value, other: &Value| {
        difference(one, other).map(|difference| format!("/{key}{difference}"))
    };
    match (played, written) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => one
            .iter()
            .zip(other.values())
            .find_map(|((key, one), other)| within(key, one, other)),
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut both = one.iter().zip(other).enumerate();
            both.find_map(|(index, (one, other))| within(&index, one, other))
        }
        _ if played == written => None,
        _ => Some(format!(": {written} is written, {played} was played")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let written = json!({"frames": 7, "instruments": [{"missed": null}, {"missed": "cut", "quiet": {}}]});
        assert_eq!(difference(&written, &written.clone()), None);
        let mut played = written.clone();
        played["instruments"][1]["missed"] = Value::Null;
        assert_eq!(
            difference(&played, &written).unwrap(),
            "/instruments/1/missed: \"cut\" is written, null was played"
        );
    }
}
