//! Any bytes as what a venue says: the first byte names the venue and what is read (`a`: a frame of the first venue of `Venue::all`, `A`: a
//! book by REST, anything else its list of instruments). Whatever comes, nobody panics, a frame that cannot be read hands
//! nothing over, and a connection that has read it reads on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venues::fixed::NANO;
use venues::symbols::Symbol;
use venues::venue::{Connection, Venue};

const SYMBOLS: [&str; 9] = [
    "BTCUSDT",
    "BTC-USD",
    "XBT/USD",
    "BTC/USD",
    "EUR_USD",
    "BTC-USDT",
    "EUR/USD",
    "USD/JPY",
    "BTCUSD_PERP",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, said)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(said) else {
        return;
    };
    let venues = Venue::all();
    let venue = venues[usize::from(kind.to_ascii_lowercase().wrapping_sub(b'a')) % venues.len()];
    if !kind.is_ascii_alphabetic() {
        let listings = venue.listings(said, &SYMBOLS[..1]);
        for listing in listings.into_iter().flatten() {
            let _ = listing.instrument();
            let _ = listing.exponents();
            let _ = listing.terms(NANO, NANO);
        }
        return;
    }
    let symbols = SYMBOLS.map(|name| Symbol::new(name, NANO, NANO)).to_vec();
    let mut connection = venue.connection(symbols);
    // What it has read may change how it reads on, but never whether it does.
    for _ in 0..2 {
        read(&mut connection, kind.is_ascii_uppercase(), text);
    }
});

fn read(connection: &mut Connection, is_snapshot: bool, text: &str) {
    let mut updates = 0;
    let took = |_: venues::update::Update<'_>| updates += 1;
    let result = match is_snapshot {
        true => connection.read_snapshot(0, text, took),
        false => connection.read(text, took),
    };
    match result {
        Ok(()) => {}
        Err(error) => {
            assert_eq!(updates, 0, "{error}");
            assert!(connection.unproven_books(text).end <= SYMBOLS.len());
            let _ = error.fault();
            let _ = connection.stream_of(text);
        }
    }
}
