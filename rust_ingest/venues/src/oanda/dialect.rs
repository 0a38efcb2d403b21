//! OANDA's two environments. Both speak the same; prices of practice accounts are not what is traded at.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Practice,
    Live,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Practice, Self::Live];

    /// The name that records bear.
    pub fn venue(self) -> &'static str {
        match self {
            Self::Practice => "oanda_practice",
            Self::Live => "oanda",
        }
    }

    pub fn of_venue(venue: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.venue() == venue)
    }

    /// Where prices are streamed ("Development Guide", "Environments").
    pub fn stream_url(self) -> &'static str {
        match self {
            Self::Practice => "https://stream-fxpractice.oanda.com",
            Self::Live => "https://stream-fxtrade.oanda.com",
        }
    }

    /// The REST endpoint, without a path.
    pub fn rest_url(self) -> &'static str {
        match self {
            Self::Practice => "https://api-fxpractice.oanda.com",
            Self::Live => "https://api-fxtrade.oanda.com",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_venue_has_a_dialect() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::of_venue(dialect.venue()), Some(dialect));
        }
        assert_eq!(Dialect::of_venue("truefx"), None);
    }
}
