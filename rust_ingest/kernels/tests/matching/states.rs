//! States that no engine was ever in are refused.

use contracts::{MatchingOrderState, MatchingState};
use kernels::matching::{Command, MatchingEngine, Side, TimeInForce};

use crate::icebergs::iceberg;
use crate::market::Market;

#[test]
fn a_state_goes_there_and_back() {
    let mut market = Market::new();
    market.does(iceberg(1, Side::Sell, 103, 30, 10));
    market.does(Command::limit(u64::MAX, Side::Buy, 100, 5));
    let order = Command::stop(2, Side::Buy, 105, 1);
    market.does(Command {
        time_in_force: TimeInForce::Gtd as u8,
        expires_ns: 9,
        ..order
    });
    let state = market.engine.snapshot("TEST");
    let restored = MatchingEngine::restore(&state).expect("a state that the engine made");
    assert_eq!(restored.snapshot("TEST"), state);
}

#[test]
fn a_wrong_state_is_refused() {
    let market = Market::of(&[(1, Side::Buy, 100, 5), (2, Side::Buy, 99, 5), (3, Side::Sell, 101, 5)]);
    let spoil: [fn(&mut MatchingState); 11] = [
        |state| state.tick_size = 0,
        |state| state.phase = 5,
        |state| state.time_ns = -1,
        |state| state.bids.swap(0, 1),
        |state| state.bids[0].order_id = 2,
        |state| state.bids[0].entry = 4,
        |state| state.bids[0].price = 101,
        |state| state.bids[0].open_quantity = 6,
        |state| state.bids[0].displayed = 4,
        |state| state.bids[0].stop_price = 1,
        |state| {
            state.bids[0] = MatchingOrderState {
                kind: 2,
                ..state.bids[0]
            }
        },
    ];
    for (number, spoil) in spoil.into_iter().enumerate() {
        let mut state = market.engine.snapshot("TEST");
        spoil(&mut state);
        assert!(MatchingEngine::restore(&state).is_err(), "spoilt in way {number}");
    }
}
