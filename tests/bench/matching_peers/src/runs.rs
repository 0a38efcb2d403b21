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

/// How long after it was due each operation was done, in nanoseconds. Operations are due at an even rate, whether the one before is
/// done or not.
///
/// `own` is the same, worked out from how long each operation takes in the median of all rounds so far. An engine does the same work
/// at the same operation in each round, however rarely that comes; an interruption by the machine meets another operation in each.
pub fn latency<E: Engine>(flow: &Flow, per_second: u64, rounds: &mut Vec<Vec<u32>>) -> Value {
    let (mut engine, asks) = ready::<E>(flow);
    // Written once before: the kernel hands a page out at its first write, and that takes longer than an order.
    let (mut late_ns, mut took_ns) = (vec![u64::MAX; asks.len()], vec![u32::MAX; asks.len()]);
    let due_ns = |number: usize| number as u64 * 1_000_000_000 / per_second;
    let start = Instant::now() + Duration::from_millis(1);
    let mut done = Instant::now();
    for (number, ask) in asks.iter().enumerate() {
        let due = start + Duration::from_nanos(due_ns(number));
        let mut begun = done;
        while begun < due {
            spin_loop();
            begun = Instant::now();
        }
        black_box(engine.apply(ask));
        done = Instant::now();
        late_ns[number] = (done - due).as_nanos() as u64;
        took_ns[number] = (done - begun).as_nanos() as u32;
    }
    rounds.push(took_ns);
    let [p50, p99, p999] = percentiles(late_ns);
    let [own_p50, own_p99, own_p999] = percentiles(own_lateness_ns(rounds, due_ns));
    json!({
        "engine": E::NAME, "p50_ns": p50, "p99_ns": p99, "p999_ns": p999,
        "own_p50_ns": own_p50, "own_p99_ns": own_p99, "own_p999_ns": own_p999,
    })
}

/// An operation begins when it is due and the one before is done.
fn own_lateness_ns(rounds: &[Vec<u32>], due_ns: impl Fn(usize) -> u64) -> Vec<u64> {
    let mut done_ns = 0;
    let median = |number: usize| {
        let mut times: Vec<u32> = rounds.iter().map(|took_ns| took_ns[number]).collect();
        times.sort_unstable();
        u64::from(times[times.len() / 2])
    };
    (0..rounds[0].len())
        .map(|number| {
            done_ns = due_ns(number).max(done_ns) + median(number);
            done_ns - due_ns(number)
        })
        .collect()
}

fn percentiles(mut times_ns: Vec<u64>) -> [u64; 3] {
    times_ns.sort_unstable();
    [0.5, 0.99, 0.999].map(|share| times_ns[((times_ns.len() - 1) as f64 * share) as usize])
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
