//! Values by venue and instrument, in that order, so that a snapshot has one form.

use std::convert::Infallible;

/// A sorted map that remembers the entry found last: ticks of one instrument come in runs.
#[derive(Debug, Clone)]
pub(crate) struct ByInstrument<T> {
    entries: Vec<Entry<T>>,
    last: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry<T> {
    pub venue: String,
    pub instrument: String,
    pub value: T,
}

impl<T> Default for ByInstrument<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            last: 0,
        }
    }
}

impl<T> ByInstrument<T> {
    #[inline]
    fn find(&self, venue: &str, instrument: &str) -> Result<usize, usize> {
        if let Some(entry) = self.entries.get(self.last)
            && entry.instrument == instrument
            && entry.venue == venue
        {
            return Ok(self.last);
        }
        let order = |entry: &Entry<T>| (entry.venue.as_str(), entry.instrument.as_str()).cmp(&(venue, instrument));
        self.entries.binary_search_by(order)
    }

    pub fn get(&self, venue: &str, instrument: &str) -> Option<&T> {
        self.find(venue, instrument).ok().map(|at| &self.entries[at].value)
    }

    #[inline]
    pub fn get_mut(&mut self, venue: &str, instrument: &str) -> Option<&mut T> {
        self.last = self.find(venue, instrument).ok()?;
        Some(&mut self.entries[self.last].value)
    }

    pub fn get_or_insert(&mut self, venue: &str, instrument: &str, make: impl FnOnce() -> T) -> &mut T {
        let found: Result<_, Infallible> = self.get_or_try_insert(venue, instrument, || Ok(make()));
        match found {
            Ok(value) => value,
        }
    }

    /// As `get_or_insert`; what cannot be made is not there.
    #[inline]
    pub fn get_or_try_insert<E>(
        &mut self,
        venue: &str,
        instrument: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<&mut T, E> {
        self.last = match self.find(venue, instrument) {
            Ok(at) => at,
            Err(at) => {
                let value = make()?;
                let entry = Entry {
                    venue: venue.to_owned(),
                    instrument: instrument.to_owned(),
                    value,
                };
                self.entries.insert(at, entry);
                at
            }
        };
        Ok(&mut self.entries[self.last].value)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Entry<T>> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_its_order_and_finds_again() {
        let mut map = ByInstrument::default();
        for (venue, instrument, value) in [("binance", "ETH-USDT", 2), ("binance", "BTC-USDT", 1), ("a", "Z", 0)] {
            assert_eq!(*map.get_or_insert(venue, instrument, || value), value);
        }
        assert_eq!(map.iter().map(|entry| entry.value).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(map.get_mut("binance", "ETH-USDT"), Some(&mut 2));
        assert_eq!(map.get("binance", "ETH-USD"), None);
    }
}
