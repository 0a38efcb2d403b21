//! Invariant 3, the reader's half: a record whose origin is not past the last of its producer is a repeat.
//!
//! A writer that died may have had a request under way that lands after its successor read the tail; the successor then
//! writes the same records again. Dropping the repeat loses nothing.

use contracts::{Kind, Origin, SourceState, Topic};

/// The newest origin of each producer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repeats {
    /// By producer and partition.
    newest: Vec<(&'static str, Origin)>,
}

/// The stage that writes records of this kind into `topic` with ever increasing origins. Reports have an origin too, but
/// increase per order only: the kernel risk sees to them.
fn producer_of(topic: &Topic, kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Rollout => topic.kinds.iter().find_map(|kind| maker_of(*kind)),
        kind => maker_of(kind),
    }
}

fn maker_of(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Bar => Some("bars"),
        Kind::FeatureVector => Some("features"),
        Kind::Mark | Kind::Signal => Some("signals"),
        _ => None,
    }
}

impl Repeats {
    /// Notes the record; true if it was seen before.
    pub fn is_repeat(&mut self, topic: &Topic, kind: Kind, origin: Origin) -> bool {
        let Some(producer) = producer_of(topic, kind) else {
            return false;
        };
        let place = (producer, origin.partition);
        match self
            .newest
            .binary_search_by_key(&place, |(producer, origin)| (producer, origin.partition))
        {
            Ok(found) => {
                let newest = &mut self.newest[found].1;
                let repeat = origin <= *newest;
                *newest = origin.max(*newest);
                repeat
            }
            Err(at) => {
                self.newest.insert(at, (producer, origin));
                false
            }
        }
    }

    pub fn to_states(&self) -> Vec<SourceState<'static>> {
        let state = |(producer, origin): &(&'static str, Origin)| SourceState {
            producer,
            partition: origin.partition,
            offset: origin.offset,
            index: origin.index,
        };
        self.newest.iter().map(state).collect()
    }

    /// Producers that no kind has any more are forgotten.
    pub fn from_states(states: &[SourceState<'_>]) -> Self {
        let known = [Kind::Bar, Kind::FeatureVector, Kind::Signal].map(maker_of);
        let newest = states.iter().filter_map(|state| {
            let producer = known.into_iter().flatten().find(|name| *name == state.producer)?;
            let origin = Origin {
                partition: state.partition,
                offset: state.offset,
                index: state.index,
            };
            Some((producer, origin))
        });
        Self {
            newest: newest.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_producer_never_goes_back() {
        let at = |partition, offset, index| Origin {
            partition,
            offset,
            index,
        };
        let inbox = Topic::named("risk.inbox").unwrap();
        let mut repeats = Repeats::default();
        assert!(!repeats.is_repeat(inbox, Kind::Mark, at(1, 5, 0)));
        assert!(!repeats.is_repeat(inbox, Kind::Signal, at(1, 5, 1)));
        assert!(repeats.is_repeat(inbox, Kind::Signal, at(1, 5, 1)));
        assert!(repeats.is_repeat(inbox, Kind::Mark, at(1, 5, 0)));
        // Another tick partition is another producer.
        assert!(!repeats.is_repeat(inbox, Kind::Signal, at(0, 2, 0)));
        assert_eq!(Repeats::from_states(&repeats.to_states()), repeats);
    }
}
