//! Feeder and reader have processors of their own, as a venue and a desk have: Linux wakes a reader on the processor of
//! whom it hears from, where the two are in each other's way while another is idle.

use rustix::io;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// This thread runs on the first processor alone.
pub fn take_first() -> io::Result<()> {
    let mut first = CpuSet::new();
    first.set(first_of(&sched_getaffinity(None)?));
    sched_setaffinity(None, &first)
}

/// This thread runs on the others, if there are any.
pub fn leave_first() -> io::Result<()> {
    let mut others = sched_getaffinity(None)?;
    if others.count() > 1 {
        others.unset(first_of(&others));
    }
    sched_setaffinity(None, &others)
}

fn first_of(processors: &CpuSet) -> usize {
    let is_one = |&processor: &usize| processors.is_set(processor);
    (0..CpuSet::MAX_CPU).find(is_one).expect("a thread runs somewhere")
}
