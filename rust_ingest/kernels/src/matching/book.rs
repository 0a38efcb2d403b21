//! All live orders: resting ones and waiting stops of both sides, found by id, by price and by time.

use super::codes::Side;
use super::expiry::Expiries;
use super::id_index::IdIndex;
use super::ladder::Ladder;
use super::order::{Extras, Handle, Order};
use super::slab::Slab;

#[derive(Debug)]
pub(super) struct Book {
    pub(super) slab: Slab,
    index: IdIndex,
    sides: [SideBook; 2],
    pub(super) expiries: Expiries,
}

#[derive(Debug)]
pub(super) struct SideBook {
    pub(super) resting: Ladder,
    /// By stop price; first the one that the smallest move triggers.
    pub(super) stops: Ladder,
    /// Open quantity of both.
    pub(super) open: i64,
}

impl Book {
    pub(super) fn new() -> Self {
        let side = || SideBook {
            resting: Ladder::new(),
            stops: Ladder::new(),
            open: 0,
        };
        Self {
            slab: Slab::new(),
            index: IdIndex::new(),
            sides: [side(), side()],
            expiries: Expiries::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    #[inline]
    pub(super) fn find(&self, id: u64) -> Option<Handle> {
        self.index.find(id, |handle| self.slab.get(handle).id)
    }

    #[inline]
    pub(super) fn side(&self, side: Side) -> &SideBook {
        &self.sides[side.index()]
    }

    #[inline]
    pub(super) fn side_and_slab(&mut self, side: Side) -> (&mut SideBook, &mut Slab) {
        (&mut self.sides[side.index()], &mut self.slab)
    }

    /// Gives an order a slot, by which it is found by id until it is released.
    #[inline]
    pub(super) fn admit(&mut self, order: Order, extras: Extras) -> Handle {
        let handle = self.slab.add(order, extras);
        let slab = &self.slab;
        self.index.insert(order.id, handle, |handle| slab.get(handle).id);
        if extras.expires_ns != 0 {
            self.expiries.add(extras.expires_ns, order.entry, handle);
        }
        handle
    }

    /// To the end of the queue of its price.
    #[inline]
    pub(super) fn rest(&mut self, handle: Handle, key: i64) {
        let order = self.slab.get(handle);
        let side = &mut self.sides[order.side().index()];
        side.open += order.open;
        side.resting.push_back(&mut self.slab, handle, key);
    }

    /// To the end of the queue of its stop price.
    pub(super) fn wait(&mut self, handle: Handle, key: i64) {
        let order = self.slab.get(handle);
        let side = &mut self.sides[order.side().index()];
        side.open += order.open;
        side.stops.push_back(&mut self.slab, handle, key);
    }

    /// Out of its queue; it keeps its slot.
    #[inline]
    pub(super) fn withdraw(&mut self, handle: Handle) {
        let order = self.slab.get(handle);
        let side = &mut self.sides[order.side().index()];
        side.open -= order.open;
        let ladder = if order.kind.waits() {
            &mut side.stops
        } else {
            &mut side.resting
        };
        ladder.unlink(&mut self.slab, handle);
    }

    /// Ends an order that is in no queue.
    #[inline]
    pub(super) fn release(&mut self, handle: Handle) {
        let order = self.slab.get(handle);
        let (id, has_extras) = (order.id, order.has_extras());
        let expires = has_extras && self.slab.extras(order).expires_ns != 0;
        self.index.remove(id, handle);
        self.slab.remove(handle);
        if expires {
            self.expiries.note_release(&self.slab);
        }
    }

    #[inline]
    pub(super) fn delete(&mut self, handle: Handle) {
        self.withdraw(handle);
        self.release(handle);
    }

    /// Changes what an order in a queue has open and shows; it keeps its place.
    pub(super) fn resize(&mut self, handle: Handle, open: i64, shown: i64) {
        let order = self.slab.get(handle);
        let shown_before = self.slab.shown(order);
        let side = &mut self.sides[order.side().index()];
        side.open += open - order.open;
        let ladder = if order.kind.waits() {
            &mut side.stops
        } else {
            &mut side.resting
        };
        ladder.level_mut(order.level).displayed += shown - shown_before;
        self.slab.get_mut(handle).open = open;
        self.slab.set_shown(handle, shown);
    }

    /// Takes that much away, hidden quantity first; some is left, and keeps its place.
    pub(super) fn reduce(&mut self, handle: Handle, quantity: i64) -> i64 {
        let order = self.slab.get(handle);
        let open = order.open - quantity;
        let shown = self.slab.shown(order).min(open);
        self.resize(handle, open, shown);
        open
    }

    pub(super) fn resident_bytes(&self) -> usize {
        let ladders = self.sides.iter().flat_map(|side| [&side.resting, &side.stops]);
        self.slab.resident_bytes()
            + self.index.resident_bytes()
            + self.expiries.resident_bytes()
            + ladders.map(Ladder::resident_bytes).sum::<usize>()
    }
}
