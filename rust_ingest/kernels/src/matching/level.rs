//! The queue of one price: a list through the slab, the first come first.

use super::order::Handle;
use super::slab::Slab;

#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// Sum of what its orders show.
    pub(super) displayed: i64,
    pub(super) head: Handle,
    tail: Handle,
    pub(super) orders: u32,
}

pub(super) const EMPTY: Level = Level {
    displayed: 0,
    head: Handle::NONE,
    tail: Handle::NONE,
    orders: 0,
};

impl Level {
    #[inline]
    pub(super) fn push_back(&mut self, slab: &mut Slab, handle: Handle) {
        let last = self.tail;
        let order = slab.get_mut(handle);
        order.previous = last;
        order.next = Handle::NONE;
        self.displayed += slab.shown(slab.get(handle));
        match last {
            Handle::NONE => self.head = handle,
            last => slab.get_mut(last).next = handle,
        }
        self.tail = handle;
        self.orders += 1;
    }

    #[inline]
    pub(super) fn unlink(&mut self, slab: &mut Slab, handle: Handle) {
        let order = slab.get(handle);
        let (previous, next) = (order.previous, order.next);
        self.displayed -= slab.shown(order);
        match previous {
            Handle::NONE => self.head = next,
            previous => slab.get_mut(previous).next = next,
        }
        match next {
            Handle::NONE => self.tail = previous,
            next => slab.get_mut(next).previous = previous,
        }
        self.orders -= 1;
    }

    /// Its orders by priority.
    pub(super) fn queue<'a>(&self, slab: &'a Slab) -> impl Iterator<Item = Handle> + use<'a> {
        let some = |handle: Handle| (handle != Handle::NONE).then_some(handle);
        std::iter::successors(some(self.head), move |&handle| some(slab.get(handle).next))
    }
}
