//! One symbol's engine: judges commands, and hands each to the rule that is its own.

use super::auction::Candidate;
use super::book::Book;
use super::codes::{Action, Kind, Phase, Side};
use super::command::Command;
use super::event::{Event, EventKind};
use super::journal::{Journal, TradedRange};
use super::ladder::ANY_KEY;
use super::order::{Handle, Order};
use super::rejection::Rejection;
use super::rules::{BadRules, Bands, Rules};
use super::step::Step;

/// The order book of one symbol, by the rules of `docs/matching.md`. No clock: time comes with each command.
#[derive(Debug)]
pub struct MatchingEngine {
    pub(super) tick: Step,
    pub(super) lot: Step,
    pub(super) bands: Bands,
    pub(super) phase: Phase,
    /// Price of the last trade, 0 before the first.
    pub(super) last_price: i64,
    /// Of the order accepted last.
    pub(super) entry: u64,
    pub(super) journal: Journal,
    pub(super) book: Book,
    /// What the command at work has traded and has not yet triggered stops.
    pub(super) traded: TradedRange,
    /// Room that is kept, so that nothing is allocated: empty between commands.
    pub(super) triggered: Vec<Handle>,
    pub(super) by_entry: Vec<(u64, Handle)>,
    pub(super) candidates: Vec<Candidate>,
}

impl MatchingEngine {
    /// An empty book, open.
    pub fn new(rules: Rules) -> Result<Self, BadRules> {
        let bands = rules.check()?;
        Ok(Self {
            tick: Step::new(rules.tick_size),
            lot: Step::new(rules.lot_size),
            bands,
            phase: Phase::Open,
            last_price: rules.last_price,
            entry: 0,
            journal: Journal {
                sequence: 0,
                time_ns: 0,
            },
            book: Book::new(),
            traded: TradedRange::NOTHING,
            triggered: Vec::new(),
            by_entry: Vec::new(),
            candidates: Vec::new(),
        })
    }

    /// Does what is asked and appends what happens. After a rejection nothing has changed but the time, and what expired by it.
    pub fn apply(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let action = Action::try_from(command.action)?;
        match action {
            Action::New => self.new_order(command, events),
            Action::Cancel => self
                .advance(command, events)
                .and_then(|()| self.cancel(command, events)),
            Action::Replace => self
                .advance(command, events)
                .and_then(|()| self.replace(command, events)),
            Action::Reduce => self
                .advance(command, events)
                .and_then(|()| self.reduce(command, events)),
            Action::MassCancel => self.mass_cancel(command, events),
            Action::Phase => self.change_phase(command, events),
            Action::Bands => self
                .advance(command, events)
                .and_then(|()| self.change_bands(command, events)),
            Action::Time => self.advance(command, events),
        }
    }

    /// Applies all, in order; appends for each command 0, or why it was rejected.
    pub fn apply_all(&mut self, commands: &[Command], events: &mut Vec<Event>, codes: &mut Vec<u8>) {
        codes.reserve(commands.len());
        for command in commands {
            codes.push(self.apply(command, events).err().map_or(0, Rejection::code));
        }
    }

    /// The engine's time becomes the command's, and what ends by it expires.
    #[inline]
    pub(super) fn advance(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        if command.time_ns < self.journal.time_ns {
            return Err(Rejection::TimeBackwards);
        }
        self.journal.time_ns = command.time_ns;
        if self.book.expiries.is_due(command.time_ns) {
            self.expire(events);
        }
        Ok(())
    }

    /// The live order that a command names, if it is its owner's.
    #[inline]
    pub(super) fn own_order(&self, command: &Command) -> Result<Handle, Rejection> {
        let handle = self.book.find(command.order_id).ok_or(Rejection::UnknownOrder)?;
        match self.book.slab.get(handle).owner == command.owner {
            true => Ok(handle),
            false => Err(Rejection::WrongOwner),
        }
    }

    /// New and replace are taken only while orders come in.
    #[inline]
    pub(super) fn check_phase(&self) -> Result<(), Rejection> {
        match self.phase {
            Phase::Open | Phase::Call => Ok(()),
            Phase::Halted => Err(Rejection::Halted),
            Phase::Closed => Err(Rejection::Closed),
        }
    }

    /// Whether a side can have so much more open, an order's `instead_of` gone.
    #[inline]
    pub(super) fn check_overflow(&self, side: Side, open: i64, instead_of: i64) -> Result<(), Rejection> {
        let others = self.book.side(side).open - instead_of;
        others.checked_add(open).map(|_| ()).ok_or(Rejection::Overflow)
    }

    pub(super) fn check_trigger(&self, side: Side, stop_price: i64) -> Result<(), Rejection> {
        let last = self.last_price;
        match last != 0 && (TradedRange { low: last, high: last }).reaches(side, stop_price) {
            true => Err(Rejection::WouldTrigger),
            false => Ok(()),
        }
    }

    /// Whether an order that goes so far would meet another now.
    #[inline]
    pub(super) fn crosses(&self, side: Side, limit_key: i64) -> bool {
        self.phase == Phase::Open && self.book.side(side.opposite()).resting.best_key() >= limit_key
    }

    /// How far an order goes, in keys of the other side. Its own key is the negative.
    #[inline]
    pub(super) fn limit_key(&self, order: &Order) -> i64 {
        match (order.kind, order.side()) {
            (Kind::Market, Side::Buy) if self.bands.high == 0 => ANY_KEY,
            (Kind::Market, Side::Buy) => -self.tick.floor(self.bands.high),
            (Kind::Market, Side::Sell) if self.bands.low == 0 => ANY_KEY,
            (Kind::Market, Side::Sell) => self.tick.ceil(self.bands.low),
            (_, side) => facing_key(side, self.tick.exact(order.price)),
        }
    }

    fn change_bands(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let (low, high) = (command.price, command.stop_price);
        self.bands = Bands::new(low, high).ok_or(Rejection::BadPrice)?;
        let event = Event {
            price: low,
            other: high.cast_unsigned(),
            ..Event::of_market(EventKind::BandsChanged)
        };
        self.journal.say(events, event);
        Ok(())
    }
}

/// A price in keys of the side that faces an order of this side: higher keys are better for it. Stops of a side stand by
/// the same key: the first is the one that the smallest move triggers.
#[inline]
pub(super) fn facing_key(side: Side, ticks: i64) -> i64 {
    match side {
        Side::Buy => -ticks,
        Side::Sell => ticks,
    }
}
