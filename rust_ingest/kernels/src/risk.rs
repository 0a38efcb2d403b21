//! risk.inbox -> risk.decisions, execution.orders: one decision per signal, one order per accepted signal; and
//! what closes a position at its stop, its target or its time (`legs`). For a strategy that quotes, orders on both sides
//! (`quoting`).
//!
//! The partition's order is the order of events: a signal is judged by the marks, fills and commands before it. Every
//! number comes from the log; the clock is the newest receive time among marks, signals and reports (not commands: an
//! operator's wrong clock must not make every price stale).

use std::collections::BTreeMap;

use contracts::{Control, ExecutionReport, Kind, Mark, MarkState, Record, RiskState, SchemaIds, Signal, encode};
use serde::Deserialize;

use crate::account::Account;
use crate::checked::{in_time, positive};
use crate::checks::{Asks, check};
use crate::closing::close_reached;
use crate::commands::obey;
use crate::config::parse;
use crate::decide::decide;
use crate::holding::{Holding, check_scale};
use crate::legs::Leg;
use crate::quotes::Quote;
use crate::quoting::{take_end, take_terms};
use crate::reports::{effect, is_repeat};
use crate::scale::Scale;
use crate::snapshot::open;
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

/// Limits are commands in the log, so that they are as of their moment in a replay: there is nothing to configure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

#[derive(Default)]
pub(crate) struct Risk {
    clock_ns: i64,
    accounts: BTreeMap<String, Account>,
}

impl Risk {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let Config {} = parse(config)?;
        Ok(Box::new(Self::default()))
    }

    /// Moves the clock on; a time that cannot be is not a time.
    fn see(&mut self, receive_ns: i64) {
        if in_time("receive_ns", receive_ns).is_ok() {
            self.clock_ns = self.clock_ns.max(receive_ns);
        }
    }

    fn account(&mut self, name: &str) -> &mut Account {
        if !self.accounts.contains_key(name) {
            self.accounts.insert(name.to_owned(), Account::default());
        }
        self.accounts.get_mut(name).expect("inserted above")
    }

    fn holding(&self, account: &str, venue: &str, instrument: &str) -> Option<&Holding> {
        self.accounts
            .get(account)
            .and_then(|account| account.holdings.get(venue, instrument))
    }

    fn on_mark(&mut self, mark: &Mark<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        positive("price", mark.price)?;
        in_time("receive_ns", mark.receive_ns)?;
        let scale = Scale::new(mark.price_exponent, mark.quantity_exponent);
        let known = self.holding(mark.account, mark.venue, mark.instrument);
        check_scale(known, scale, mark.venue, mark.instrument)?;
        self.see(mark.receive_ns);
        let clock_ns = self.clock_ns;
        let account = self.account(mark.account);
        let holdings = &mut account.holdings;
        let holding = holdings.get_or_insert(mark.venue, mark.instrument, || Holding::new(scale));
        holding.mark = Some(MarkState {
            price: mark.price,
            event_ns: mark.event_ns,
            receive_ns: mark.receive_ns,
        });
        close_reached(account, mark, clock_ns, emit);
        Ok(())
    }

    fn on_signal(&mut self, signal: &Signal<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let clock_before_ns = self.clock_ns;
        self.see(signal.receive_ns);
        if signal.half_spread.is_some() {
            take_terms(self.accounts.get_mut(signal.account), signal, self.clock_ns, emit);
            return Ok(());
        }
        let account = self.accounts.get(signal.account);
        let checks = check(account, signal, self.clock_ns, Asks::Anything);
        let decided = decide(self.accounts.get_mut(signal.account), signal, checks, None, emit);
        let order_id = decided.inspect_err(|_| self.clock_ns = clock_before_ns)?;
        if let Some(id) = order_id {
            self.account(signal.account).legs.add(Leg::of(signal, id));
        }
        Ok(())
    }

    fn on_report(&mut self, report: &ExecutionReport<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let known = self.accounts.get(report.account);
        if is_repeat(known, report) {
            return Ok(());
        }
        let effect = effect(known, report)?;
        self.see(report.receive_ns);
        for letter in &effect.letters {
            emit.dead_letter(letter);
        }
        let clock_ns = self.clock_ns;
        let account = self.account(report.account);
        effect.apply(account);
        take_end(account, report.account, report.client_order_id, clock_ns, emit);
        Ok(())
    }

    fn on_control(&mut self, control: &Control<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let account = obey(self.accounts.get(control.account), control, emit)?;
        self.accounts.insert(control.account.to_owned(), account);
        Ok(())
    }
}

impl Kernel for Risk {
    fn reads(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Signal | Kind::Mark | Kind::ExecutionReport | Kind::Control)
    }

    fn on_record(&mut self, _cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::Signal(signal) => self.on_signal(signal, emit),
            Record::Mark(mark) => self.on_mark(mark, emit),
            Record::ExecutionReport(report) => self.on_report(report, emit),
            Record::Control(control) => self.on_control(control, emit),
            _ => Ok(()),
        }
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let accounts = self.accounts.iter().map(|(name, account)| account.state(name));
        let legs = self.accounts.iter();
        let legs = legs.flat_map(|(name, account)| account.legs.iter().map(|leg| leg.state(name)));
        let quotes = self.accounts.iter();
        let quotes = quotes.flat_map(|(name, account)| account.quotes.iter().map(|quote| quote.state(name)));
        let state = RiskState {
            clock_ns: self.clock_ns,
            accounts: accounts.collect(),
            legs: legs.collect(),
            quotes: quotes.collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::RiskState)? {
            Record::RiskState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::RiskState, other.kind())),
        };
        self.clock_ns = state.clock_ns;
        let accounts = state.accounts.iter();
        self.accounts = accounts
            .map(|account| (account.account.to_owned(), Account::restored(account)))
            .collect();
        for leg in &state.legs {
            self.account(leg.account).legs.add(Leg::restored(leg));
        }
        for quote in &state.quotes {
            self.account(quote.account).quotes.add(Quote::restored(quote));
        }
        Ok(())
    }
}
