//! Random commands, with every invariant after each; restoring a snapshot at any point changes nothing.

use kernels::matching::{MatchingEngine, Rules};

use crate::flow::{Flow, LOT, TICK};
use crate::invariants::check;
use crate::rebuilt::Rebuilt;

const SEEDS: u64 = 40;
const COMMANDS: usize = 2_000;

#[test]
fn everything_holds_after_every_command() {
    let mut kinds = [0u32; 12];
    let mut codes = [0u32; 256];
    for seed in 0..SEEDS {
        run(seed, &mut kinds, &mut codes);
    }
    assert!(
        kinds[1..].iter().all(|&times| times > 0),
        "every kind of event happens: {kinds:?}"
    );
    assert!(
        codes[..20].iter().all(|&times| times > 0),
        "every rejection happens: {:?}",
        &codes[..20]
    );
    assert!(codes[255] > 0);
}

fn run(seed: u64, kinds: &mut [u32], codes: &mut [u32]) {
    let mut flow = Flow::new(seed);
    let rules = Rules {
        tick_size: TICK,
        lot_size: LOT,
        ..Rules::default()
    };
    let mut engine = MatchingEngine::new(rules).expect("rules of a test");
    let mut rebuilt = Rebuilt::default();
    let mut events = Vec::new();
    for _ in 0..COMMANDS {
        let command = flow.command();
        let before = engine.snapshot("TEST");
        events.clear();
        let outcome = engine.apply(&command, &mut events);
        codes[outcome.map_or_else(|rejection| rejection.code().into(), |()| 0)] += 1;
        for event in &events {
            kinds[usize::from(event.kind)] += 1;
            rebuilt.hear(event);
        }
        check(&engine, &rebuilt);
        let after = engine.snapshot("TEST");
        if outcome.is_err() && events.is_empty() {
            assert_eq!(
                contracts::MatchingState {
                    time_ns: after.time_ns,
                    ..before
                },
                after
            );
        } else if flow.one_in(10) {
            let mut restored = MatchingEngine::restore(&before).expect("a state that the engine made");
            let mut again = Vec::new();
            assert_eq!(restored.apply(&command, &mut again), outcome);
            assert_eq!(again, events);
            assert_eq!(restored.snapshot("TEST"), after);
            engine = restored;
        }
    }
}
