//! The symbols of a connection, and what reading their messages takes.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::fixed::Scale;
use crate::l2_book::KrakenDecimals;

/// A symbol as its messages are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// The venue's own name: `BTCUSDT`, `BTC-USD`, `XBT/USD`.
    pub name: String,
    pub price: Scale,
    pub quantity: Scale,
    /// How many decimals the venue writes, where a book's checksum is summed over them and the messages do not say
    /// (Kraken v2).
    #[serde(with = "decimals")]
    pub decimals: Option<KrakenDecimals>,
}

/// As a pair: price and quantity.
mod decimals {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::KrakenDecimals;

    pub fn serialize<S: Serializer>(decimals: &Option<KrakenDecimals>, to: S) -> Result<S::Ok, S::Error> {
        decimals
            .map(|decimals| (decimals.price, decimals.quantity))
            .serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<KrakenDecimals>, D::Error> {
        let pair = Option::<(i32, i32)>::deserialize(from)?;
        Ok(pair.map(|(price, quantity)| KrakenDecimals { price, quantity }))
    }
}

impl Symbol {
    pub fn new(name: impl Into<String>, price: Scale, quantity: Scale) -> Self {
        Self {
            name: name.into(),
            price,
            quantity,
            decimals: None,
        }
    }
}

/// Symbols in the order given, found by the venue's name. Of two with one name the last one is found.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    all: Vec<Symbol>,
    by_name: HashMap<String, usize, RandomState>,
}

impl Symbols {
    pub fn new(all: Vec<Symbol>) -> Self {
        let by_name = all.iter().enumerate();
        Self {
            by_name: by_name.map(|(index, symbol)| (symbol.name.clone(), index)).collect(),
            all,
        }
    }

    pub fn all(&self) -> &[Symbol] {
        &self.all
    }

    #[inline]
    pub fn get(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    #[inline]
    pub fn find(&self, name: &str) -> Option<(usize, &Symbol)> {
        let index = self.get(name)?;
        Some((index, &self.all[index]))
    }
}
