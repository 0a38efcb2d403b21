//! One engine over the flow: which fills it makes, how fast it is, and how late it is when orders come at a rate.

use std::hint::{black_box, spin_loop};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde_json::{Value, json};

use crate::engine::{Engine, Fill};
use crate::flow::Flow;

/// Number and digest of all fills.
pub fn fills<E: Engine>(flow: &Flow) -> Value {
    let mut engine = E::new(true);
    let (mut fills, mut count, mut digest) = (Vec::new(), 0u64, 0u64);
    for op in flow.opening.iter().chain(&flow.ops) {
        engine.apply_telling(&E::ask(op), &mut fills);
        for fill in fills.drain(..) {
            count += 1;
            digest = add(digest, &fill);
        }
    }
    json!({"engine": E::NAME, "fills": count, "digest": digest.to_string()})
}

/// Operations a second, one after the other: by the clock, and by the processor time that was had.
pub fn throughput<E: Engine>(flow: &Flow) -> Value {
    let (mut engine, asks) = ready::<E>(flow);
    let (start, processor) = (Instant::now(), ThreadTime::now());
    engine.apply_each(&asks);
    let rate = |taken: Duration| asks.len() as f64 / taken.as_secs_f64();
    let (by_clock, by_processor) = (rate(start.elapsed()), rate(processor.elapsed()));
    json!({"engine": E::NAME, "ops_per_second": by_clock, "ops_per_processor_second": by_processor})
}

/// Operations of one stretch: a millisecond, at a million a second.
const STRETCH: usize = 1_000;

/// How long after it was due each operation was done, in nanoseconds. Operations are due at an even rate, whether the one before is
/// done or not. `stretch` is the median of each stretch's own percentile: an interruption by the machine, which makes hundreds of
/// operations late at once, shows in the stretch that it fell into and in no other.
pub fn latency<E: Engine>(flow: &Flow, per_second: u64) -> Value {
    let (mut engine, asks) = ready::<E>(flow);
    // Written once before: the kernel hands a page out at its first write, and that takes longer than an order.
    let mut late_ns = vec![u64::MAX; asks.len()];
    late_ns.clear();
    let start = Instant::now() + Duration::from_millis(1);
    for (number, ask) in asks.iter().enumerate() {
        let due = start + Duration::from_nanos(number as u64 * 1_000_000_000 / per_second);
        while Instant::now() < due {
            spin_loop();
        }
        black_box(engine.apply(ask));
        late_ns.push(due.elapsed().as_nanos() as u64);
    }
    late_ns.chunks_mut(STRETCH).for_each(<[u64]>::sort_unstable);
    let of_stretches = |share: f64| {
        let mut each: Vec<u64> = late_ns
            .chunks(STRETCH)
            .map(|stretch| percentile(stretch, share))
            .collect();
        each.sort_unstable();
        percentile(&each, 0.5)
    };
    let stretches = [0.99, 0.999].map(of_stretches);
    late_ns.sort_unstable();
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| percentile(&late_ns, share));
    json!({
        "engine": E::NAME, "p50_ns": p50, "p99_ns": p99, "p999_ns": p999,
        "stretch_p99_ns": stretches[0], "stretch_p999_ns": stretches[1],
    })
}

fn percentile(sorted: &[u64], share: f64) -> u64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// An engine with the opening book, and all that is asked of it in its own form.
fn ready<E: Engine>(flow: &Flow) -> (E, Vec<E::Ask>) {
    let mut engine = E::new(false);
    for op in &flow.opening {
        engine.apply(&E::ask(op));
    }
    (engine, flow.ops.iter().map(E::ask).collect())
}

fn add(digest: u64, fill: &Fill) -> u64 {
    let parts = [
        fill.taker,
        fill.maker,
        fill.price.cast_unsigned(),
        fill.quantity.cast_unsigned(),
    ];
    parts.into_iter().fold(digest, |digest, part| {
        (digest ^ part)
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(5)
    })
}
