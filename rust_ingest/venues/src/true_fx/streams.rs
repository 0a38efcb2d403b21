//! The symbols that are taken. Nothing is asked of the sender: what it sends comes, or is refused by name.

use std::collections::HashMap;

use foldhash::fast::RandomState;

pub use crate::symbols::Symbol;

/// The symbols, in the order given.
#[derive(Clone, Debug)]
pub struct Streams {
    symbols: Vec<Symbol>,
    by_name: HashMap<String, usize, RandomState>,
}

impl Streams {
    /// Each symbol is also known without its slash, as some senders write it; of two with one name the first counts.
    pub fn of(symbols: Vec<Symbol>) -> Self {
        let mut by_name = HashMap::default();
        for (index, symbol) in symbols.iter().enumerate() {
            for name in [symbol.name.clone(), symbol.name.replace('/', "")] {
                by_name.entry(name).or_insert(index);
            }
        }
        Self { symbols, by_name }
    }

    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}
