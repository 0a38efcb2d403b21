//! Items of 32 bytes from one thread to another, by several rings of the same length, in turns.
//!
//! `ring ITEMS ROUNDS` prints a line of JSON for each ring: the rate of each round, in items a second. Every item is looked at on its
//! arrival: one that is lost, doubled or changed ends the program.

use std::hint::spin_loop;
use std::time::Instant;

use ringbuf::traits::{Consumer as _, Producer as _, Raw as _, Split as _};

type Item = [u64; 4];

const LENGTH: usize = 65_536;
/// Passed on together, where the ring can.
const BATCH: usize = 512;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).map(|word| word.parse().expect("a number")).collect();
    let &[items, rounds] = &numbers[..] else { panic!("ring ITEMS ROUNDS") };
    type Ring = fn(u64) -> f64;
    let rings: [(&str, Ring); 4] = [
        ("rtrb", by_rtrb),
        ("ringbuf", by_ringbuf),
        ("heapless", by_heapless),
        ("crossbeam ArrayQueue", by_crossbeam),
    ];
    let mut rates = vec![Vec::new(); rings.len()];
    for _ in 0..rounds {
        for (index, (_, ring)) in rings.iter().enumerate() {
            rates[index].push(ring(items));
        }
    }
    for ((name, _), rates) in rings.iter().zip(rates) {
        println!(r#"{{"ring":"{name}","per_s":{rates:?}}}"#);
    }
}

/// Runs both ends; the rate. `put` and `take` pass on as many as they can, and say how many.
fn measured(
    items: u64,
    mut put: impl FnMut(&[Item]) -> usize + Send,
    mut take: impl FnMut(&mut dyn FnMut(&[Item])) + Send,
) -> f64 {
    let begin = Instant::now();
    std::thread::scope(|threads| {
        threads.spawn(move || {
            let mut batch = [[0; 4]; BATCH];
            let mut made = 0;
            while made < items {
                let count = BATCH.min((items - made) as usize);
                for (item, number) in batch[..count].iter_mut().zip(made..) {
                    *item = item_of(number);
                }
                let mut waiting = &batch[..count];
                while !waiting.is_empty() {
                    let taken = put(waiting);
                    waiting = &waiting[taken..];
                    if taken == 0 {
                        spin_loop();
                    }
                }
                made += count as u64;
            }
        });
        threads.spawn(move || {
            let mut seen = 0;
            while seen < items {
                let before = seen;
                take(&mut |batch| {
                    assert_eq!(differing_bits(batch, seen), 0, "an item is lost or changed");
                    seen += batch.len() as u64;
                });
                if seen == before {
                    spin_loop();
                }
            }
        });
    });
    items as f64 / begin.elapsed().as_secs_f64()
}

fn item_of(number: u64) -> Item {
    [number, number ^ 7, number + 9, !number]
}

/// None, if these are the items from `first` on. Looked at without a branch for each, which takes longer than its way through the ring.
fn differing_bits(batch: &[Item], first: u64) -> u64 {
    let of_item = |(item, number): (&Item, u64)| {
        let due = item_of(number);
        (item[0] ^ due[0]) | (item[1] ^ due[1]) | (item[2] ^ due[2]) | (item[3] ^ due[3])
    };
    batch.iter().zip(first..).map(of_item).fold(0, |all, bits| all | bits)
}

fn by_rtrb(items: u64) -> f64 {
    let (mut producer, mut consumer) = rtrb::RingBuffer::<Item>::new(LENGTH);
    let put = move |batch: &[Item]| {
        let count = producer.slots().min(batch.len());
        let mut chunk = producer.write_chunk(count).expect("so many are free");
        let (first, second) = chunk.as_mut_slices();
        first.copy_from_slice(&batch[..first.len()]);
        second.copy_from_slice(&batch[first.len()..count]);
        chunk.commit_all();
        count
    };
    let take = move |each: &mut dyn FnMut(&[Item])| {
        let chunk = consumer.read_chunk(consumer.slots()).expect("so many are there");
        let (first, second) = chunk.as_slices();
        each(first);
        each(second);
        chunk.commit_all();
    };
    measured(items, put, take)
}

fn by_ringbuf(items: u64) -> f64 {
    let (mut producer, mut consumer) = ringbuf::HeapRb::<Item>::new(LENGTH).split();
    let put = move |batch: &[Item]| producer.push_slice(batch);
    let take = move |each: &mut dyn FnMut(&[Item])| {
        let (first, second) = consumer.as_slices();
        each(first);
        each(second);
        let count = first.len() + second.len();
        // SAFETY: these were looked at, and need no drop.
        unsafe { consumer.advance_read_index(count) };
    };
    measured(items, put, take)
}

/// Passes items on one by one.
fn by_heapless(items: u64) -> f64 {
    let mut queue = Box::new(heapless::spsc::Queue::<Item, LENGTH>::new());
    let (mut producer, mut consumer) = queue.split();
    let put = move |batch: &[Item]| batch.iter().take_while(|item| producer.enqueue(**item).is_ok()).count();
    let take = move |each: &mut dyn FnMut(&[Item])| {
        for _ in 0..BATCH {
            let Some(item) = consumer.dequeue() else { break };
            each(&[item]);
        }
    };
    measured(items, put, take)
}

/// Passes items on one by one.
fn by_crossbeam(items: u64) -> f64 {
    let queue = crossbeam_queue::ArrayQueue::<Item>::new(LENGTH);
    let put = |batch: &[Item]| batch.iter().take_while(|item| queue.push(**item).is_ok()).count();
    let take = |each: &mut dyn FnMut(&[Item])| {
        for _ in 0..BATCH {
            let Some(item) = queue.pop() else { break };
            each(&[item]);
        }
    };
    measured(items, put, take)
}
