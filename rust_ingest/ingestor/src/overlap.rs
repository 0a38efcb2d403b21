//! The other ingestors of this log that would write some of the same symbols.
//!
//! Their lists are in the names of their claims, so the broker tells them all; [`Contest`] says what follows.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use contracts::Topic;
use tapelog::{Claim, LogConfig, Note};
use venues::venue::Venue;

use crate::claim::{LEASE, SoleWriter, name, nothing_read};
use crate::contest::{Contest, Finding, Standing};
use crate::error::IngestError;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The symbols as they are claimed: the same for all who would write the same records, as the readers of Kraken's two versions would.
pub fn claimed(venue: Venue, symbols: &[String]) -> Vec<String> {
    symbols.iter().map(|symbol| venue.one_name(symbol)).collect()
}

/// Takes the claim to these symbols, once no other list that has some of them is in the way: each of their records would be written
/// twice. Fails where an ingestor with such a list has begun and is alive.
pub fn take_claim(
    config: &LogConfig,
    venue: &'static str,
    symbols: &[String],
    ticks: &'static Topic,
) -> Result<SoleWriter, IngestError> {
    let own = name(venue, symbols);
    let mut others = Others {
        config,
        venue,
        symbols,
        ticks,
        contest: Contest::new(&own, LEASE),
        own: &own,
        start: Instant::now(),
        is_told: false,
    };
    loop {
        others.make_way(Standing::Aside)?;
        let mut writer = SoleWriter::take(config, venue, symbols, ticks)?;
        match others.make_way(Standing::Asking) {
            Ok(true) => {
                writer.begin();
                return Ok(writer);
            }
            Ok(false) => writer.give_back(),
            Err(error) => {
                writer.give_back();
                return Err(error);
            }
        }
    }
}

struct Others<'a> {
    config: &'a LogConfig,
    venue: &'static str,
    symbols: &'a [String],
    ticks: &'static Topic,
    own: &'a str,
    contest: Contest,
    start: Instant,
    /// That it waits for others was logged.
    is_told: bool,
}

impl Others<'_> {
    /// Waits until nobody is in the way; false where another goes first.
    fn make_way(&mut self, standing: Standing) -> Result<bool, IngestError> {
        loop {
            let notes = self.notes()?;
            match self.contest.look(self.start.elapsed(), standing, notes) {
                Finding::Clear => return Ok(true),
                Finding::GiveWay => return Ok(false),
                Finding::Wait => self.wait(),
                Finding::Taken { name } => return Err(self.taken(&name)),
                Finding::Dead { name, note } => self.bury(&name, &note)?,
            }
        }
    }

    fn notes(&self) -> Result<BTreeMap<String, Note>, IngestError> {
        let mut notes = BTreeMap::new();
        for other in Claim::named(self.config, &name(self.venue, &[]))? {
            if other != self.own
                && !self.shared_with(&other).is_empty()
                && let Some(note) = Claim::note_of(self.config, &other, self.ticks)?
            {
                notes.insert(other, note);
            }
        }
        Ok(notes)
    }

    fn wait(&mut self) {
        if !self.is_told {
            tracing::info!("a claim to some of these symbols was not given back: waiting whether its holder is alive");
            self.is_told = true;
        }
        thread::sleep(LOOK_EVERY);
    }

    /// Takes the claim of one that did not renew it, who would go on if he were only stopped, and gives it back.
    fn bury(&self, other: &str, note: &Note) -> Result<(), IngestError> {
        let claim = Claim::take(self.config, other)?;
        let last = Claim::note_of(self.config, other, self.ticks)?;
        if last.is_some_and(|last| last != *note) {
            tracing::info!("its holder was alive: waiting until it cannot write any more");
            thread::sleep(LEASE);
        }
        claim.give_back(&nothing_read(self.ticks))?;
        tracing::warn!(
            claim = other,
            "taken from an ingestor that did not renew it: it ends should it wake up"
        );
        Ok(())
    }

    fn taken(&self, other: &str) -> IngestError {
        IngestError::SymbolsTaken {
            venue: self.venue,
            shared: self.shared_with(other).join(","),
            theirs: self.list_of(other).to_owned(),
        }
    }

    fn shared_with(&self, other: &str) -> Vec<String> {
        shared(self.symbols, self.list_of(other))
    }

    fn list_of<'a>(&self, other: &'a str) -> &'a str {
        &other[name(self.venue, &[]).len()..]
    }
}

/// Those that both lists name.
fn shared(symbols: &[String], others: &str) -> Vec<String> {
    let is_there = |symbol: &&String| others.split(',').any(|other| other == *symbol);
    symbols.iter().filter(is_there).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(venue: &str, symbols: &[&str]) -> (&'static str, Vec<String>) {
        let venue = Venue::of_name(venue).unwrap();
        let symbols: Vec<String> = symbols.iter().copied().map(str::to_owned).collect();
        (venue.venue(), claimed(venue, &symbols))
    }

    #[test]
    fn lists_overlap_by_whole_names() {
        let symbols = ["BTCUSDT", "ETHUSDT"].map(str::to_owned);
        assert_eq!(shared(&symbols, "ETHUSDT,SOLUSDT"), ["ETHUSDT"]);
        assert!(shared(&symbols, "ETHUSDT_250328,SOLUSDT,USDT").is_empty());
    }

    #[test]
    fn who_would_write_the_same_records_has_the_same_claim() {
        let kraken = claim("kraken", &["XBT/USD", "XDG/USD"]);
        assert_eq!(kraken, ("kraken", vec!["BTC/USD".to_owned(), "DOGE/USD".to_owned()]));
        assert_eq!(claim("kraken_v2", &["BTC/USD", "DOGE/USD"]), kraken);
        assert_eq!(claim("truefx", &["EURUSD"]), claim("truefx", &["EUR/USD"]));
        assert_ne!(claim("binance", &["BTCUSDT"]), claim("binance_usdm", &["BTCUSDT"]));
        assert_ne!(claim("oanda", &["EUR_USD"]), claim("oanda_practice", &["EUR_USD"]));
    }
}
