use super::*;
use crate::fixed::{FixedError, Scale};
use crate::true_fx::streams::Symbol;

fn reader() -> TickReader {
    let symbol = |name: &str, exponent| Symbol::new(name, Scale::new(exponent).unwrap(), Scale::new(0).unwrap());
    TickReader::new(Streams::of(vec![symbol("EUR/USD", -5), symbol("USD/JPY", -3)]))
}

fn one(line: &str) -> Result<Tick, ParseError> {
    reader().line(line.as_bytes(), 1)
}

/// The form of the files that TrueFX offers as historical data.
#[test]
fn a_line_field_by_field() {
    let expected = Tick {
        symbol: 0,
        event_ns: 1_398_902_400_034_000_000,
        bid: 138_688,
        ask: 138_693,
        spread: Spread::Open,
        is_late: false,
    };
    for line in [
        "EUR/USD,20140501 00:00:00.034,1.38688,1.38693",
        "EURUSD,20140501 00:00:00.034,1.38688,1.38693\r",
        "EUR/USD,1398902400034,1.38688,1.386930",
        "EUR/USD,2014-05-01T00:00:00.034Z,1.38688,1.38693",
    ] {
        assert_eq!(one(line), Ok(expected), "{line}");
    }
    assert_eq!(
        one("USD/JPY,20140501 00:00:00,102.5,102.503").map(|tick| (tick.symbol, tick.ask)),
        Ok((1, 102_503))
    );
}

#[test]
fn a_datagram_holds_one_or_many_lines() {
    let mut reader = reader();
    let text = b"EUR/USD,1,1.1,1.2\r\n\r\nUSD/JPY,2,100,99.5\nEUR/USD,3,x,1\n\nEUR/USD,1,1.3,1.3";
    let ticks: Vec<_> = reader.datagram(text).collect();
    let said = |tick: &Tick| (tick.symbol, tick.event_ns, tick.spread, tick.is_late);
    assert_eq!(ticks.len(), 4);
    assert_eq!(ticks[0].as_ref().map(said), Ok((0, 1_000_000, Spread::Open, false)));
    assert_eq!(ticks[1].as_ref().map(said), Ok((1, 2_000_000, Spread::Crossed, false)));
    assert_eq!(ticks[3].as_ref().map(said), Ok((0, 1_000_000, Spread::Locked, false)));
    let error = ticks[2].as_ref().unwrap_err();
    assert_eq!(error.to_string(), "line 4, byte 10: bid: not a decimal number");
    assert_eq!(reader.datagram(b"").count() + reader.datagram(b"\n\r\n").count(), 0);
}

#[test]
fn a_late_tick_is_flagged_for_its_own_symbol() {
    let mut reader = reader();
    let text = b"EUR/USD,5,1,2\nUSD/JPY,4,1,2\nEUR/USD,4,1,2\nEUR/USD,5,1,2";
    let late: Vec<bool> = reader.datagram(text).map(|tick| tick.unwrap().is_late).collect();
    assert_eq!(late, [false, false, true, false]);
    let later: Vec<bool> = reader
        .datagram(b"USD/JPY,3,1,2")
        .map(|tick| tick.unwrap().is_late)
        .collect();
    assert_eq!(later, [true], "the next datagram goes on from here");
}

#[test]
fn errors_say_what_and_where() {
    let fault = |line: &str| one(line).map_err(|error| (error.position, error.fault));
    let expected = |position, expected| Err((position, Fault::Missing { expected }));
    assert_eq!(fault("EUR/USD"), expected(7, "a time"));
    assert_eq!(fault("EUR/USD,1,2"), expected(11, "an ask"));
    assert_eq!(fault("EUR/USD,1,2,3,4"), Err((14, Fault::TooMany)));
    let found = "GBP/USD".to_owned();
    assert_eq!(fault("GBP/USD,1,2,3"), Err((0, Fault::UnknownSymbol { found })));
    for time in ["", "20140501", "x", "20140501 25:00:00", "-1", "99999999999999999999"] {
        let line = format!("EUR/USD,{time},1,2");
        let is_read = time == "20140501";
        assert_eq!(matches!(fault(&line), Err((8, Fault::Time { .. }))), !is_read, "{line}");
    }
    let price = |field, source| Fault::Price { field, source };
    let too_fine = FixedError::TooFine { exponent: -5 };
    assert_eq!(fault("EUR/USD,1,1.000001,2"), Err((10, price("bid", too_fine))));
    assert_eq!(fault("EUR/USD,1,1,-2"), Err((12, price("ask", FixedError::Negative))));
    assert_eq!(
        reader().line(b"EUR/USD,\xFF", 7).unwrap_err().to_string(),
        "line 7, byte 8: not UTF-8"
    );
}
