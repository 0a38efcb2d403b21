//! Which partition an instrument's records go to.

use std::collections::BTreeMap;

use contracts::partition_of;

/// Instruments that a strategy needs together share a partition: the one of their group's name.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    group_of: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("instrument {instrument} is in the groups {first} and {second}: it can be in one only")]
pub struct GroupError {
    instrument: String,
    first: String,
    second: String,
}

impl Groups {
    /// Each group with its normalised instruments.
    pub fn new(groups: &[(String, Vec<String>)]) -> Result<Self, GroupError> {
        let mut group_of: BTreeMap<String, String> = BTreeMap::new();
        for (group, instruments) in groups {
            for instrument in instruments {
                let first = group_of.insert(instrument.clone(), group.clone());
                if let Some(first) = first.filter(|first| first != group) {
                    return Err(GroupError {
                        instrument: instrument.clone(),
                        first,
                        second: group.clone(),
                    });
                }
            }
        }
        Ok(Self { group_of })
    }

    /// The partition of a normalised instrument among `partitions`, which must not be 0.
    pub fn partition(&self, instrument: &str, partitions: u32) -> i32 {
        let group = self.group_of.get(instrument).map_or(instrument, String::as_str);
        partition_of(group.as_bytes(), partitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_shares_the_partition_of_its_name() {
        let pairs = vec!["BTC-USDT".to_owned(), "ETH-USDT".to_owned()];
        let groups = Groups::new(&[("pairs".to_owned(), pairs)]).unwrap();
        assert_eq!(groups.partition("BTC-USDT", 64), partition_of(b"pairs", 64));
        assert_eq!(groups.partition("ETH-USDT", 64), partition_of(b"pairs", 64));
        assert_eq!(groups.partition("SOL-USDT", 64), partition_of(b"SOL-USDT", 64));
    }

    #[test]
    fn an_instrument_is_in_one_group() {
        let group = |name: &str| (name.to_owned(), vec!["BTC-USDT".to_owned()]);
        assert!(Groups::new(&[group("a"), group("a")]).is_ok());
        let error = Groups::new(&[group("a"), group("b")]).unwrap_err().to_string();
        assert_eq!(
            error,
            "instrument BTC-USDT is in the groups a and b: it can be in one only"
        );
    }
}
