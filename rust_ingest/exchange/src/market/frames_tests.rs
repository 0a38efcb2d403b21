use std::fs;

use journal::frames::{FrameWriter, WriterOptions};

use super::*;

const TRADE: &[u8] = br#"{"stream":"btcusdt@trade","data":{"e":"trade"}}"#;
const BOOK: &[u8] = br#"{"lastUpdateId":1,"bids":[],"asks":[]}"#;

fn beginning(venue: &str, redundant: bool) -> Vec<u8> {
    format!(r#"{{"version":1,"venue":"{venue}","redundant":{redundant},"lines":1,"run":7}}"#).into_bytes()
}

/// A log of what an ingestor of one line was told.
fn log(beginning: &[u8], inputs: &[Input<'_>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = WriterOptions {
        segment_bytes: 4096,
        ..WriterOptions::new("binance")
    };
    let mut writer = FrameWriter::open(folder.path(), options).unwrap();
    let mut buffer = Vec::new();
    let beginning = Logged::Beginning {
        made_of: beginning,
        memory: b"",
    };
    let logged = inputs.iter().map(|input| Logged::Input(*input));
    for (logged, receive_ns) in std::iter::once(beginning).chain(logged).zip(100..) {
        let (connection, payload) = logged.write(&mut buffer);
        writer.append(connection, receive_ns, payload).unwrap();
    }
    folder
}

fn told(folder: &Path) -> (Vec<(u64, Vec<u8>)>, Option<MarketError>) {
    let mut frames = Frames::open(folder).unwrap();
    let mut lines = Vec::new();
    loop {
        match frames.next_line() {
            Ok(Some(line)) => lines.push((line.receive_ns.unwrap(), line.body.to_vec())),
            Ok(None) => return (lines, None),
            Err(error) => {
                assert!(frames.next_line().unwrap().is_none(), "an error is the end");
                return (lines, Some(error));
            }
        }
    }
}

#[test]
fn frames_and_books_are_played_in_their_order() {
    let inputs = [
        Input::Opened { connection: 0 },
        Input::Frame {
            connection: 0,
            payload: TRADE,
        },
        Input::Snapshot {
            instrument: 0,
            body: BOOK,
        },
        Input::Time,
        Input::Frame {
            connection: 0,
            payload: b"\xff",
        },
    ];
    let folder = log(&beginning("binance_usdm", false), &inputs);
    assert_eq!(Frames::venue(folder.path()).unwrap(), Venue::UsdM);
    let (lines, error) = told(folder.path());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        lines,
        [(102, TRADE.to_vec()), (103, BOOK.to_vec()), (105, b"\xff".to_vec())]
    );
}

#[test]
fn of_a_pair_one_side_is_played() {
    let sides = [0, 1].map(|connection| Input::Frame {
        connection,
        payload: TRADE,
    });
    let folder = log(&beginning("binance", true), &sides);
    assert_eq!(told(folder.path()).0.len(), 1);
}

#[test]
fn what_cannot_be_played_is_told() {
    let empty = tempfile::tempdir().unwrap();
    let none = Frames::venue(empty.path()).unwrap_err();
    assert!(matches!(none, MarketError::NoRun { .. }), "{none}");
    let kraken = log(&beginning("kraken", false), &[]);
    let other = Frames::venue(kraken.path()).unwrap_err();
    assert!(
        matches!(&other, MarketError::OtherVenue { venue, .. } if venue == "kraken"),
        "{other}"
    );
    let newer = log(br#"{"version":9}"#, &[]);
    let unknown = Frames::venue(newer.path()).unwrap_err();
    assert!(
        matches!(unknown, MarketError::UnknownFrame { sequence: 0, .. }),
        "{unknown}"
    );
    assert!(unknown.to_string().contains("version 9"), "{unknown}");
}

#[test]
fn a_torn_end_is_told_with_its_place() {
    let folder = log(
        &beginning("binance", false),
        &[Input::Frame {
            connection: 0,
            payload: TRADE,
        }; 2],
    );
    let path = folder.path().join("00000000000000000000.frames");
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end] ^= 1;
    fs::write(&path, bytes).unwrap();
    let (lines, error) = told(folder.path());
    assert_eq!(lines.len(), 1);
    let Some(MarketError::TornEnd(torn)) = error else {
        panic!("{error:?}");
    };
    assert_eq!((torn.path, torn.sequence), (path, 2));
    assert!(torn.position < end);
}
