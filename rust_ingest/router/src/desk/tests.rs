//! The desk against a model venue that loses, delays and refuses, with crashes of the router at random moments.

mod room;
mod simulation;
mod venue;

use proptest::prelude::*;

use simulation::{Chaos, Simulation};

const QUIET: Chaos = Chaos {
    faults_percent: 0,
    crashes: 0,
    lost_reports_max: 0,
};

#[test]
fn without_faults_every_order_is_sent_once_and_at_once() {
    for seed in 0..200 {
        let mut run = Simulation::new(seed, QUIET);
        run.finish();
        run.check();
        assert_eq!(run.places(), run.accepted() + run.refused(), "seed {seed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn faults_never_double_or_lose_an_order(seed: u64, faults_percent in 1_u64..60) {
        let mut run = Simulation::new(seed, Chaos { faults_percent, ..QUIET });
        run.finish();
        run.check();
    }

    #[test]
    fn neither_do_crashes(seed: u64, faults_percent in 0_u64..50, crashes in 1_u32..6, lost_reports_max in 0_usize..4) {
        let mut run = Simulation::new(seed, Chaos { faults_percent, crashes, lost_reports_max });
        run.finish();
        run.check();
    }
}
