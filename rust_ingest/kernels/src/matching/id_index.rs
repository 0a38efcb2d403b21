//! Finds an order by its id.

use super::order::Handle;

/// A hash table with linear probing. A removed entry's followers move up, so that there are no tombstones: no operation ever
/// stops to rebuild the table but the one that makes it grow. The hash is spelt out and the same in every process; nothing
/// is ever read in the table's order.
#[derive(Debug)]
pub(super) struct IdIndex {
    /// A power of two of slots.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    handle: Handle,
}

const EMPTY: Slot = Slot {
    hash: 0,
    handle: Handle::NONE,
};
const SLOTS_AT_FIRST: usize = 1024;

impl IdIndex {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![EMPTY; SLOTS_AT_FIRST],
            used: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// The handle under `id`; `is_it` says whether a handle's order really has that id.
    #[inline]
    pub(super) fn find(&self, id: u64, is_it: impl Fn(Handle) -> bool) -> Option<Handle> {
        self.place(id, is_it).map(|place| self.slots[place].handle)
    }

    /// Adds an id that is not there.
    #[inline]
    pub(super) fn insert(&mut self, id: u64, handle: Handle) {
        // Half: beyond, runs grow long, and where they end is anybody's guess, the processor's too.
        if (self.used + 1) * 2 > self.slots.len() {
            self.grow();
        }
        self.put(Slot { hash: hash(id), handle });
        self.used += 1;
    }

    /// Removes an id that is there.
    #[inline]
    pub(super) fn remove(&mut self, id: u64, handle: Handle) {
        let Some(mut hole) = self.place(id, |candidate| candidate == handle) else {
            return;
        };
        let mask = self.slots.len() - 1;
        let mut next = (hole + 1) & mask;
        loop {
            let slot = self.slots[next];
            if slot.handle == Handle::NONE {
                break;
            }
            // It may move up to the hole unless its run begins behind the hole.
            let from_home = next.wrapping_sub(slot.hash as usize) & mask;
            let from_hole = next.wrapping_sub(hole) & mask;
            if from_home >= from_hole {
                self.slots[hole] = slot;
                hole = next;
            }
            next = (next + 1) & mask;
        }
        self.slots[hole] = EMPTY;
        self.used -= 1;
    }

    pub(super) fn resident_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    #[inline]
    fn place(&self, id: u64, is_it: impl Fn(Handle) -> bool) -> Option<usize> {
        let hash = hash(id);
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.handle == Handle::NONE {
                return None;
            }
            if slot.hash == hash && is_it(slot.handle) {
                return Some(place);
            }
            place = (place + 1) & mask;
        }
    }

    #[inline]
    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut place = slot.hash as usize & mask;
        while self.slots[place].handle != Handle::NONE {
            place = (place + 1) & mask;
        }
        self.slots[place] = slot;
    }

    #[cold]
    fn grow(&mut self) {
        let twice = vec![EMPTY; self.slots.len() * 2];
        for slot in std::mem::replace(&mut self.slots, twice) {
            if slot.handle != Handle::NONE {
                self.put(slot);
            }
        }
    }
}

/// The upper half of a product spreads consecutive ids, and ids that differ in few bits, over the table.
#[inline]
fn hash(id: u64) -> u32 {
    let mixed = (id ^ (id >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}
