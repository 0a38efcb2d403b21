//! A client that does not read is conflated or cut off, as it asked for, and nobody else notices.

mod common;

use std::collections::HashMap;

use common::{Client, Market, Message, start, websocket_only};
use serde_json::Value;

const QUEUE_BYTES: usize = 256 << 10;
const INSTRUMENTS: [&str; 3] = ["BTC-USDT", "ETH-USDT", "SOL-USDT"];

/// Publishes far more than buffers hold, and reads it all at two fast clients; gives the number of records.
fn publish_to_fast_ones(broadcast: &broadcast::Broadcast, market: &mut Market) -> u64 {
    let address = broadcast.websocket().unwrap();
    let mut fast = [Client::open(address, ""), Client::open(address, "on_slow=close")];
    let mut published = 0;
    for round in 0..200 {
        market.batch.clear();
        market.some(&INSTRUMENTS, 40);
        broadcast.publish(market.batch.iter(), round);
        let count = market.batch.len();
        published += count as u64;
        for client in &mut fast {
            for message in client.messages(count) {
                assert_eq!(message.json()["send_ns"], round, "nothing is missing and nothing late");
            }
        }
    }
    published
}

#[test]
fn one_that_asked_for_it_is_conflated_and_told_exactly_what_it_lost() {
    let broadcast = start(&websocket_only(QUEUE_BYTES));
    let mut slow = Client::open(broadcast.websocket().unwrap(), "on_slow=conflate");
    let mut market = Market::default();
    let published = publish_to_fast_ones(&broadcast, &mut market);
    let (mut received, mut lost, mut conflated) = (0, 0, 0);
    let mut last: HashMap<String, u64> = HashMap::new();
    let mut lost_trades = 0;
    while received + lost + conflated < published {
        let text = slow.message().json();
        if text["lost"].is_u64() {
            lost += text["lost"].as_u64().unwrap();
            lost_trades += text["kinds"]["Trade"].as_u64().unwrap_or(0);
            conflated += text["conflated"].as_u64().unwrap();
        } else {
            received += 1;
            let stream = format!("{}/{}", text["record"]["instrument"], text["kind"]);
            let number = text["sequence"].as_u64().unwrap();
            let before = last.insert(stream.clone(), number);
            assert!(before.is_none_or(|before| before < number), "{stream} is out of order");
        }
    }
    assert_eq!(received + lost + conflated, published);
    assert_eq!(lost, lost_trades, "quotes are never lost, only conflated");
    assert!(
        lost > 0 && conflated > 0,
        "it was too slow: {lost} lost, {conflated} conflated"
    );
    for instrument in INSTRUMENTS {
        // 200 rounds of 26 quotes each.
        assert_eq!(
            last[&format!("\"{instrument}\"/\"Quote\"")],
            200 * 26 - 1,
            "the newest quote"
        );
    }
    // It goes on as if nothing had been.
    market.batch.clear();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 7);
    assert_eq!(slow.message().json()["send_ns"], 7);
}

#[test]
fn one_that_asked_for_it_is_cut_off_and_told_why() {
    let broadcast = start(&websocket_only(QUEUE_BYTES));
    let mut slow = Client::open(broadcast.websocket().unwrap(), "on_slow=close");
    publish_to_fast_ones(&broadcast, &mut Market::default());
    let mut numbers: HashMap<Value, u64> = HashMap::new();
    let (code, reason) = loop {
        match slow.message() {
            Message::Close(code, reason) => break (code, reason),
            message => {
                let text = message.json();
                let stream = Value::from(vec![text["record"]["instrument"].clone(), text["kind"].clone()]);
                let next = numbers.entry(stream).or_default();
                assert_eq!(text["sequence"].as_u64(), Some(*next), "until then it misses nothing");
                *next += 1;
            }
        }
    };
    assert_eq!(code, 1008);
    assert!(
        reason.starts_with("too slow: ") && reason.contains("on_slow=conflate"),
        "{reason}"
    );
    assert!(slow.is_at_end());
}

#[test]
fn a_client_that_goes_without_a_word_leaves_nothing_behind() {
    let broadcast = start(&websocket_only(QUEUE_BYTES));
    let address = broadcast.websocket().unwrap();
    for _ in 0..50 {
        drop(Client::open(address, ""));
    }
    publish_to_fast_ones(&broadcast, &mut Market::default());
}
