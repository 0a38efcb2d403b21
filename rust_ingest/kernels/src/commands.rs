//! An operator's commands to the risk desk.
//!
//! - `open` names the log for the account's client ids, once: a second name would let an id stand for two orders.
//! - `limits` replaces all five limits of one instrument at once. One that is left out lets nothing through: it is 0,
//!   and the age of the mark -1.
//! - `kill` rejects further signals and cancels each open order, in the order in which they were made; a second kill
//!   cancels again. Quotes that wait for the end of others do not go out.
//! - `resume` ends a kill.
//! - `cancel` cancels one open order. It may be done before the venue hears of it: its reports tell.

use contracts::{Cancel, Command, Control, LimitsState};

use crate::account::Account;
use crate::checked::not_negative;
use crate::holding::{Holding, check_scale};
use crate::orders::Order;
use crate::scale::Scale;
use crate::{Emit, Refusal};

const LOG_ID_LENGTH: usize = 8;
/// Below every age, which is 0 at least.
const NO_AGE: i64 = -1;

/// Applies a command to the account, which is `None` if nothing is known of it yet; returns the account as it then is.
pub(crate) fn obey(known: Option<&Account>, control: &Control<'_>, emit: &mut Emit<'_>) -> Result<Account, Refusal> {
    let mut account = known.cloned().unwrap_or_default();
    match control.command {
        Command::Open => account.log_id = Some(log_id(&account, control)?.to_owned()),
        Command::Limits => set_limits(&mut account, control)?,
        Command::Kill => {
            account.killed = true;
            account.quotes.stop_waiting();
            for order in &account.orders.open {
                cancel(order, control, emit);
            }
        }
        Command::Resume => account.killed = false,
        Command::Cancel => cancel(open_order(&account, control)?, control, emit),
    }
    Ok(account)
}

fn cancel(order: &Order, control: &Control<'_>, emit: &mut Emit<'_>) {
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

fn open_order<'a>(account: &'a Account, control: &Control<'_>) -> Result<&'a Order, Refusal> {
    let is_asked = |order: &&Order| order.client_order_id == control.client_order_id;
    account.orders.open.iter().find(is_asked).ok_or(Refusal::BadControl {
        problem: "cancel needs the client_order_id of an open order of the account",
    })
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
    for (field, limit) in [
        ("max_order_quantity", control.max_order_quantity.map(i128::from)),
        ("max_position", control.max_position.map(i128::from)),
        ("max_order_notional", control.max_order_notional),
        ("max_gross_notional", control.max_gross_notional),
        ("max_price_age_ns", control.max_price_age_ns.map(i128::from)),
    ] {
        not_negative(field, limit.unwrap_or(0))?;
    }
    let scale = Scale::new(control.price_exponent, control.quantity_exponent);
    let known = account.holdings.get(control.venue, control.instrument);
    check_scale(known, scale, control.venue, control.instrument)?;
    let holdings = &mut account.holdings;
    let holding = holdings.get_or_insert(control.venue, control.instrument, || Holding::new(scale));
    holding.limits = Some(LimitsState {
        max_order_quantity: control.max_order_quantity.unwrap_or(0),
        max_position: control.max_position.unwrap_or(0),
        max_order_notional: control.max_order_notional.unwrap_or(0),
        max_gross_notional: control.max_gross_notional.unwrap_or(0),
        max_price_age_ns: control.max_price_age_ns.unwrap_or(NO_AGE),
    });
    Ok(())
}
