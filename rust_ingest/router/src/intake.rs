//! From the records of `execution.orders` to the desk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use contracts::{Batch, Entry, Record, decode};
use tapelog::{ReadError, Reader};
use tokio::sync::mpsc;

use crate::desk::{Age, Desk, Trouble};
use crate::journal::Journal;
use crate::moment::Moment;

/// Orders come one by one; more than this are read only behind a backlog.
const BATCH: usize = 1_000;
const WAIT: Duration = Duration::from_millis(100);
const BATCHES_AHEAD: usize = 4;

/// Reads what comes, in a thread of its own, until `stop` is set or reading fails.
pub(crate) fn read(reader: Reader, stop: Arc<AtomicBool>) -> std::io::Result<mpsc::Receiver<Result<Batch, ReadError>>> {
    let (send, receive) = mpsc::channel(BATCHES_AHEAD);
    thread::Builder::new().name("orders".to_owned()).spawn(move || {
        while !stop.load(Ordering::Acquire) {
            let batch = reader.next_of_any(BATCH, WAIT);
            if batch.as_ref().is_ok_and(Batch::is_empty) {
                continue;
            }
            let is_last = batch.is_err();
            if send.blocking_send(batch).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(receive)
}

/// Hands one record to the desk. `is_new_letter`: whether a dead letter of it would be the first.
pub(crate) fn take(
    desk: &mut Desk,
    entry: &Entry<'_>,
    age: Age,
    is_new_letter: bool,
    now: Moment,
    journal: &mut Journal,
) {
    let ordered_ns = entry
        .produced_ns
        .unwrap_or(entry.timestamp_ms.saturating_mul(1_000_000));
    let trouble = match decode(journal.ids(), entry.value) {
        Ok(Record::New(order)) => desk.take_new(entry.origin, &order, ordered_ns, age, now, journal),
        Ok(Record::Cancel(cancel)) => desk.take_cancel(cancel.origin, cancel.client_order_id, now),
        Ok(Record::Modify(modify)) => desk.take_modify(modify.origin, modify.client_order_id, now),
        Ok(other) if is_new_letter => {
            let detail = format!("{} is no record of this topic", other.kind().name());
            journal.dead_letter(entry, "unexpected_kind", &detail);
            return;
        }
        Err(error) if is_new_letter => {
            journal.dead_letter(entry, "parse", &error.to_string());
            return;
        }
        Ok(_) | Err(_) => return,
    };
    if let Err(trouble) = trouble
        && is_new_letter
    {
        let reason = match trouble {
            Trouble::UnknownOrder(_) => "unknown_order",
            Trouble::RepeatedId(_) => "repeated_id",
        };
        journal.dead_letter(entry, reason, &trouble.to_string());
    }
}
