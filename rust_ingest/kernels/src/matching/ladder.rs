//! The prices of one side, each with its queue.

use super::directory::{Descending, Directory};
use super::level::{EMPTY, Level};
use super::order::Handle;
use super::slab::Slab;

/// Prices are keys here, in ticks, with the sign that makes the higher key the better price. Eight keys side by side are a page;
/// only pages with a price in use exist.
#[derive(Debug)]
pub(super) struct Ladder {
    pages: Vec<Page>,
    free_pages: Vec<u32>,
    directory: Directory,
    best_key: i64,
    /// Page * 8 + slot.
    best_level: u32,
}

#[derive(Debug)]
struct Page {
    number: i64,
    /// Bit s: slot s has orders.
    used: u8,
    levels: [Level; SLOTS as usize],
}

const SLOTS: u32 = 8;
const NO_LEVEL: u32 = u32::MAX;
/// `best_key` without orders: below every key and every limit.
const NO_KEY: i64 = i64::MIN;
/// A limit that every key reaches.
pub(super) const ANY_KEY: i64 = i64::MIN + 1;

impl Ladder {
    pub(super) fn new() -> Self {
        Self {
            pages: Vec::new(),
            free_pages: Vec::new(),
            directory: Directory::new(),
            best_key: NO_KEY,
            best_level: NO_LEVEL,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.best_key == NO_KEY
    }

    /// The best price's key, below every limit if there is none.
    #[inline]
    pub(super) fn best_key(&self) -> i64 {
        self.best_key
    }

    /// The order that is first served, if its key reaches the limit.
    #[inline]
    pub(super) fn first(&self, limit_key: i64) -> Option<Handle> {
        (self.best_key >= limit_key).then(|| self.level(self.best_level).head)
    }

    #[inline]
    pub(super) fn level(&self, number: u32) -> &Level {
        &self.pages[(number / SLOTS) as usize].levels[(number % SLOTS) as usize]
    }

    #[inline]
    pub(super) fn level_mut(&mut self, number: u32) -> &mut Level {
        &mut self.pages[(number / SLOTS) as usize].levels[(number % SLOTS) as usize]
    }

    #[inline]
    pub(super) fn push_back(&mut self, slab: &mut Slab, handle: Handle, key: i64) {
        let number = self.find_or_add(key);
        slab.get_mut(handle).level = number;
        self.level_mut(number).push_back(slab, handle);
    }

    #[inline]
    pub(super) fn unlink(&mut self, slab: &mut Slab, handle: Handle) {
        let number = slab.get(handle).level;
        let level = self.level_mut(number);
        level.unlink(slab, handle);
        if level.orders == 0 {
            self.remove_level(number);
        }
    }

    /// An order that now shows `shown` goes to the end of its queue.
    pub(super) fn requeue(&mut self, slab: &mut Slab, handle: Handle, shown: i64) {
        let level = self.level_mut(slab.get(handle).level);
        level.unlink(slab, handle);
        slab.set_shown(handle, shown);
        level.push_back(slab, handle);
    }

    /// The level of a key that has orders.
    pub(super) fn find(&self, key: i64) -> Option<&Level> {
        let page = self.directory.find(key.div_euclid(SLOTS.into()))?;
        let slot = key.rem_euclid(SLOTS.into()) as usize;
        Some(&self.pages[page as usize].levels[slot]).filter(|level| level.orders > 0)
    }

    /// Its prices, the best first.
    pub(super) fn levels(&self) -> impl Iterator<Item = (i64, &Level)> {
        self.directory.descending().flat_map(|(number, page)| {
            let page = &self.pages[page as usize];
            Descending(page.used.into()).map(move |slot| (number * i64::from(SLOTS) + slot as i64, &page.levels[slot]))
        })
    }

    pub(super) fn resident_bytes(&self) -> usize {
        self.pages.capacity() * size_of::<Page>()
            + self.free_pages.capacity() * size_of::<u32>()
            + self.directory.resident_bytes()
    }

    #[inline]
    fn find_or_add(&mut self, key: i64) -> u32 {
        if key == self.best_key {
            return self.best_level;
        }
        let number = key.div_euclid(SLOTS.into());
        let slot = key.rem_euclid(SLOTS.into()) as u32;
        let page = match self.directory.find(number) {
            Some(page) => page,
            None => self.add_page(number),
        };
        self.pages[page as usize].used |= 1 << slot;
        let level = page * SLOTS + slot;
        if key > self.best_key {
            self.best_key = key;
            self.best_level = level;
        }
        level
    }

    fn add_page(&mut self, number: i64) -> u32 {
        let page = self.free_pages.pop().unwrap_or_else(|| {
            // By a quarter: doubling would hold twice what a book of many prices needs.
            if self.pages.len() == self.pages.capacity() {
                self.pages.reserve_exact(self.pages.len() / 4 + 8);
            }
            self.pages.push(Page {
                number,
                used: 0,
                levels: [EMPTY; SLOTS as usize],
            });
            // Room for all to be free: freeing never allocates.
            self.free_pages.reserve(self.pages.len());
            (self.pages.len() - 1) as u32
        });
        self.pages[page as usize].number = number;
        self.directory.insert(number, page);
        page
    }

    #[inline]
    fn remove_level(&mut self, level: u32) {
        let at = level / SLOTS;
        let page = &mut self.pages[at as usize];
        page.used &= !(1 << (level % SLOTS));
        if page.used == 0 {
            self.directory.remove(page.number);
            self.free_pages.push(at);
        }
        if level == self.best_level {
            self.find_best();
        }
    }

    fn find_best(&mut self) {
        let best = self.directory.best().and_then(|(number, page)| {
            let slot = self.pages[page as usize].used.checked_ilog2()?;
            Some((number * i64::from(SLOTS) + i64::from(slot), page * SLOTS + slot))
        });
        (self.best_key, self.best_level) = best.unwrap_or((NO_KEY, NO_LEVEL));
    }
}
