//! The slots in which live orders are.

use super::order::{Extras, ExtrasNumber, Handle, Marks, Order};

/// Slots are used again, the last freed first: it is the likeliest to be in the cache.
#[derive(Debug)]
pub(super) struct Slab {
    orders: Vec<Order>,
    free: Handle,
    extras: Vec<Extras>,
    free_extras: Vec<ExtrasNumber>,
}

const SLOTS_AT_FIRST: usize = 1024;

impl Slab {
    pub(super) fn new() -> Self {
        Self {
            orders: Vec::with_capacity(SLOTS_AT_FIRST),
            free: Handle::NONE,
            extras: Vec::new(),
            free_extras: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn get(&self, handle: Handle) -> &Order {
        &self.orders[handle.0 as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, handle: Handle) -> &mut Order {
        &mut self.orders[handle.0 as usize]
    }

    #[inline]
    pub(super) fn add(&mut self, mut order: Order, extras: Extras) -> Handle {
        order.extras = if extras.are_empty() {
            ExtrasNumber::NONE
        } else {
            self.add_extras(extras)
        };
        if self.free == Handle::NONE {
            return self.add_slot(order);
        }
        let handle = self.free;
        let slot = self.get_mut(handle);
        let next_free = slot.next;
        *slot = order;
        self.free = next_free;
        handle
    }

    #[inline]
    pub(super) fn remove(&mut self, handle: Handle) {
        let next_free = self.free;
        let slot = self.get_mut(handle);
        let extras = slot.extras;
        slot.marks = Marks::free();
        slot.next = next_free;
        self.free = handle;
        if extras != ExtrasNumber::NONE {
            self.free_extras.push(extras);
        }
    }

    #[inline]
    pub(super) fn extras(&self, order: &Order) -> Extras {
        match order.extras {
            ExtrasNumber::NONE => Extras::default(),
            ExtrasNumber(number) => self.extras[number as usize],
        }
    }

    /// What the book shows of a resting order.
    #[inline]
    pub(super) fn shown(&self, order: &Order) -> i64 {
        if order.extras == ExtrasNumber::NONE {
            return order.open;
        }
        self.shown_beside_extras(order)
    }

    /// Takes over what an iceberg shows now. No other order has anything to take over.
    #[inline]
    pub(super) fn set_shown(&mut self, handle: Handle, shown: i64) {
        if let ExtrasNumber(number) = self.get(handle).extras
            && number != ExtrasNumber::NONE.0
        {
            self.extras[number as usize].shown = shown;
        }
    }

    /// Takes over a stop's other stop price; stops have extras.
    pub(super) fn set_stop_price(&mut self, handle: Handle, stop_price: i64) {
        if let ExtrasNumber(number) = self.get(handle).extras
            && number != ExtrasNumber::NONE.0
        {
            self.extras[number as usize].stop_price = stop_price;
        }
    }

    /// Takes over what an order has become, that keeps its slot and stands in no queue.
    pub(super) fn put_back(&mut self, handle: Handle, mut order: Order, extras: Extras) {
        order.extras = self.get(handle).extras;
        if let ExtrasNumber(number) = order.extras
            && number != ExtrasNumber::NONE.0
        {
            self.extras[number as usize] = extras;
        }
        *self.get_mut(handle) = order;
    }

    /// All live orders, by slot.
    pub(super) fn live(&self) -> impl Iterator<Item = (Handle, &Order)> {
        let numbered = (0u32..).map(Handle).zip(&self.orders);
        numbered.filter(|(_, order)| !order.marks.is_free())
    }

    pub(super) fn resident_bytes(&self) -> usize {
        self.orders.capacity() * size_of::<Order>()
            + self.extras.capacity() * size_of::<Extras>()
            + self.free_extras.capacity() * size_of::<ExtrasNumber>()
    }

    #[cold]
    fn shown_beside_extras(&self, order: &Order) -> i64 {
        let extras = self.extras(order);
        if extras.display_quantity == 0 {
            order.open
        } else {
            extras.shown
        }
    }

    fn add_extras(&mut self, extras: Extras) -> ExtrasNumber {
        if let Some(number) = self.free_extras.pop() {
            self.extras[number.0 as usize] = extras;
            return number;
        }
        self.extras.push(extras);
        // Room for all to be free: freeing never allocates.
        self.free_extras.reserve(self.extras.len());
        ExtrasNumber((self.extras.len() - 1) as u32)
    }

    /// Grows by a quarter: doubling would hold twice what a large book needs.
    #[cold]
    fn add_slot(&mut self, order: Order) -> Handle {
        if self.orders.len() == self.orders.capacity() {
            self.orders.reserve_exact(self.orders.len() / 4);
        }
        self.orders.push(order);
        Handle((self.orders.len() - 1) as u32)
    }
}
