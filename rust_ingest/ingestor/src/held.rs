//! What the log holds of a file's ticks: the end of each symbol's.

use contracts::{Batch, Entry, Record, SchemaIds, Topic};
use tapelog::{Inspector, LogConfig};

use crate::error::IngestError;
use crate::feed::passing::{Telling, Told};
use crate::resume::read_stretch;

/// As many records as are looked at in one go.
pub const BLOCK_RECORDS: i64 = 200_000;

/// A log that is asked for the ticks of a venue.
pub struct Held<'a> {
    pub config: &'a LogConfig,
    pub ids: &'a SchemaIds,
    pub ticks: &'static Topic,
    pub venue: &'static str,
    /// The partition is read backwards by so many, to where all are told, or to its beginning.
    pub block_records: i64,
}

impl Held<'_> {
    /// Of each of these instruments of a partition the ticks that tell its place in a file, oldest first. Fails where they would not
    /// tell it, since older ones are not kept.
    pub fn in_partition(&self, partition: i32, instruments: &[&str]) -> Result<Vec<Vec<Told>>, IngestError> {
        let marks = Inspector::new(self.config)?.watermarks(self.ticks, partition)?;
        let mut all: Vec<Telling> = instruments.iter().map(|_| Telling::default()).collect();
        let mut end = marks.high;
        while end > marks.low && !all.iter().all(Telling::is_enough) {
            let start = marks.low.max(end - self.block_records);
            let batches = read_stretch(self.config, self.ticks, partition, start..end)?;
            self.take(&batches, end, instruments, &mut all);
            end = start;
        }
        let cut = (end > 0)
            .then(|| all.iter().position(Telling::is_of_one_time))
            .flatten();
        if let Some(index) = cut {
            return Err(IngestError::TicksOfOneTime {
                instrument: instruments[index].to_owned(),
                partition,
                kept_from: marks.low,
            });
        }
        Ok(all.into_iter().map(Telling::told).collect())
    }

    /// Those before `end`, the newest first.
    fn take(&self, batches: &[Batch], end: i64, instruments: &[&str], all: &mut [Telling]) {
        let newest_first = batches
            .iter()
            .rev()
            .flat_map(|batch| (0..batch.len()).rev().map(|index| batch.get(index)));
        for entry in newest_first.filter(|entry| entry.offset < end) {
            let asked = instruments.iter().position(|one| entry.key == one.as_bytes());
            if let Some(index) = asked.filter(|index| !all[*index].is_enough())
                && let Some(told) = self.told(&entry)
            {
                all[index].take(told);
            }
        }
    }

    /// Time, bid and ask of a quote of the venue.
    fn told(&self, entry: &Entry<'_>) -> Option<Told> {
        match self.ids.open(entry.value).ok()?.decode().ok()? {
            Record::Quote(quote) if quote.venue == self.venue => {
                // A side without orders has 0 in a record.
                let price = |price: i64| (price != 0).then_some(price);
                Some((quote.event_ns, price(quote.bid_price), price(quote.ask_price)))
            }
            _ => None,
        }
    }
}
