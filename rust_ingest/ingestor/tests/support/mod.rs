//! A session on one instrument, and the records that come out of it.

#![allow(dead_code, reason = "each test binary uses its part of this")]

pub mod expected;
pub mod flags;

use contracts::{Record, SchemaIds, decode};
use ingestor::capture::{Beginning, Begun, Confirmed};
use ingestor::outbox::Outbox;
use ingestor::session::{Input, InstrumentFeed, Listed, Refusal, Session, Taken};
use venues::binance::dialect::Dialect;
use venues::binance::instruments::{Class, Contract, Terms};
use venues::book_steps::SnapshotStep;
use venues::dialect::Listing;
use venues::fixed::{NANO, Scale};
use venues::symbols::Symbol;
use venues::venue::Venue;

pub const PARTITION: i32 = 3;

pub struct Bench {
    pub session: Session,
    pub outbox: Outbox,
    pub ids: SchemaIds,
}

/// Bitcoin in dollars, as this service of Binance's has it.
pub fn bitcoin(dialect: Dialect) -> InstrumentFeed {
    let (name, instrument, class) = match dialect {
        Dialect::Spot => ("BTCUSDT", "BTC-USDT", Class::Spot),
        Dialect::UsdM => ("BTCUSDT", "BTC-USDT-PERP", Class::Perpetual),
        Dialect::CoinM => ("BTCUSD_PERP", "BTC-USD-PERP", Class::Perpetual),
    };
    let hundred_dollars = Contract {
        currency: "USD".to_owned(),
        size: 100_000_000_000,
    };
    let terms = Terms {
        symbol: name.to_owned(),
        instrument: instrument.to_owned(),
        base: "BTC".to_owned(),
        quote: instrument.split('-').nth(1).unwrap().to_owned(),
        class,
        tick_size: 10_000_000,
        lot_size: 10_000,
        min_quantity: 10_000,
        max_quantity: 9_000_000_000_000,
        min_notional: 5 * 10_i128.pow(18),
        contract: (dialect == Dialect::CoinM).then_some(hundred_dollars),
    };
    let symbol = Symbol::new(name, NANO, NANO);
    InstrumentFeed::new(
        Venue::Binance(dialect),
        Listed {
            terms,
            symbol,
            partition: PARTITION,
        },
    )
}

/// A feed of each symbol, under the venue's own name, with terms that say nothing.
pub fn feeds(venue: Venue, symbols: &[Symbol]) -> Vec<InstrumentFeed> {
    let feed = |symbol: &Symbol| {
        let terms = Terms {
            symbol: symbol.name.clone(),
            instrument: symbol.name.clone(),
            base: String::new(),
            quote: String::new(),
            class: Class::Spot,
            tick_size: 1,
            lot_size: 1,
            min_quantity: 1,
            max_quantity: i64::MAX,
            min_notional: 0,
            contract: None,
        };
        let listed = Listed {
            terms,
            symbol: symbol.clone(),
            partition: PARTITION,
        };
        InstrumentFeed::new(venue, listed)
    };
    symbols.iter().map(feed).collect()
}

/// Symbols as a venue's answer lists them, with the exponents that it calls for.
pub fn listed(venue: Venue, answer: &[u8], symbols: &[&str]) -> Vec<Listed> {
    let listed = |listing: Box<dyn Listing>| {
        let (price, quantity) = listing.exponents();
        let scale = |exponent| Scale::new(exponent).unwrap();
        let mut symbol = Symbol::new(listing.symbol(), scale(price), scale(quantity));
        symbol.decimals = listing.decimals();
        Listed {
            terms: listing.terms(symbol.price, symbol.quantity).unwrap(),
            symbol,
            partition: PARTITION,
        }
    };
    let listings = venue.listings(answer, symbols).unwrap();
    listings.into_iter().map(listed).collect()
}

impl Bench {
    pub fn connected(dialect: Dialect) -> Self {
        Self::with(dialect, bitcoin(dialect))
    }

    pub fn with(dialect: Dialect, feed: InstrumentFeed) -> Self {
        Self::of(Venue::Binance(dialect), vec![feed])
    }

    pub fn of(venue: Venue, feeds: Vec<InstrumentFeed>) -> Self {
        let ids = SchemaIds::embedded();
        let mut bench = Self {
            session: Session::new(venue, feeds),
            outbox: Outbox::new(ids.clone(), 1),
            ids,
        };
        bench.opened(0);
        bench
    }

