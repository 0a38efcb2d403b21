//! From the command line to a running feed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use contracts::{Kind, SchemaIds, Topic};
use tapelog::{Inspector, LogConfig, registry};
use venues::dialect::Listing;
use venues::fixed::Scale;
use venues::symbols::Symbol;
use venues::venue::Venue;

use crate::capture::{Beginning, Begun, FrameLog, LogName, Loss, Place, Resumed};
use crate::cli::{Exponents, Options};
use crate::error::IngestError;
use crate::feed::clock::Clock;
use crate::feed::credentials::Credentials;
use crate::feed::endpoint::Endpoint;
use crate::feed::endpoints::Endpoints;
use crate::feed::passing::Passing;
use crate::feed::rest::Rest;
use crate::feed::stop::Stop;
use crate::feed::{Feed, FeedSettings, entropy};
use crate::held::{BLOCK_RECORDS, Held};
use crate::listing::listed;
use crate::metrics::start_put_off;
use crate::overlap::{claimed, take_claim};
use crate::partitions::Groups;
use crate::publisher::Publisher;
use crate::resume::{Past, TAIL_RECORDS, Tail};
use crate::session::{LastIds, Listed, Session};
use crate::stage::Stage;
use crate::status::StatusFile;
use crate::ticks::Series;

const STARTED_AGAIN: &str = "the ingestor started again; what the venue said in between is not known";

/// Runs until the process is told to stop.
pub fn run(options: &Options) -> Result<(), IngestError> {
    let done = listen(options);
    if let (Err(IngestError::Write(error)), Some(settings)) = (&done, options.frame_settings()) {
        // The next start must see it: in the topics it is a hole with records behind it.
        Loss::note(&settings.folder, error)?;
    }
    done
}

