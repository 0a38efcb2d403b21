//! One side of a book of price levels, sorted.

use contracts::Level;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::level_pairs;

/// How many of the best levels are looked at before all are searched.
const NEAR: usize = 8;

/// Room kept before the worst level, so that levels can move there.
const ROOM: usize = 64;

/// Bids (`BID`) or asks in one flat vector with the best level last: a change near the top moves few levels, and one
/// far out moves those that are further out.
#[derive(Clone, Debug, Default)]
pub(crate) struct BookSide<const BID: bool> {
    /// Worst first, behind `cut` that do not count.
    levels: Vec<Level>,
    /// Room, and what was cut off and is not moved over yet.
    cut: usize,
}

impl<const BID: bool> BookSide<BID> {
    /// Forgets everything and starts from levels in any order; of several at one price the last one holds.
    pub fn load(&mut self, levels: &[Level]) {
        self.clear();
        let is_sorted = levels.is_sorted_by(|better, worse| Self::is_worse(worse.price, better.price));
        if is_sorted && levels.iter().all(|level| level.quantity != 0) {
            let nothing = Level { price: 0, quantity: 0 };
            self.levels.resize(ROOM, nothing);
            self.cut = ROOM;
            self.levels.extend(levels.iter().rev());
        } else {
            levels.iter().for_each(|level| self.set(level.price, level.quantity));
        }
    }

    pub fn clear(&mut self) {
        self.levels.clear();
        self.cut = 0;
    }

    pub fn len(&self) -> usize {
        self.levels.len() - self.cut
    }

    /// Levels that its memory holds.
    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.levels.capacity()
    }

    /// Quantity 0 removes the level. One that is not there is normal: it lay outside the snapshot.
    #[inline]
    pub fn set(&mut self, price: i64, quantity: i64) {
        let index = self.place_of(price);
        match self.levels.get_mut(index) {
            Some(level) if level.price == price => match quantity {
                0 => self.remove(index),
                _ => level.quantity = quantity,
            },
            _ if quantity != 0 => self.insert(index, Level { price, quantity }),
            _ => {}
        }
    }

    /// Forgets what is worse than the `depth` best levels.
    #[inline]
    pub fn truncate(&mut self, depth: usize) {
        if self.len() > depth {
            self.cut = self.levels.len() - depth;
            self.close_up();
        }
    }

    #[inline]
    pub fn best(&self) -> Option<Level> {
        self.live().last().copied()
    }

    /// Best first.
    pub fn iter(&self) -> impl Iterator<Item = Level> + '_ {
        self.live().iter().rev().copied()
    }

    /// Moves the levels over those that are cut off, once these are more: one move for each of them at most.
    #[inline]
    fn close_up(&mut self) {
        if self.cut > self.len() + ROOM {
            self.levels.drain(..self.cut - ROOM);
            self.cut = ROOM;
        }
    }

    fn live(&self) -> &[Level] {
        &self.levels[self.cut..]
    }

    #[inline]
    fn is_worse(price: i64, other: i64) -> bool {
        if BID { price < other } else { price > other }
    }

    /// Index of the first level that is not worse than `price`.
    #[inline]
    fn place_of(&self, price: i64) -> usize {
        let live = self.live();
        // Counted, not searched: where a change hits is hard to predict, and a wrong guess costs more than eight
        // comparisons.
        if let Some((far, near)) = live.split_last_chunk::<NEAR>() {
            let worse = near
                .iter()
                .map(|level| usize::from(Self::is_worse(level.price, price)))
                .sum::<usize>();
            if worse > 0 {
                return self.cut + far.len() + worse;
            }
        }
        self.cut + live.partition_point(|level| Self::is_worse(level.price, price))
    }

    #[inline]
    fn insert(&mut self, index: usize, level: Level) {
        if self.is_in_worse_half(index) && self.cut > 0 {
            self.levels.copy_within(self.cut..index, self.cut - 1);
            self.cut -= 1;
            self.levels[index - 1] = level;
        } else {
            self.levels.insert(index, level);
        }
    }

    #[inline]
    fn remove(&mut self, index: usize) {
        if self.is_in_worse_half(index) {
            self.levels.copy_within(self.cut..index, self.cut + 1);
            self.cut += 1;
            self.close_up();
        } else {
            self.levels.remove(index);
        }
    }

    /// Whether fewer levels lie before `index` than behind: those are moved then.
    #[inline]
    fn is_in_worse_half(&self, index: usize) -> bool {
        index - self.cut < self.levels.len() - index
    }
}

/// The levels that count, best first.
impl<const BID: bool> Serialize for BookSide<BID> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        level_pairs::serialize_each(self.iter(), to)
    }
}

impl<'de, const BID: bool> Deserialize<'de> for BookSide<BID> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let levels = level_pairs::deserialize(from)?;
        let mut side = Self::default();
        side.load(&levels);
        match side.iter().eq(levels) {
            true => Ok(side),
            false => Err(de::Error::custom("a side of a book is not best first, each price once")),
        }
    }
}
