//! An operator's commands to the risk desk.
//!
//! - `open` names the log for the account's client ids, once: a second name would let an id stand for two orders.
//! - `limits` replaces all five limits of one instrument at once: a limit left out is a mistake, not "no limit".
//! - `kill` rejects further signals and cancels each open order, in the order in which they were made; a second kill cancels again.
//! - `resume` ends a kill.

use contracts::{Cancel, Command, Control, LimitsState};

use crate::account::Account;
use crate::checked::not_negative;
use crate::holding::{Holding, check_scale};
use crate::scale::Scale;
use crate::{Emit, Refusal};

const LOG_ID_LENGTH: usize = 8;

/// Applies a command to the account, which is `None` if nothing is known of it yet; returns the account as it then is.
pub(crate) fn obey(known: Option<&Account>, control: &Control<'_>, emit: &mut Emit<'_>) -> Result<Account, Refusal> {
    let mut account = known.cloned().unwrap_or_default();
    match control.command {
        Command::Open => account.log_id = Some(log_id(&account, control)?.to_owned()),
        Command::Limits => set_limits(&mut account, control)?,
        Command::Kill => {
            account.killed = true;
            for order in &account.orders.open {
                emit.send(|origin| Cancel {
                    origin,
                    account: control.account,
                    client_order_id: &order.client_order_id,
                    venue: &order.venue,
                    instrument: &order.instrument,
                    reason: control.reason,
                    event_ns: control.event_ns,
                });
            }
        }
        Command::Resume => account.killed = false,
    }
    Ok(account)
}

fn log_id<'c>(account: &Account, control: &Control<'c>) -> Result<&'c str, Refusal> {
    let well_formed = |id: &&str| id.len() == LOG_ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let log_id = control.log_id.filter(well_formed).ok_or(Refusal::BadControl {
        problem: "open needs a log_id of eight letters and digits",
    })?;
    match account.log_id.as_deref() {
        Some(known) if known != log_id => Err(Refusal::LogIdChanged {
            account: control.account.to_owned(),
            log_id: log_id.to_owned(),
            known: known.to_owned(),
        }),
        _ => Ok(log_id),
    }
}

fn set_limits(account: &mut Account, control: &Control<'_>) -> Result<(), Refusal> {
    if control.venue.is_empty() || control.instrument.is_empty() {
        return Err(Refusal::BadControl {
            problem: "limits need a venue and an instrument",
        });
    }
    let limits = limits(control).ok_or(Refusal::BadControl {
        problem: "limits need all five: max_order_quantity, max_position, max_order_notional, max_gross_notional, \
                  max_price_age_ns",
    })?;
    not_negative("max_order_quantity", limits.max_order_quantity)?;
    not_negative("max_position", limits.max_position)?;
    not_negative("max_order_notional", limits.max_order_notional)?;
    not_negative("max_gross_notional", limits.max_gross_notional)?;
    not_negative("max_price_age_ns", limits.max_price_age_ns)?;
    let scale = Scale::new(control.price_exponent, control.quantity_exponent);
    let known = account.holdings.get(control.venue, control.instrument);
    check_scale(known, scale, control.venue, control.instrument)?;
    let holdings = &mut account.holdings;
    let holding = holdings.get_or_insert(control.venue, control.instrument, || Holding::new(scale));
    holding.limits = Some(limits);
    Ok(())
}

fn limits(control: &Control<'_>) -> Option<LimitsState> {
    Some(LimitsState {
        max_order_quantity: control.max_order_quantity?,
        max_position: control.max_position?,
        max_order_notional: control.max_order_notional?,
        max_gross_notional: control.max_gross_notional?,
        max_price_age_ns: control.max_price_age_ns?,
    })
}