fn listen(options: &Options) -> Result<(), IngestError> {
    if options.redundant {
        // Before the claim: what is refused costs nobody else anything.
        Session::check_redundant(options.venue)?;
    }
    if let Some(point) = crash_points::arm()? {
        tracing::warn!(
            "{} is set: this ingestor ends itself at {}",
            crash_points::VARIABLE,
            point.name()
        );
    }
    telemetry::serve(options.metrics_listen)?;
    let stop = Stop::on_signals().map_err(IngestError::Runtime)?;
    let endpoints = endpoints(options)?;
    let credentials = credentials(options)?;
    let rest = rest(options, credentials.clone())?;
    let config = LogConfig::from_env(&options.bootstrap_servers, &options.topic_prefix)?;
    let ids = registry::schema_ids()?;
    // Before the claim: a folder that is in use must not cost its user the claim.
    let settings = options.frame_settings();
    let frames = settings
        .map(|settings| FrameLog::open(&settings, options.venue.name(), &config, &ids))
        .transpose()?;
    let tick_files = options.ticks.open()?;
    let live = options.live.start(&ids)?;
    // Before the log is read: nobody else adds to it from then on.
    let ticks = topic_of(Kind::Trade);
    let (venue, symbols) = (options.venue.venue(), claimed(options.venue, &options.symbols));
    let writer = take_claim(&config, venue, &symbols, ticks)?;
    let config = config.with_linger_us(options.linger_us);
    let mut publisher = Publisher::new(writer, config.clone(), live)?;
    let put_off = start_put_off(venue);
    if let Some(frames) = &frames {
        let recovered = frames.recovery().recover(&mut publisher, put_off)?;
        tracing::info!(folder = %frames.recovery().folder().display(), ?recovered, "frame log");
    }
    let file = endpoints.iter().find_map(|endpoint| match endpoint {
        Endpoint::File(path) => Some(path.as_path()),
        _ => None,
    });
    let Prepared { beginning, passing } = prepare(options, &config, rest.as_ref(), &ids, file)?;
    let ticks = tick_files
        .map(|files| files.start(&series(options.venue, &beginning)))
        .transpose()?;
    let mut clock = Clock::default();
    let stage = Stage::begin(beginning, ids, frames, publisher, ticks, clock.now_ns())?;
    let mut limits = options.venue.limits();
    limits.silence = options.stale_after.or(limits.silence);
    let settings = FeedSettings {
        endpoints,
        credentials,
        passing,
        limits,
        status_file: options.status_file.as_deref().map(StatusFile::at),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(IngestError::Runtime)?;
    stop.let_finish();
    let result = runtime.block_on(Feed::new(settings, stage, rest, clock).run(stop));
    // A snapshot request may still be on its way; nobody waits for it.
    runtime.shutdown_background();
    result
}

fn series(venue: Venue, beginning: &Beginning) -> Vec<Series> {
    let of = |begun: &Begun| Series {
        instrument: begun.listed.terms.instrument.clone(),
        venue: venue.venue(),
    };
    beginning.instruments.iter().map(of).collect()
}

fn endpoints(options: &Options) -> Result<Vec<Endpoint>, IngestError> {
    let transport = options.venue.transport();
    let urls = chosen(&options.stream_url, options.venue.stream_urls());
    let parsed: Result<Vec<Endpoint>, _> = urls.iter().map(|url| Endpoint::parse(transport, url)).collect();
    match parsed? {
        none if none.is_empty() => Err(IngestError::NoEndpoint),
        endpoints => Ok(endpoints),
    }
}

fn credentials(options: &Options) -> Result<Option<Credentials>, IngestError> {
    if !options.venue.wants_account() {
        return Ok(None);
    }
    let (account, token_file) = (options.account.as_deref(), options.token_file.as_deref());
    Ok(Some(Credentials::of(options.venue.name(), account, token_file)?))
}

/// None where the venue has no REST.
fn rest(options: &Options, credentials: Option<Credentials>) -> Result<Option<Rest>, IngestError> {
    let urls = chosen(&options.rest_url, options.venue.rest_url().as_slice());
    let Some(endpoints) = Endpoints::new(urls) else {
        return Ok(None);
    };
    let rest = Rest::new(endpoints, options.venue.rest_header())?;
    Ok(Some(rest.with_credentials(credentials)))
}

fn chosen(urls: &[String], default: &[&str]) -> Vec<String> {
    if urls.is_empty() {
        default.iter().copied().map(str::to_owned).collect()
    } else {
        urls.to_vec()
    }
}

/// What the venue and the log said before the feed begins.
struct Prepared {
    beginning: Beginning,
    /// Of a file, what the log holds already.
    passing: Option<Passing>,
}

/// Asks the venue for its terms and the log for what it holds: all that the run is made from. `file`: what is read, if it is one.
fn prepare(
    options: &Options,
    config: &LogConfig,
    rest: Option<&Rest>,
    ids: &SchemaIds,
    file: Option<&Path>,
) -> Result<Prepared, IngestError> {
    let groups = Groups::new(&options.group)?;
    let chosen = chosen_exponents(options)?;
    let inspector = Inspector::new(config)?;
    let (ticks, dead_letters) = (topic_of(Kind::Trade), topic_of(Kind::DeadLetter));
    let partitions = count(inspector.partitions(ticks)?);
    let dead_letter_partitions = count(inspector.partitions(dead_letters)?);
    let records = file.map_or(TAIL_RECORDS, |_| BLOCK_RECORDS);
    let mut tails: BTreeMap<i32, Tail> = BTreeMap::new();
    let mut instruments = Vec::new();
    for listing in listed(options, rest)? {
        let instrument = listing.instrument()?;
        let partition = groups.partition(&instrument, partitions);
        let tail = match tails.entry(partition) {
            Entry::Occupied(tail) => tail.into_mut(),
            Entry::Vacant(slot) => slot.insert(Tail::read(config, ticks, partition, records)?),
        };
        let past = tail.of(ids, options.venue.venue(), &instrument);
        check_service(options.venue, &instrument, &past)?;
        instruments.push(begun(listing.as_ref(), partition, past, chosen.get(listing.symbol()))?);
    }
    let mut places = Vec::new();
    let in_ticks = tails.keys().map(|partition| (ticks, *partition));
    let in_dead_letters = (0..dead_letter_partitions.cast_signed()).map(|partition| (dead_letters, partition));
    for (topic, partition) in in_ticks.chain(in_dead_letters) {
        places.push(Place {
            topic: topic.name.to_owned(),
            partition,
            from_offset: inspector.watermarks(topic, partition)?.high,
            acknowledged: None,
        });
    }
    let held = Held {
        config,
        ids,
        ticks,
        venue: options.venue.venue(),
        block_records: BLOCK_RECORDS,
    };
    let passing = file
        .map(|file| passed(options.venue, file, &instruments, &held))
        .transpose()?;
    let run = entropy::number();
    let beginning = Beginning::new(
        run,
        options.venue,
        instruments,
        dead_letter_partitions,
        places,
        options.redundant,
    )
    .written_to(LogName::of(config)?);
    Ok(Prepared { beginning, passing })
}

/// Fails if the log goes on from another service of the same venue, whose numbers are others.
fn check_service(venue: Venue, instrument: &str, past: &Past) -> Result<(), IngestError> {
    let Past::Known {
        quote_times: Some(times),
        ..
    } = *past
    else {
        return Ok(());
    };
    if venue.wrote_quote(times) {
        return Ok(());
    }
    let is_it = |one: &Venue| one.venue() == venue.venue() && one.wrote_quote(times);
    Err(IngestError::OtherService {
        venue: venue.name(),
        other: Venue::all().into_iter().find(is_it).map_or("another", Venue::name),
        instrument: instrument.to_owned(),
    })
}

/// How far the log holds a file.
fn passed(venue: Venue, file: &Path, instruments: &[Begun], held: &Held<'_>) -> Result<Passing, IngestError> {
    let mut in_log = vec![Vec::new(); instruments.len()];
    let partitions: BTreeSet<i32> = instruments.iter().map(|begun| begun.listed.partition).collect();
    for partition in partitions {
        let is_there = |(_, begun): &(usize, &Begun)| begun.listed.partition == partition;
        let there: Vec<(usize, &Begun)> = instruments.iter().enumerate().filter(is_there).collect();
        let names: Vec<&str> = there
            .iter()
            .map(|(_, begun)| begun.listed.terms.instrument.as_str())
            .collect();
        for ((index, _), told) in there.iter().zip(held.in_partition(partition, &names)?) {
            in_log[*index] = told;
        }
    }
    let symbols: Vec<Symbol> = instruments.iter().map(|begun| begun.listed.symbol.clone()).collect();
    let passing = Passing::find(file, venue, &symbols, &in_log).map_err(|error| IngestError::File {
        reason: format!("{}: {error}", file.display()),
    })?;
    if passing.ticks() > 0 {
        tracing::info!(file = %file.display(), ticks = passing.ticks(), "the log holds the file so far: it is read on behind that");
    }
    Ok(passing)
}

fn begun(listing: &dyn Listing, partition: i32, past: Past, chosen: Option<&Exponents>) -> Result<Begun, IngestError> {
    let in_log = match past {
        Past::Known {
            price_exponent,
            quantity_exponent,
            ..
        } => Some((price_exponent, quantity_exponent)),
        Past::None | Past::Unknown => None,
    };
    let wanted = chosen.map(|chosen| (chosen.price, chosen.quantity));
    if let (Some((price, quantity)), Some(wanted)) = (in_log, wanted)
        && wanted != (price, quantity)
    {
        let (instrument, symbol) = (listing.instrument()?, listing.symbol().to_owned());
        return Err(IngestError::ExponentsChanged {
            instrument,
            symbol,
            price,
            quantity,
        });
    }
    let (price, quantity) = listing.exponents();
    let (price, quantity) = in_log.or(wanted).unwrap_or((price.into(), quantity.into()));
    let mut symbol = Symbol::new(
        listing.symbol(),
        scale(listing.symbol(), price)?,
        scale(listing.symbol(), quantity)?,
    );
    symbol.decimals = listing.decimals();
    let listed = Listed {
        terms: listing.terms(symbol.price, symbol.quantity)?,
        symbol,
        partition,
    };
    let last = match past {
        Past::None => return Ok(Begun { listed, resumed: None }),
        Past::Unknown => LastIds::default(),
        Past::Known { last, .. } => last,
    };
    let reason = STARTED_AGAIN.to_owned();
    Ok(Begun {
        listed,
        resumed: Some(Resumed { last, reason }),
    })
}

fn scale(symbol: &str, exponent: i32) -> Result<Scale, IngestError> {
    let scale = i8::try_from(exponent).ok().and_then(Scale::new);
    scale.ok_or_else(|| IngestError::ExponentRange {
        symbol: symbol.to_owned(),
        exponent,
    })
}

fn chosen_exponents(options: &Options) -> Result<BTreeMap<&str, Exponents>, IngestError> {
    for Exponents { symbol, .. } in &options.exponents {
        if !options.symbols.contains(symbol) {
            return Err(IngestError::ExponentsOfNone { symbol: symbol.clone() });
        }
    }
    Ok(options
        .exponents
        .iter()
        .map(|chosen| (chosen.symbol.as_str(), chosen.clone()))
        .collect())
}

fn topic_of(kind: Kind) -> &'static Topic {
    Topic::of_kind(kind).expect("schemas/topics.toml has a topic for what the ingestor writes")
}

