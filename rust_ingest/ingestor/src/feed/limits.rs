//! How often a venue lets one address connect and ask, and how long it may be silent. Processes on one address share the
//! former, and do not know of each other.

use std::time::Duration;

use venues::{coinbase, kraken, oanda, okx};

use super::pace::Limit;

/// "There is a limit of 300 connections per attempt every 5 minutes per IP" (Binance, "Websocket Market Streams").
const BINANCE: Limit = Limit {
    times: 300,
    within: Duration::from_secs(300),
};
const KRAKEN: Limit = Limit {
    times: kraken::streams::CONNECTIONS_PER_10_MINUTES_MAX,
    within: Duration::from_secs(600),
};

/// A ping is answered within that, where a venue has no heartbeats.
const SILENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections opened, those that fail included.
    pub openings: Limit,
    /// Texts sent, over all connections.
    pub messages: Option<Limit>,
    /// A connection silent for so long is dead.
    pub silence: Duration,
}

/// The limits of the venue that records name `venue`.
pub fn limits(venue: &str) -> Limits {
    if let Some(dialect) = coinbase::dialect::Dialect::of_venue(venue) {
        let limits = dialect.limits();
        return Limits {
            openings: Limit::per_second(limits.connections_per_second),
            messages: Some(Limit::per_second(limits.messages_per_second)),
            silence: coinbase::dialect::SILENCE_MAX,
        };
    }
    let (openings, silence) = match venue {
        "kraken" => (
            KRAKEN,
            Duration::from_nanos(kraken::streams::SILENCE_NS_MAX.unsigned_abs()),
        ),
        "okx" | "okx_demo" => {
            // Its ping is sent after half of that.
            let openings = Limit::per_second(okx::dialect::CONNECTIONS_PER_SECOND);
            (openings, 2 * okx::dialect::PING_AFTER)
        }
        "oanda" | "oanda_practice" => {
            let openings = Limit::per_second(oanda::streams::CONNECTIONS_PER_SECOND_MAX);
            (
                openings,
                Duration::from_nanos(oanda::streams::SILENCE_NS_MAX.unsigned_abs()),
            )
        }
        _ => (BINANCE, SILENCE),
    };
    Limits {
        openings,
        messages: None,
        silence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_venue_has_its_own() {
        let openings = |venue| limits(venue).openings;
        assert_eq!(openings("okx"), Limit::per_second(3));
        assert_eq!(openings("coinbase"), Limit::per_second(8));
        assert_eq!(openings("oanda_practice"), Limit::per_second(2));
        assert_eq!(
            (openings("kraken").times, openings("kraken").within.as_secs()),
            (150, 600)
        );
        assert_eq!(openings("binance_usdm").times, 300);
        let silence = ["binance", "coinbase", "kraken", "okx", "oanda"].map(|venue| limits(venue).silence.as_secs());
        assert_eq!(silence, [20, 5, 10, 40, 10]);
        assert_eq!(limits("coinbase_advanced").messages, Some(Limit::per_second(8)));
    }
}
