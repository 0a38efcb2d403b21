//! The engine's state: by partition what flows save of theirs, an offset and the snapshots of the stages there.

use super::market::Market;
use super::places::{Log, OFFSET_MAX, Places};
use crate::{RestoreError, Stage};

/// One partition of market.ticks or risk.inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    pub topic: String,
    pub partition: i32,
    /// Behind the last record that the stages have taken.
    pub next_offset: i64,
    /// Name and snapshot of each stage.
    pub stages: Vec<(String, Vec<u8>)>,
}

pub(super) fn of(places: &Places, markets: &[Market], risks: &[Stage]) -> Vec<PartitionState> {
    let mut states = Vec::new();
    for log in Log::BOTH {
        for (partition, next_offset) in places.used(log) {
            let stages = match log {
                Log::Ticks => markets[partition as usize].stages.iter(),
                Log::Inbox => std::slice::from_ref(&risks[partition as usize]).iter(),
            };
            states.push(PartitionState {
                topic: log.topic().name.to_owned(),
                partition,
                next_offset,
                stages: stages
                    .map(|stage| (stage.name().to_owned(), stage.snapshot()))
                    .collect(),
            });
        }
    }
    states
}

/// Puts what is saved into an engine in its initial state; fails half way.
pub(super) fn apply(
    states: &[PartitionState],
    places: &mut Places,
    markets: &mut [Market],
    risks: &mut [Stage],
) -> Result<(), RestoreError> {
    for state in states {
        let (topic, partition) = (state.topic.as_str(), state.partition);
        let log = Log::BOTH.into_iter().find(|log| log.topic().name == topic);
        let next = log.and_then(|log| places.next_offset(log, partition));
        let (Some(log), Some(next)) = (log, next) else {
            return Err(RestoreError::NoSuchPartition {
                topic: topic.to_owned(),
                partition,
            });
        };
        if !(0..=OFFSET_MAX).contains(&state.next_offset) || next != 0 {
            return Err(RestoreError::BadOffset {
                topic: topic.to_owned(),
                partition,
                offset: state.next_offset,
            });
        }
        let stages = match log {
            Log::Ticks => markets[partition as usize].stages.iter_mut(),
            Log::Inbox => std::slice::from_mut(&mut risks[partition as usize]).iter_mut(),
        };
        for stage in stages {
            let saved = state.stages.iter().find(|(name, _)| name == stage.name());
            let (_, snapshot) = saved.ok_or_else(|| RestoreError::MissingStage {
                topic: topic.to_owned(),
                partition,
                stage: stage.name(),
            })?;
            stage.restore(snapshot)?;
        }
        places.taken(log, partition, state.next_offset - 1);
    }
    Ok(())
}
