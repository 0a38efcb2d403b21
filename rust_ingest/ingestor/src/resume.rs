//! What the log already holds of an instrument: its exponents, which never change, and its last numbers.

use std::ops::Range;
use std::time::{Duration, Instant};

use contracts::{Batch, Kind, Record, SchemaIds, Topic};
use tapelog::{Inspector, LogConfig, PartitionReader, ReadError, Start};
use venues::dialect::QuoteTimes;

use crate::session::LastIds;

/// Records read back from a partition's end. An instrument that is alive has a heartbeat each second there.
pub const TAIL_RECORDS: i64 = 20_000;
const BATCH_RECORDS: usize = 10_000;
const WAIT: Duration = Duration::from_millis(200);
const SILENT_MAX: Duration = Duration::from_secs(30);

/// What the end of a partition says of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// The whole partition was read: the instrument was never written.
    None,
    /// Not among the last records; older ones were not read.
    Unknown,
    Known {
        price_exponent: i32,
        quantity_exponent: i32,
        last: LastIds,
        /// Which of the venue's times its newest quote bears, if one is there.
        quote_times: Option<QuoteTimes>,
    },
}

/// The last records of a partition of `market.ticks`.
#[derive(Debug)]
pub struct Tail {
    batches: Vec<Batch>,
    is_whole: bool,
}

impl Tail {
    /// Reads the last `records` of `ticks[partition]`. Waits up to 30 s for the broker.
    pub fn read(config: &LogConfig, ticks: &'static Topic, partition: i32, records: i64) -> Result<Self, ReadError> {
        let marks = Inspector::new(config)?.watermarks(ticks, partition)?;
        let start = marks.low.max(marks.high - records);
        Ok(Self {
            batches: read_stretch(config, ticks, partition, start..marks.high)?,
            is_whole: start == 0,
        })
    }

    /// What it says of `instrument` at `venue`.
    pub fn of(&self, ids: &SchemaIds, venue: &str, instrument: &str) -> Past {
        let mut past = if self.is_whole { Past::None } else { Past::Unknown };
        let entries = self.batches.iter().flat_map(Batch::iter);
        for entry in entries.filter(|entry| entry.key == instrument.as_bytes()) {
            // Only these kinds are of use here; what is not ours to read was not written by us.
            let Ok(opened) = ids.open(entry.value) else { continue };
            let (Kind::Instrument | Kind::Trade | Kind::Quote | Kind::BookDelta | Kind::BookSnapshot) = opened.kind
            else {
                continue;
            };
            let Ok(record) = opened.decode() else { continue };
            let (mut last, mut quote_times) = match past {
                Past::Known { last, quote_times, .. } => (last, quote_times),
                Past::None | Past::Unknown => (LastIds::default(), None),
            };
            let (named, (price_exponent, quantity_exponent)) = match &record {
                Record::Instrument(r) => (r.venue, (r.price_exponent, r.quantity_exponent)),
                Record::Trade(r) => {
                    last.trade = last.trade.max(Some(r.trade_id));
                    (r.venue, (r.price_exponent, r.quantity_exponent))
                }
                Record::Quote(r) => {
                    last.quote = last.quote.max(Some(r.update_id));
                    quote_times = Some(QuoteTimes {
                        event: r.event_ns.is_some(),
                        publish: r.publish_ns.is_some(),
                    });
                    (r.venue, (r.price_exponent, r.quantity_exponent))
                }
                Record::BookDelta(r) => {
                    last.book = last.book.max(Some(r.final_update_id));
                    (r.venue, (r.price_exponent, r.quantity_exponent))
                }
                Record::BookSnapshot(r) => {
                    last.book = last.book.max(Some(r.final_update_id));
                    (r.venue, (r.price_exponent, r.quantity_exponent))
                }
                _ => continue,
            };
            if named == venue {
                past = Past::Known {
                    price_exponent,
                    quantity_exponent,
                    last,
                    quote_times,
                };
            }
        }
        past
    }
}

/// What stands at these offsets, and maybe records behind them. Waits up to 30 s for the broker.
pub(crate) fn read_stretch(
    config: &LogConfig,
    ticks: &'static Topic,
    partition: i32,
    offsets: Range<i64>,
) -> Result<Vec<Batch>, ReadError> {
    let mut batches = Vec::new();
    if offsets.is_empty() {
        return Ok(batches);
    }
    let reader = PartitionReader::open(config, ticks, partition, Start::Offset(offsets.start))?;
    let mut heard = Instant::now();
    while reader.position() < offsets.end {
        let batch = reader.next_batch(BATCH_RECORDS, WAIT)?;
        if !batch.is_empty() {
            heard = Instant::now();
            batches.push(batch);
        } else if heard.elapsed() > SILENT_MAX {
            return Err(ReadError::Unreachable {
                bootstrap: config.bootstrap().to_owned(),
                timeout_s: SILENT_MAX.as_secs(),
                reason: format!("{} of {}[{partition}] came", reader.position(), config.name_of(ticks)),
            });
        }
    }
    Ok(batches)
}
