//! Once an engine has grown to what its book needs, no command allocates.

use allocation_counter::measure;
use kernels::matching::{Command, Event, MatchingEngine, Rules};

use crate::flow::{Flow, LOT, TICK};

const COMMANDS: usize = 50_000;

#[test]
fn nothing_is_allocated_once_warm() {
    let rules = Rules {
        tick_size: TICK,
        lot_size: LOT,
        ..Rules::default()
    };
    let mut engine = MatchingEngine::new(rules).expect("rules of a test");
    let mut events: Vec<Event> = Vec::with_capacity(1 << 16);
    // The same commands again, later and with other ids: the book comes to the same size.
    let mut flow = Flow::new(1);
    let commands: Vec<Command> = (0..COMMANDS).map(|_| flow.command()).collect();
    let mut apply = |round: usize| {
        let later = round as i64 * COMMANDS as i64;
        for command in &commands {
            let order_id = command.order_id + (round * COMMANDS) as u64;
            let expires_ns = if command.expires_ns > 0 {
                command.expires_ns.saturating_add(later)
            } else {
                command.expires_ns
            };
            events.clear();
            let command = Command {
                order_id,
                time_ns: command.time_ns + later,
                expires_ns,
                ..*command
            };
            let _ = engine.apply(&command, &mut events);
        }
        engine
            .apply(
                &Command {
                    time_ns: later,
                    ..Command::mass_cancel(0, None)
                },
                &mut events,
            )
            .ok();
    };
    let cold = measure(|| apply(0));
    assert!(cold.count_total > 0, "what is counted is counted");
    apply(1);
    let counted = measure(|| apply(2));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}
