//! Columns of ticks of one instrument into bars, in one call: by the kernel of stage bars, so that they are those that a
//! flow writes which reads the same ticks from offset 0 on.

use contracts::{Bar, Batch, Entry, Origin, Quote, Record, SchemaIds, Side, Topic, Trade, decode};

use crate::bars::Bars;
use crate::emit::Context;
use crate::{Emit, Partitions, Position, Refusal, Scale, StageError};

/// What a refusal calls them.
const VENUE: &str = "these";
const INSTRUMENT: &str = "ticks";

/// Of one length; prices and quantities in units of the scale.
#[derive(Debug, Clone, Copy)]
pub struct TickColumns<'c> {
    pub scale: Scale,
    pub event_ns: &'c [i64],
    pub ticks: Ticks<'c>,
}

#[derive(Debug, Clone, Copy)]
pub enum Ticks<'c> {
    Trades {
        price: &'c [i64],
        quantity: &'c [i64],
        /// Whether the aggressor bought; without it all have sold.
        bought: Option<&'c [bool]>,
    },
    Quotes {
        bid_price: &'c [i64],
        bid_quantity: &'c [i64],
        ask_price: &'c [i64],
        ask_quantity: &'c [i64],
    },
}

/// A tick that the flow would write to `ops.dead_letters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTick {
    pub row: usize,
    pub refusal: Refusal,
}

/// Calls `take` for every bar, in the order in which the flow writes them; offsets are rows.
///
/// # Errors
/// The configuration is none of stage bars; or, inside, a tick is refused: the bars before it were taken.
///
/// # Panics
/// If columns are of different lengths.
pub fn named_bars(
    config_json: &str,
    columns: &TickColumns<'_>,
    mut take: impl FnMut(&Bar<'_>),
) -> Result<Result<(), RefusedTick>, StageError> {
    let stage = "bars";
    let kernel = Bars::make(config_json);
    let mut kernel = kernel.map_err(|error| StageError::Config { stage, error })?;
    let ids = SchemaIds::embedded();
    let context = Context {
        stage,
        ids: ids.clone(),
        partitions: Partitions::declared(),
    };
    let mut made = Batch::default();
    for row in 0..columns.event_ns.len() {
        let cause = Position {
            partition: 0,
            offset: row as i64,
        };
        let mut emit = Emit {
            context: &context,
            cause,
            next_index: &mut 0,
            input: unwritten(cause),
            output: &mut made,
        };
        if let Err(refusal) = kernel.on_record(cause, &columns.record(row), &mut emit) {
            return Ok(Err(RefusedTick { row, refusal }));
        }
        for entry in made.iter() {
            match decode(&ids, entry.value) {
                Ok(Record::Bar(bar)) => take(&bar),
                other => unreachable!("of a tick the kernel makes bars: {other:?}"),
            }
        }
        made.clear();
    }
    Ok(Ok(()))
}

impl<'c> TickColumns<'c> {
    fn record(&self, row: usize) -> Record<'c> {
        let (event_ns, id) = (self.event_ns[row], row as i64);
        let Scale {
            price_exponent,
            quantity_exponent,
        } = self.scale;
        match self.ticks {
            Ticks::Trades {
                price,
                quantity,
                bought,
            } => Record::Trade(Trade {
                venue: VENUE,
                instrument: INSTRUMENT,
                price_exponent,
                quantity_exponent,
                event_ns,
                publish_ns: event_ns,
                receive_ns: event_ns,
                trade_id: id,
                price: price[row],
                quantity: quantity[row],
                aggressor: match bought.is_some_and(|bought| bought[row]) {
                    true => Side::Buy,
                    false => Side::Sell,
                },
                trade_type: "",
                flags: 0,
            }),
            Ticks::Quotes {
                bid_price,
                bid_quantity,
                ask_price,
                ask_quantity,
            } => Record::Quote(Quote {
                venue: VENUE,
                instrument: INSTRUMENT,
                price_exponent,
                quantity_exponent,
                event_ns: Some(event_ns),
                publish_ns: Some(event_ns),
                receive_ns: event_ns,
                update_id: id,
                bid_price: bid_price[row],
                bid_quantity: bid_quantity[row],
                ask_price: ask_price[row],
                ask_quantity: ask_quantity[row],
                flags: 0,
            }),
        }
    }
}

/// What stands for a tick that is in no log: only a dead letter would show it.
fn unwritten(at: Position) -> Entry<'static> {
    Entry {
        topic: Topic::named("market.ticks").expect("a topic of topics.toml"),
        partition: at.partition,
        offset: at.offset,
        timestamp_ms: -1,
        produced_ns: None,
        origin: Origin {
            partition: at.partition,
            offset: at.offset,
            index: 0,
        },
        key: &[],
        value: &[],
    }
}
