//! Finds an order by its id.

use hashbrown::HashTable;

use super::order::Handle;

/// A hash table that looks at sixteen places at once: where one of eight would end is anybody's guess, the processor's too.
///
/// The hash is spelt out and the same in every process; nothing is ever read in the table's order.
#[derive(Debug)]
pub(super) struct IdIndex {
    handles: HashTable<Handle>,
}

/// A table that is at most half full almost never marks a removed place, and so almost never has marks to sweep out.
const ROOM_FOR_EACH: usize = 2;
const ROOM_AT_FIRST: usize = 1024;

impl IdIndex {
    pub(super) fn new() -> Self {
        Self {
            handles: HashTable::with_capacity(ROOM_AT_FIRST),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.handles.len()
    }

    /// The handle under `id`; `id_of` says which id a handle's order has.
    #[inline]
    pub(super) fn find(&self, id: u64, id_of: impl Fn(Handle) -> u64) -> Option<Handle> {
        self.handles.find(hash(id), |&handle| id_of(handle) == id).copied()
    }

    /// Adds an id that is not there.
    #[inline]
    pub(super) fn insert(&mut self, id: u64, handle: Handle, id_of: impl Fn(Handle) -> u64) {
        let hash_of = |&handle: &Handle| hash(id_of(handle));
        if self.handles.capacity() < (self.handles.len() + 1) * ROOM_FOR_EACH {
            self.handles.reserve(self.handles.len() * ROOM_FOR_EACH, hash_of);
        }
        self.handles.insert_unique(hash(id), handle, hash_of);
    }

    /// Removes an id that is there.
    #[inline]
    pub(super) fn remove(&mut self, id: u64, handle: Handle) {
        if let Ok(entry) = self.handles.find_entry(hash(id), |&other| other == handle) {
            entry.remove();
        }
    }

    pub(super) fn resident_bytes(&self) -> usize {
        self.handles.allocation_size()
    }
}

/// Both halves of a product: the table takes its place from the low bits and its tag from the high ones.
#[inline]
fn hash(id: u64) -> u64 {
    let product = u128::from(id ^ 0x2437_54F4_0B1C_A91D) * 0x9E37_79B9_7F4A_7C15;
    (product as u64) ^ ((product >> 64) as u64)
}