    /// From now on another session goes on, made as after a crash: of what stands in the frame log where a run goes on.
    pub fn cut(&mut self) {
        let begun = |feed: &InstrumentFeed| Begun {
            listed: feed.listed().clone(),
            resumed: None,
        };
        let instruments = self.session.instruments().iter().map(begun).collect();
        let is_redundant = self.session.sides() == 2;
        let confirmed = Confirmed {
            before: 1,
            places: Vec::new(),
        };
        let beginning = Beginning::new(1, self.session.dialect(), instruments, 1, Vec::new(), is_redundant);
        let beginning = beginning.going_on(0, confirmed);
        let memory = serde_json::to_vec(&self.session.memory()).unwrap();
        let read = Beginning::read(&beginning.to_json()).unwrap();
        self.session = read.session_with(&memory).unwrap();
        assert!(memory == serde_json::to_vec(&self.session.memory()).unwrap());
    }

    pub fn take(&mut self, input: Input<'_>, receive_ns: i64) -> Taken {
        self.session.take(input, receive_ns, &mut self.outbox)
    }

    pub fn opened(&mut self, receive_ns: i64) {
        self.take(Input::Opened { connection: 0 }, receive_ns);
    }

    pub fn closed(&mut self, reason: &str) {
        self.take(Input::Closed { connection: 0, reason }, 0);
    }

    pub fn frame(&mut self, payload: impl AsRef<[u8]>, receive_ns: i64) {
        let payload = payload.as_ref();
        self.take(Input::Frame { connection: 0, payload }, receive_ns);
    }

    pub fn snapshot(&mut self, body: &str, receive_ns: i64) -> Result<SnapshotStep, Refusal> {
        let body = body.as_bytes();
        match self.take(Input::Snapshot { instrument: 0, body }, receive_ns) {
            Taken::Snapshot(step) => step,
            Taken::Done => panic!("a snapshot has a step"),
        }
    }

    /// Hands the records made since the last call to `each`, decoded from their framed bytes.
    pub fn drain(&mut self, mut each: impl FnMut(&Record<'_>)) {
        for entry in self.outbox.entries() {
            let record = decode(&self.ids, entry.value).unwrap();
            match &record {
                Record::DeadLetter(letter) => {
                    assert_eq!(
                        (entry.topic.name, entry.key),
                        ("ops.dead_letters", letter.source.as_bytes())
                    );
                }
                _ => assert_eq!((entry.topic.name, entry.partition), ("market.ticks", PARTITION)),
            }
            each(&record);
        }
        self.outbox.clear();
    }

    /// The records made since the last call, in a short form.
    pub fn drained(&mut self) -> Vec<String> {
        let mut records = Vec::new();
        self.drain(|record| records.push(summary(record)));
        records
    }
}

fn summary(record: &Record<'_>) -> String {
    match record {
        Record::Trade(r) => format!("trade {} {:?}", r.trade_id, r.aggressor),
        Record::Quote(r) => format!("quote {}", r.update_id),
        Record::BookDelta(r) => format!("delta {}..{} {:?}", r.first_update_id, r.final_update_id, r.bid_price),
        Record::BookSnapshot(r) => format!("snapshot {}", r.final_update_id),
        Record::Gap(r) => format!("gap {} {:?} {:?}", r.stream.as_str(), r.expected_id, r.received_id),
        Record::Heartbeat(r) => format!("heartbeat {}", r.event_ns),
        Record::DeadLetter(r) => format!("dead {} {} {}", r.source, r.reason, String::from_utf8_lossy(r.value)),
        other => format!("{other:?}"),
    }
}

pub fn trade(id: i64) -> String {
    format!(
        r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":11,"s":"BTCUSDT","t":{id},"p":"2.0","q":"1.0","T":10,"m":true,"M":true}}}}"#
    )
}

pub fn quote(id: i64) -> String {
    format!(
        r#"{{"stream":"btcusdt@bookTicker","data":{{"u":{id},"s":"BTCUSDT","b":"2.0","B":"1.0","a":"3.0","A":"1.0"}}}}"#
    )
}

/// Sets the bid `price` to a quantity of 1.
pub fn depth(first: i64, last: i64, price: &str) -> String {
    format!(
        r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":12,"s":"BTCUSDT","U":{first},"u":{last},"b":[["{price}","1.0"]],"a":[]}}}}"#
    )
}

pub fn snapshot(last: i64) -> String {
    format!(r#"{{"lastUpdateId":{last},"bids":[["1.0","1.0"]],"asks":[["9.0","1.0"]]}}"#)
}
