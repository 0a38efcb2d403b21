//! Any bytes as commands: what the random flows of the tests are held to holds of them too. Eight bytes are one command, drawn close
//! enough together that orders meet.
#![no_main]

#[path = "../../tests/matching/invariants.rs"]
mod invariants;
#[path = "../../tests/matching/rebuilt.rs"]
mod rebuilt;

use kernels::matching::{Action, Command, Kind, MatchingEngine, Rules, TimeInForce};
use libfuzzer_sys::fuzz_target;

const TICK: i64 = 5;
const LOT: i64 = 10;
/// The state of a large book takes long to compare.
const COMMANDS: usize = 400;

fuzz_target!(|bytes: &[u8]| {
    let rules = Rules {
        tick_size: TICK,
        lot_size: LOT,
        ..Rules::default()
    };
    let mut engine = MatchingEngine::new(rules).expect("rules of a fuzzer");
    let mut rebuilt = rebuilt::Rebuilt::default();
    let mut events = Vec::new();
    for (number, drawn) in bytes.as_chunks::<8>().0.iter().take(COMMANDS).enumerate() {
        let command = command(drawn, number as i64 / 4);
        let before = engine.snapshot("FUZZ");
        events.clear();
        let outcome = engine.apply(&command, &mut events);
        for event in &events {
            rebuilt.hear(event);
        }
        invariants::check(&engine, &rebuilt);
        let after = engine.snapshot("FUZZ");
        if outcome.is_err() && events.is_empty() {
            let time_ns = after.time_ns;
            assert_eq!(contracts::MatchingState { time_ns, ..before }, after);
        } else {
            let mut restored = MatchingEngine::restore(&before).expect("a state that the engine made");
            let mut again = Vec::new();
            assert_eq!(restored.apply(&command, &mut again), outcome);
            assert_eq!((again, restored.snapshot("FUZZ")), (events.clone(), after));
        }
    }
});

/// Codes may be none; numbers that a kind of order does not have are mostly left out.
fn command(drawn: &[u8; 8], time_ns: i64) -> Command {
    let [what, who, price, stop, quantity, shown, form, extra] = *drawn;
    let price_of = |byte: u8| (100 + i64::from(byte % 16)) * TICK + i64::from(byte == 255);
    let is_new = what % 9 == Action::New as u8;
    let kind = 1 + form % 4;
    let time_in_force = 1 + form / 4 % 5;
    let waits = kind == Kind::Stop as u8 || kind == Kind::StopLimit as u8;
    let has_price = kind == Kind::Limit as u8 || kind == Kind::StopLimit as u8;
    Command {
        time_ns,
        order_id: u64::from(who % 32),
        price: if is_new && !has_price || price >= 240 {
            0
        } else {
            price_of(price)
        },
        quantity: i64::from(quantity % 16) * LOT + i64::from(quantity == 255),
        stop_price: if is_new && !waits || !is_new && stop < 200 {
            0
        } else {
            price_of(stop)
        },
        display_quantity: i64::from(shown % 4) * LOT * i64::from(shown >= 128),
        expires_ns: if time_in_force == TimeInForce::Gtd as u8 {
            time_ns + i64::from(shown / 4)
        } else {
            0
        },
        owner: u32::from(who / 64),
        action: what % 9,
        side: what / 9 % 3,
        kind,
        time_in_force,
        self_trade: extra % 6,
        post_only: u8::from(extra >= 240),
        phase: 1 + extra / 8 % 5,
        zero: [0; 5],
    }
}
