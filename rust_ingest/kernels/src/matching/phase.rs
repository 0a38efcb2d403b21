//! Open, call, halted, closed.

use super::codes::Phase;
use super::command::Command;
use super::engine::MatchingEngine;
use super::event::{Event, EventKind};
use super::rejection::Rejection;

impl MatchingEngine {
    pub(super) fn change_phase(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let phase = Phase::try_from(command.phase)?;
        self.advance(command, events)?;
        match phase {
            Phase::Open => self.uncross(events),
            Phase::Closed => self.end_day(events),
            Phase::Call | Phase::Halted => {}
        }
        self.phase = phase;
        let event = Event {
            quantity: phase as i64,
            ..Event::of_market(EventKind::PhaseChanged)
        };
        self.journal.say(events, event);
        self.trigger_stops(events);
        Ok(())
    }
}
