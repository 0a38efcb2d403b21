//! Whatever comes and however it is read: what was sent, lost and conflated is what came.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::{RngCore, SeedableRng};
use serde_json::Value;

use super::*;

/// Streams 0 to 3 are quotes, the others trades.
fn kind_of(stream: usize) -> Kind {
    if stream < 4 { Kind::Quote } else { Kind::Trade }
}

/// A text frame that holds its stream and number.
fn message(stream: usize, number: u64) -> Vec<u8> {
    let mut frame = Vec::new();
    let text = format!("{{\"stream\":{stream},\"number\":{number}}}");
    frames::append(&mut frame, OpCode::Text, text.as_bytes());
    frame
}

fn chunk_of(messages: &[(usize, u64)]) -> Rc<Chunk> {
    let mut chunk = Chunk::default();
    for (stream, number) in messages {
        chunk.push(&message(*stream, *number), Some(*stream));
    }
    Rc::new(chunk)
}

/// Takes at most so many bytes, as a socket would.
fn read(queue: &mut Queue, mut bytes: usize, out: &mut Vec<u8>) {
    while bytes > 0 {
        let Some(piece) = queue.pieces().next() else { return };
        let count = piece.len().min(bytes);
        out.extend_from_slice(&piece[..count]);
        queue.sent(count);
        bytes -= count;
    }
}

/// The texts of short frames, one after the other.
fn texts(mut bytes: &[u8]) -> Vec<Value> {
    let mut texts = Vec::new();
    while let [0x81, length, rest @ ..] = bytes {
        assert!(*length < 126);
        let (text, rest) = rest.split_at(usize::from(*length));
        texts.push(serde_json::from_slice(text).unwrap());
        bytes = rest;
    }
    assert!(bytes.is_empty(), "{bytes:?}");
    texts
}

#[test]
fn who_reads_gets_everything_in_order() {
    let mut queue = Queue::new(1000, OnSlow::Conflate);
    let mut out = Vec::new();
    for number in 0..500 {
        queue
            .push(&chunk_of(&[(number as usize % 8, number)]), kind_of)
            .unwrap();
        read(&mut queue, usize::MAX, &mut out);
    }
    let numbers: Vec<_> = texts(&out)
        .iter()
        .map(|text| text["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
    assert_eq!(queue.take_unsent(), Unsent::default());
}

#[test]
fn old_quotes_go_before_any_trade_is_lost() {
    let mut queue = Queue::new(1000, OnSlow::Conflate);
    for number in 0..100 {
        queue.push(&chunk_of(&[(0, number)]), kind_of).unwrap();
        if number % 10 == 0 {
            queue.push(&chunk_of(&[(5, number)]), kind_of).unwrap();
        }
    }
    let mut out = Vec::new();
    read(&mut queue, usize::MAX, &mut out);
    let told = texts(&out);
    let numbers = |stream: u64| -> Vec<u64> {
        let of = told.iter().filter(|text| text["stream"] == stream);
        of.map(|text| text["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(5), (0..100).step_by(10).collect::<Vec<_>>());
    assert_eq!(numbers(0).last(), Some(&99));
    let conflated: u64 = told.iter().filter_map(|text| text["conflated"].as_u64()).sum();
    assert_eq!(conflated + numbers(0).len() as u64, 100);
    assert!(told.iter().all(|text| text["lost"].as_u64().unwrap_or(0) == 0));
}

#[test]
fn every_record_is_sent_or_counted_whatever_happens() {
    for seed in 0..300 {
        let mut random = Pcg32::seed_from_u64(seed);
        let mut below = |bound: u32| random.next_u32() % bound;
        let limit = 200 + below(3000) as usize;
        let mut queue = Queue::new(limit, OnSlow::Conflate);
        let (mut out, mut number, mut never_came) = (Vec::new(), 0, 0);
        let mut newest = [None; 4];
        for _ in 0..400 {
            match below(8) {
                0..=4 => {
                    let messages: Vec<_> = (0..1 + below(6))
                        .map(|_| {
                            number += 1;
                            (below(8) as usize, number)
                        })
                        .collect();
                    for (stream, number) in &messages {
                        if let Some(newest) = newest.get_mut(*stream) {
                            *newest = Some(*number);
                        }
                    }
                    queue.push(&chunk_of(&messages), kind_of).unwrap();
                }
                5 => {
                    queue.lose(Kind::BookDelta, 3);
                    never_came += 3;
                }
                _ => read(&mut queue, below(900) as usize, &mut out),
            }
            assert!(
                queue.bytes() <= limit + 8 * 64 + 300 * 64,
                "bounded: {} of {limit}",
                queue.bytes()
            );
        }
        read(&mut queue, usize::MAX, &mut out);
        check(&texts(&out), number, never_came, &newest, queue.take_unsent());
    }
}

fn check(told: &[Value], came: u64, never_came: u64, newest: &[Option<u64>; 4], unsent: Unsent) {
    let sum = |field: &str| told.iter().filter_map(|text| text[field].as_u64()).sum::<u64>();
    let sent: Vec<(u64, u64)> = told
        .iter()
        .filter_map(|text| Some((text["stream"].as_u64()?, text["number"].as_u64()?)))
        .collect();
    assert_eq!(sent.len() as u64 + sum("lost") + sum("conflated"), came + never_came);
    assert_eq!((unsent.lost, unsent.conflated), (sum("lost"), sum("conflated")));
    for stream in 0..8 {
        let numbers: Vec<u64> = sent
            .iter()
            .filter(|(of, _)| *of == stream)
            .map(|(_, number)| *number)
            .collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "stream {stream} is out of order");
        if let Some(newest) = newest.get(stream as usize) {
            assert_eq!(numbers.last().copied(), *newest, "the newest quote of {stream} came");
        }
    }
    let kinds: u64 = told
        .iter()
        .filter_map(|text| text["kinds"].as_object())
        .flat_map(|kinds| kinds.values().map(|count| count.as_u64().unwrap()))
        .sum();
    assert_eq!(kinds, sum("lost"));
    let deltas: u64 = told.iter().filter_map(|text| text["kinds"]["BookDelta"].as_u64()).sum();
    assert_eq!(deltas, never_came);
}

#[test]
fn who_would_rather_be_cut_off_is() {
    let mut queue = Queue::new(100, OnSlow::Close);
    let slow = (0..)
        .find_map(|number| queue.push(&chunk_of(&[(5, number)]), kind_of).err())
        .unwrap();
    assert!(slow.bytes > 100 && slow.messages > 1, "{slow:?}");
    let whole = message(5, 0);
    let mut out = Vec::new();
    read(&mut queue, 3, &mut out);
    queue.clear();
    queue.push_control(|out| frames::append(out, OpCode::Text, b"{}"));
    read(&mut queue, usize::MAX, &mut out);
    assert_eq!(
        out[..whole.len()],
        whole,
        "the frame that was half sent is sent to its end"
    );
    assert_eq!(texts(&out[whole.len()..]), [serde_json::json!({})]);
}
