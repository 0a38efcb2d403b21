//! risk.inbox -> risk.decisions, execution.orders: one decision per signal, one order per accepted signal.
//!
//! The partition's order is the order of events: a signal is judged by the marks, fills and commands before it. Every
//! number comes from the log; the clock is the newest receive time among marks, signals and reports (not commands: an
//! operator's wrong clock must not make every price stale).

use std::collections::BTreeMap;

use contracts::{
    Control, Decision, ExecutionReport, Kind, Mark, MarkState, New, Record, RiskState, SchemaIds, Signal, Verdict,
    encode,
};
use serde::Deserialize;

use crate::account::Account;
use crate::checked::{in_time, positive};
use crate::checks::{check, order_price};
use crate::commands::obey;
use crate::config::parse;
use crate::holding::{Holding, check_scale};
use crate::orders::Order;
use crate::reports::{effect, is_repeat};
use crate::scale::Scale;
use crate::snapshot::open;
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

/// Venues take client ids of at most 36 characters (Binance: `^[\.A-Z\:/a-z0-9_-]{1,36}$`).
const CLIENT_ID_LENGTH_MAX: usize = 36;

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

    fn on_mark(&mut self, mark: &Mark<'_>) -> Result<(), Refusal> {
        positive("price", mark.price)?;
        in_time("receive_ns", mark.receive_ns)?;
        let scale = Scale::new(mark.price_exponent, mark.quantity_exponent);
        let known = self.holding(mark.account, mark.venue, mark.instrument);
        check_scale(known, scale, mark.venue, mark.instrument)?;
        self.see(mark.receive_ns);
        let holdings = &mut self.account(mark.account).holdings;
        let holding = holdings.get_or_insert(mark.venue, mark.instrument, || Holding::new(scale));
        holding.mark = Some(MarkState {
            price: mark.price,
            event_ns: mark.event_ns,
            receive_ns: mark.receive_ns,
        });
        Ok(())
    }

    fn on_signal(&mut self, signal: &Signal<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let clock_before_ns = self.clock_ns;
        self.see(signal.receive_ns);
        let account = self.accounts.get_mut(signal.account);
        let checks = check(account.as_deref(), signal, self.clock_ns);
        let accepted = checks.iter().all(|check| check.passed);
        // The order follows its decision, so it has the next index.
        let order = account.filter(|_| accepted).and_then(|account| {
            let log_id = account.log_id.as_deref()?;
            let origin = emit.next_origin();
            let index = origin.index + 1;
            let id = format!("tf-{log_id}-{}-{}-{index}", origin.partition, origin.offset);
            Some((account, id, order_price(signal)?))
        });
        if let Some((_, id, _)) = &order
            && id.len() > CLIENT_ID_LENGTH_MAX
        {
            self.clock_ns = clock_before_ns;
            return Err(Refusal::ClientIdTooLong {
                client_order_id: id.clone(),
            });
        }
        let client_order_id = order.as_ref().map(|(_, id, _)| id.as_str());
        emit.send(|origin| Decision {
            origin,
            account: signal.account,
            strategy: signal.strategy,
            venue: signal.venue,
            instrument: signal.instrument,
            price_exponent: signal.price_exponent,
            quantity_exponent: signal.quantity_exponent,
            signal: signal.origin,
            event_ns: signal.event_ns,
            receive_ns: signal.receive_ns,
            verdict: if accepted { Verdict::Accepted } else { Verdict::Rejected },
            checks,
            client_order_id,
            side: signal.side,
            quantity: signal.quantity,
            price: signal.price,
        });
        if let Some((account, client_order_id, price)) = order {
            send_order(signal, &client_order_id, emit);
            account.orders.put(new_order(signal, client_order_id, price), false);
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
        effect.apply(self.account(report.account));
        Ok(())
    }

    fn on_control(&mut self, control: &Control<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let account = obey(self.accounts.get(control.account), control, emit)?;
        self.accounts.insert(control.account.to_owned(), account);
        Ok(())
    }
}

fn send_order(signal: &Signal<'_>, client_order_id: &str, emit: &mut Emit<'_>) {
    emit.send(|origin| New {
        origin,
        account: signal.account,
        strategy: signal.strategy,
        client_order_id,
        venue: signal.venue,
        instrument: signal.instrument,
        price_exponent: signal.price_exponent,
        quantity_exponent: signal.quantity_exponent,
        side: signal.side,
        order_type: signal.order_type,
        time_in_force: signal.time_in_force,
        quantity: signal.quantity,
        price: signal.price,
        reference_price: signal.reference_price,
        signal: signal.origin,
        event_ns: signal.event_ns,
        receive_ns: signal.receive_ns,
    });
}

fn new_order(signal: &Signal<'_>, client_order_id: String, price: i64) -> Order {
    Order {
        client_order_id,
        venue: signal.venue.to_owned(),
        instrument: signal.instrument.to_owned(),
        side: signal.side,
        quantity: signal.quantity,
        filled_quantity: 0,
        price,
        report_index: -1,
    }
}

impl Kernel for Risk {
    fn reads(&self, kind: Kind) -> bool {
        matches!(kind, Kind::Signal | Kind::Mark | Kind::ExecutionReport | Kind::Control)
    }

    fn on_record(&mut self, _cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::Signal(signal) => self.on_signal(signal, emit),
            Record::Mark(mark) => self.on_mark(mark),
            Record::ExecutionReport(report) => self.on_report(report, emit),
            Record::Control(control) => self.on_control(control, emit),
            _ => Ok(()),
        }
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let accounts = self.accounts.iter().map(|(name, account)| account.state(name));
        let state = RiskState {
            clock_ns: self.clock_ns,
            accounts: accounts.collect(),
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
        Ok(())
    }
}