fn count(partitions: usize) -> u32 {
    u32::try_from(partitions).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use venues::dialect::QuoteTimes;

    use super::*;

    #[test]
    fn services_that_number_otherwise_do_not_follow_each_other() {
        let of = |name: &str| Venue::of_name(name).unwrap();
        let past = |quote_times| Past::Known {
            price_exponent: -5,
            quantity_exponent: -8,
            last: LastIds::default(),
            quote_times,
        };
        let times = |event, publish| Some(QuoteTimes { event, publish });
        // v1's `spread`; v2's `ticker` as it is, and as it was before it told the time.
        for (wrote, quote_times, other) in [
            ("kraken", times(true, false), "kraken_v2"),
            ("kraken_v2", times(true, true), "kraken"),
            ("kraken_v2", times(false, false), "kraken"),
        ] {
            check_service(of(wrote), "BTC-USD", &past(quote_times)).unwrap();
            check_service(of(wrote), "BTC-USD", &past(None)).unwrap();
            let refused = check_service(of(other), "BTC-USD", &past(quote_times)).unwrap_err();
            let told = refused.to_string();
            assert!(
                told.contains(&format!("as {wrote} writes it, and {other} numbers")),
                "{told}"
            );
        }
        for quote_times in [times(false, false), times(true, false), times(true, true)] {
            check_service(of("okx"), "BTC-USDT", &past(quote_times)).unwrap();
        }
    }
}
