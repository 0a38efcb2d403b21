//! Which of several ingestors with symbols in common begins. No I/O: what the others' claims say is handed in.
//!
//! Each says first that it asks, and looks at the others then; so of two that ask at the same time at least one sees the other. Who sees
//! one asking whose name comes before its own gives way; who sees one behind waits until that has decided, since it may have looked
//! before. One that has begun is never asked to leave. A claim that was not renewed for a lease is a dead one's.

use std::collections::BTreeMap;
use std::time::Duration;

use tapelog::Note;

/// What an ingestor says of itself while it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: others do not see it.
    Aside,
    /// That it asks.
    Asking,
}

/// What is to be done after a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nobody is in the way: who stood aside may ask, and who asked begins.
    Clear,
    /// Look again soon.
    Wait,
    /// Another goes first: stand aside.
    GiveWay,
    /// This one has begun, and is alive.
    Taken { name: String },
    /// This one's holder cannot act any more, if the note is still its last. Take its claim, lest it wakes up.
    Dead { name: String, note: Note },
}

/// The others, as they were seen so far.
pub struct Contest {
    own: String,
    lease: Duration,
    seen: BTreeMap<String, Sight>,
}

struct Sight {
    note: Note,
    /// When the note was first seen.
    since: Duration,
    /// Another note was seen before.
    is_renewed: bool,
}

impl Contest {
    /// `own`: the name of the own claim. `lease`: how long after the beginning of its last renewal a holder may act.
    pub fn new(own: &str, lease: Duration) -> Self {
        Self {
            own: own.to_owned(),
            lease,
            seen: BTreeMap::new(),
        }
    }

    /// `now`: by a steady clock. `others`: the claims with symbols in common, as they were read behind the own last renewal.
    pub fn look(&mut self, now: Duration, standing: Standing, others: BTreeMap<String, Note>) -> Finding {
        self.see(now, others);
        let is_dead = |sight: &Sight| now.saturating_sub(sight.since) >= self.lease;
        if let Some((name, _)) = self.find(|_, sight| sight.is_renewed && !sight.note.is_asking && !is_dead(sight)) {
            return Finding::Taken { name };
        }
        if let Some((name, note)) = self.find(|_, sight| is_dead(sight)) {
            return Finding::Dead { name, note };
        }
        let first = self.find(|name, sight| sight.note.is_asking && name < self.own.as_str());
        let begun = self.find(|_, sight| !sight.note.is_asking);
        match standing {
            Standing::Asking if first.is_some() => Finding::GiveWay,
            Standing::Asking if self.seen.is_empty() => Finding::Clear,
            Standing::Aside if first.is_none() && begun.is_none() => Finding::Clear,
            Standing::Asking | Standing::Aside => Finding::Wait,
        }
    }

    fn see(&mut self, now: Duration, others: BTreeMap<String, Note>) {
        self.seen.retain(|name, _| others.contains_key(name));
        for (name, note) in others {
            let before = self.seen.get(&name);
            if before.is_none_or(|sight| sight.note != note) {
                let is_renewed = before.is_some();
                self.seen.insert(
                    name,
                    Sight {
                        note,
                        since: now,
                        is_renewed,
                    },
                );
            }
        }
    }

    fn find(&self, is_it: impl Fn(&str, &Sight) -> bool) -> Option<(String, Note)> {
        let mut seen = self.seen.iter();
        seen.find(|(name, sight)| is_it(name, sight))
            .map(|(name, sight)| (name.clone(), sight.note.clone()))
    }
}

#[cfg(test)]
mod tests;
