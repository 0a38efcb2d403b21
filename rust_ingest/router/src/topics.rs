//! The topics that the router reads and writes.

use contracts::Topic;

pub(crate) fn orders() -> &'static Topic {
    named("execution.orders")
}

pub(crate) fn inbox() -> &'static Topic {
    named("risk.inbox")
}

pub(crate) fn dead_letters() -> &'static Topic {
    named("ops.dead_letters")
}

fn named(name: &str) -> &'static Topic {
    Topic::named(name).expect("a topic of schemas/topics.toml")
}
