use super::*;
use crate::l2_book::Level;

fn bid(price: i64, quantity: i64) -> Levels {
    Levels {
        bids: vec![Level { price, quantity }],
        asks: vec![],
    }
}

fn spot(first: i64, last: i64) -> DepthIds {
    DepthIds {
        first,
        last,
        previous_final: None,
    }
}

fn futures(previous: i64, first: i64, last: i64) -> DepthIds {
    DepthIds {
        first,
        last,
        previous_final: Some(previous),
    }
}

fn top_of(price: i64, quantity: i64) -> Option<Top> {
    Some(Top {
        bid: Some(Level { price, quantity }),
        ask: None,
    })
}

#[test]
fn waiting_events_are_applied_once_the_snapshot_came() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    assert!(!book.wants_snapshot(), "nothing flows yet");
    assert_eq!(book.on_depth(spot(1, 5), &bid(90, 9)), DepthStep::Taken(None));
    assert_eq!(book.on_depth(spot(6, 10), &bid(101, 1)), DepthStep::Taken(None));
    assert_eq!(book.on_depth(spot(11, 12), &bid(102, 2)), DepthStep::Taken(None));
    assert!(book.wants_snapshot());
    assert_eq!(book.on_snapshot(7, &bid(100, 5)), SnapshotStep::Synchronised);
    assert!(!book.wants_snapshot());
    assert_eq!(book.top(), top_of(102, 2));
    assert_eq!(
        book.book().unwrap().bids().count(),
        3,
        "the event before the snapshot left nothing"
    );
    assert_eq!(
        book.on_depth(spot(13, 13), &bid(102, 0)),
        DepthStep::Taken(top_of(101, 1))
    );
}

#[test]
fn a_snapshot_ahead_of_the_stream_waits_for_it() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    book.on_depth(spot(1, 5), &bid(90, 9));
    assert_eq!(book.on_snapshot(8, &bid(100, 5)), SnapshotStep::Ahead);
    assert!(!book.wants_snapshot());
    assert_eq!(book.on_depth(spot(6, 8), &bid(91, 9)), DepthStep::Taken(None));
    assert_eq!(
        book.on_depth(spot(9, 9), &bid(101, 1)),
        DepthStep::Taken(top_of(101, 1))
    );
}

#[test]
fn a_snapshot_before_the_first_event_is_too_old() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    book.on_depth(spot(20, 25), &bid(90, 9));
    assert_eq!(
        book.on_snapshot(18, &bid(100, 5)),
        SnapshotStep::TooOld { oldest_first: 20 }
    );
    assert!(book.wants_snapshot());
    assert_eq!(book.on_snapshot(19, &bid(100, 5)), SnapshotStep::Synchronised);
}

#[test]
fn a_gap_ends_the_synchronised_state_until_another_snapshot() {
    let mut book = SyncedBook::new(DepthRule::BinanceFutures);
    book.on_depth(futures(5, 9, 12), &bid(90, 9));
    book.on_snapshot(12, &bid(100, 5));
    assert_eq!(
        book.on_depth(futures(12, 30, 40), &bid(101, 1)),
        DepthStep::Taken(top_of(101, 1))
    );
    assert_eq!(
        book.on_depth(futures(45, 50, 60), &bid(102, 1)),
        DepthStep::Gap { expected: 41 }
    );
    assert_eq!(book.top(), None);
    assert!(book.wants_snapshot());
    assert_eq!(book.on_depth(futures(60, 61, 70), &bid(103, 1)), DepthStep::Taken(None));
    assert_eq!(
        book.on_snapshot(44, &bid(100, 5)),
        SnapshotStep::TooOld { oldest_first: 50 }
    );
    assert_eq!(book.on_snapshot(55, &bid(100, 6)), SnapshotStep::Synchronised);
    assert_eq!(book.top(), top_of(103, 1));
}

#[test]
fn repeated_and_older_events_change_nothing() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    book.on_depth(spot(1, 5), &bid(90, 9));
    book.on_snapshot(5, &bid(100, 5));
    book.on_depth(spot(6, 7), &bid(101, 1));
    assert_eq!(book.on_depth(spot(6, 7), &bid(101, 1)), DepthStep::Repeated);
    assert_eq!(
        book.on_depth(spot(1, 5), &bid(999, 9)),
        DepthStep::OutOfOrder { last: 7 }
    );
    assert_eq!(
        book.on_depth(spot(8, 8), &bid(100, 0)),
        DepthStep::Taken(top_of(101, 1))
    );
}

#[test]
fn a_new_connection_starts_anew() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    book.on_depth(spot(1, 5), &bid(90, 9));
    book.on_snapshot(5, &bid(100, 5));
    book.disconnect();
    assert!(!book.wants_snapshot());
    assert_eq!(
        book.on_depth(spot(50, 55), &bid(90, 9)),
        DepthStep::Taken(None),
        "no gap: the connection's gap says it"
    );
    assert_eq!(book.on_snapshot(52, &bid(80, 1)), SnapshotStep::Synchronised);
    assert_eq!(book.top(), top_of(90, 9));
}

#[test]
fn a_snapshot_that_never_comes_does_not_fill_the_memory() {
    let mut book = SyncedBook::new(DepthRule::BinanceSpot);
    for id in 1..=3_000 {
        book.on_depth(spot(id, id), &bid(id, 1));
    }
    assert_eq!(
        book.on_snapshot(1_999, &bid(1, 1)),
        SnapshotStep::TooOld { oldest_first: 2_001 }
    );
    assert_eq!(book.on_snapshot(2_000, &bid(1, 1)), SnapshotStep::Synchronised);
    assert_eq!(book.top(), top_of(3_000, 1));
}
