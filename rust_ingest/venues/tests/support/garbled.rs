//! What is no message: bytes at random, and messages that something happened to. A fixed seed: what fails once fails again.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const CASES: u32 = 2_000;

fn runner(seed: u8) -> TestRunner {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    TestRunner::new_with_rng(Config::with_cases(CASES), rng)
}

/// Bytes at random are never read.
pub fn random_bytes_are_refused(is_read: impl Fn(&str) -> bool) {
    let bytes = proptest::collection::vec(any::<u8>(), 0..300);
    let run = runner(1).run(&bytes, |bytes| {
        prop_assert!(!is_read(&String::from_utf8_lossy(&bytes)));
        Ok(())
    });
    run.unwrap();
}

/// A message with a byte changed, cut out of the middle or doubled never panics, and is read only where it still is JSON.
pub fn what_is_read_is_json(messages: &[&str], is_read: impl Fn(&str) -> bool) {
    let changes = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..3,
    );
    for text in messages {
        let run = runner(2).run(&changes, |(from, to, byte, change)| {
            let (from, to) = (from.index(text.len()), to.index(text.len()));
            let (from, to) = (from.min(to), from.max(to));
            let mut bytes = text.as_bytes().to_vec();
            match change {
                0 => bytes[from] = byte,
                1 => drop(bytes.drain(from..to)),
                _ => bytes
                    .splice(from..from, text.as_bytes()[from..to].iter().copied())
                    .for_each(drop),
            }
            let text = String::from_utf8_lossy(&bytes);
            if is_read(&text) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
            }
            Ok(())
        });
        run.unwrap();
    }
}
