//! Levels for serde: pairs of price and quantity.

use contracts::Level;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(levels: &[Level], to: S) -> Result<S::Ok, S::Error> {
    serialize_each(levels.iter().copied(), to)
}

pub(crate) fn serialize_each<S: Serializer>(levels: impl Iterator<Item = Level>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(levels.map(|Level { price, quantity }| (price, quantity)))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Level>, D::Error> {
    let pairs = Vec::<(i64, i64)>::deserialize(from)?;
    let level = |(price, quantity)| Level { price, quantity };
    Ok(pairs.into_iter().map(level).collect())
}
