//! Where the pages of a ladder are, by their number.

use std::collections::VecDeque;

/// Pages around the best price stand in a window of 4,096 numbers under two layers of bitmaps, so that one is found, and the
/// next best, in constant time. All others are worse than the window's and stand in a sorted list, for which a search is
/// paid, and a move of what is between a newcomer and the nearer end. The window moves when a better page comes in above it or its last page goes, which costs as
/// much as there are pages in it.
#[derive(Debug)]
pub(super) struct Directory {
    /// Number of the window's first page.
    first: i64,
    window: Box<[u32; WINDOW]>,
    /// Bit b of word w: there is a page w * 64 + b in the window.
    words: [u64; WINDOW / 64],
    /// Bit w: word w is not 0.
    summary: u64,
    /// (number, page), ascending, all below the window.
    far: VecDeque<(i64, u32)>,
}

const WINDOW: usize = 4096;
/// Books grow away from the best price rather than towards it.
const ROOM_BELOW_BEST: i64 = 3072;
const NONE: u32 = u32::MAX;

impl Directory {
    pub(super) fn new() -> Self {
        Self {
            first: 0,
            window: Box::new([NONE; WINDOW]),
            words: [0; WINDOW / 64],
            summary: 0,
            far: VecDeque::new(),
        }
    }

    #[inline]
    pub(super) fn find(&self, number: i64) -> Option<u32> {
        match self.offset(number) {
            Some(offset) => Some(self.window[offset]).filter(|&page| page != NONE),
            None => self.find_far(number).ok().map(|at| self.far[at].1),
        }
    }

    /// Adds a number that is not there.
    pub(super) fn insert(&mut self, number: i64, page: u32) {
        if self.summary == 0 || number >= self.first.saturating_add(WINDOW as i64) {
            self.move_window(number);
        }
        match self.offset(number) {
            Some(offset) => self.set(offset, page),
            None => {
                let at = self.far.partition_point(|&(other, _)| other < number);
                self.far.insert(at, (number, page));
            }
        }
    }

    /// Removes a number that is there.
    pub(super) fn remove(&mut self, number: i64) {
        match self.offset(number) {
            Some(offset) => self.clear(offset),
            None => {
                if let Ok(at) = self.find_far(number) {
                    self.far.remove(at);
                }
            }
        }
        if self.summary == 0
            && let Some(&(best, _)) = self.far.back()
        {
            self.move_window(best);
        }
    }

    /// The page with the highest number.
    #[inline]
    pub(super) fn best(&self) -> Option<(i64, u32)> {
        let word = Descending(self.summary).next()?;
        let bit = Descending(self.words[word]).next()?;
        Some(self.at(word * 64 + bit))
    }

    /// All pages, the highest number first.
    pub(super) fn descending(&self) -> impl Iterator<Item = (i64, u32)> {
        let bits = |word: usize| Descending(self.words[word]).map(move |bit| word * 64 + bit);
        let near = Descending(self.summary).flat_map(bits).map(|offset| self.at(offset));
        near.chain(self.far.iter().rev().copied())
    }

    pub(super) fn resident_bytes(&self) -> usize {
        size_of_val(&*self.window) + self.far.capacity() * size_of::<(i64, u32)>()
    }

    #[inline]
    fn offset(&self, number: i64) -> Option<usize> {
        let offset = number.wrapping_sub(self.first).cast_unsigned();
        (offset < WINDOW as u64).then_some(offset as usize)
    }

    fn at(&self, offset: usize) -> (i64, u32) {
        (self.first + offset as i64, self.window[offset])
    }

    fn find_far(&self, number: i64) -> Result<usize, usize> {
        self.far.binary_search_by_key(&number, |&(number, _)| number)
    }

    fn set(&mut self, offset: usize, page: u32) {
        self.window[offset] = page;
        self.words[offset / 64] |= 1 << (offset % 64);
        self.summary |= 1 << (offset / 64);
    }

    fn clear(&mut self, offset: usize) {
        self.window[offset] = NONE;
        self.words[offset / 64] &= !(1 << (offset % 64));
        if self.words[offset / 64] == 0 {
            self.summary &= !(1 << (offset / 64));
        }
    }

    /// Moves the window to where `best`, which is or becomes the highest number, is inside.
    #[cold]
    fn move_window(&mut self, best: i64) {
        for word in 0..self.words.len() {
            while self.words[word] != 0 {
                let offset = word * 64 + self.words[word].trailing_zeros() as usize;
                self.far.push_back(self.at(offset));
                self.clear(offset);
            }
        }
        self.first = best - ROOM_BELOW_BEST;
        while let Some(&(number, page)) = self.far.back()
            && let Some(offset) = self.offset(number)
        {
            self.far.pop_back();
            self.set(offset, page);
        }
    }
}

/// The set bits of a word, the highest first.
pub(super) struct Descending(pub(super) u64);

impl Iterator for Descending {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let bit = self.0.checked_ilog2()?;
        self.0 ^= 1 << bit;
        Some(bit as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn pages_near_and_far_are_found_in_order() {
        let mut directory = Directory::new();
        let mut expected = BTreeMap::new();
        let mut random = 1u64;
        for page in 0..4_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let reach = [10, 5_000, 1_000_000, 1 << 59][(random >> 60) as usize % 4];
            let number = (random >> 4).cast_signed() % reach - reach / 2;
            match expected.remove(&number) {
                Some(_) => directory.remove(number),
                None => {
                    directory.insert(number, page);
                    expected.insert(number, page);
                }
            }
            if page % 3 == 0
                && let Some((number, _)) = expected.pop_last()
            {
                directory.remove(number);
            }
            assert_eq!(directory.find(number), expected.get(&number).copied());
            assert_eq!(
                directory.best(),
                expected.last_key_value().map(|(number, page)| (*number, *page))
            );
        }
        assert!(directory.descending().eq(expected.into_iter().rev()));
    }
}
