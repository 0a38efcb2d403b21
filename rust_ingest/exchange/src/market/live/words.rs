//! The venue's messages of a live symbol, written out.

use std::io::Write;

use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::trading::tape::PublicTrade;
use crate::venue::Venue;

/// What is needed to write a symbol's messages.
#[derive(Debug)]
pub struct Words {
    venue: Venue,
    symbol: String,
    stream: String,
    price_decimals: u32,
    quantity_decimals: u32,
}

/// A trade and its number.
#[derive(Clone, Copy, Debug)]
pub struct TradeWords {
    pub id: u64,
    pub trade: PublicTrade,
}

/// Price and quantity of a level.
type Level = (Fixed, Fixed);
/// Best bid and ask.
pub type Top = (Level, Level);

impl Words {
    pub fn new(venue: Venue, instrument: &Instrument) -> Words {
        Words {
            venue,
            symbol: instrument.symbol.clone(),
            stream: instrument.symbol.to_lowercase(),
            price_decimals: instrument.price_decimals,
            quantity_decimals: instrument.quantity_decimals,
        }
    }

    pub fn trade(&self, ms: u64, trade: TradeWords) -> Vec<u8> {
        let Words { symbol, stream, .. } = self;
        let TradeWords { id, trade } = trade;
        let buyer_is_maker = trade.buyer_is_maker;
        let (price, quantity) = (self.price(trade.price), self.quantity(trade.quantity));
        match self.venue {
            Venue::Spot => format!(
                r#"{{"stream":"{stream}@trade","data":{{"e":"trade","E":{ms},"s":"{symbol}","t":{id},"p":"{price}","q":"{quantity}","T":{ms},"m":{buyer_is_maker},"M":true}}}}"#
            ),
            Venue::UsdM => format!(
                r#"{{"stream":"{stream}@trade","data":{{"e":"trade","E":{ms},"T":{ms},"s":"{symbol}","t":{id},"p":"{price}","q":"{quantity}","X":"MARKET","m":{buyer_is_maker}}}}}"#
            ),
        }
        .into_bytes()
    }

    pub fn ticker(&self, ms: u64, update_id: u64, ((bid, bid_quantity), (ask, ask_quantity)): Top) -> Vec<u8> {
        let Words { symbol, stream, .. } = self;
        let (bid, bid_quantity) = (self.price(bid), self.quantity(bid_quantity));
        let (ask, ask_quantity) = (self.price(ask), self.quantity(ask_quantity));
        let top = format!(
            r#""u":{update_id},"s":"{symbol}","b":"{bid}","B":"{bid_quantity}","a":"{ask}","A":"{ask_quantity}""#
        );
        match self.venue {
            Venue::Spot => format!(r#"{{"stream":"{stream}@bookTicker","data":{{{top}}}}}"#),
            Venue::UsdM => {
                format!(r#"{{"stream":"{stream}@bookTicker","data":{{"e":"bookTicker",{top},"T":{ms},"E":{ms}}}}}"#)
            }
        }
        .into_bytes()
    }

    /// A depth event of the updates `first..=last`; `previous` is the last update of the event before.
    pub fn depth(&self, ms: u64, (first, last, previous): (u64, u64, u64), bids: &[Level], asks: &[Level]) -> Vec<u8> {
        let Words { symbol, stream, .. } = self;
        let suffix = self.venue.depth_stream_suffix();
        let (bids, asks) = (self.levels(bids), self.levels(asks));
        match self.venue {
            Venue::Spot => format!(
                r#"{{"stream":"{stream}@{suffix}","data":{{"e":"depthUpdate","E":{ms},"s":"{symbol}","U":{first},"u":{last},"b":{bids},"a":{asks}}}}}"#
            ),
            Venue::UsdM => format!(
                r#"{{"stream":"{stream}@{suffix}","data":{{"e":"depthUpdate","E":{ms},"T":{ms},"s":"{symbol}","U":{first},"u":{last},"pu":{previous},"b":{bids},"a":{asks}}}}}"#
            ),
        }
        .into_bytes()
    }

    /// A REST snapshot, as a recorder would have written it among the messages.
    pub fn snapshot(&self, ms: u64, update_id: u64, bids: &[Level], asks: &[Level]) -> Vec<u8> {
        let times = if self.venue == Venue::UsdM {
            format!(r#","E":{ms},"T":{ms}"#)
        } else {
            String::new()
        };
        let (bids, asks) = (self.levels(bids), self.levels(asks));
        format!(r#"{{"lastUpdateId":{update_id}{times},"bids":{bids},"asks":{asks}}}"#).into_bytes()
    }

    fn price(&self, price: Fixed) -> impl std::fmt::Display {
        price.text(self.price_decimals)
    }

    fn quantity(&self, quantity: Fixed) -> impl std::fmt::Display {
        quantity.text(self.quantity_decimals)
    }

    fn levels(&self, levels: &[Level]) -> String {
        let mut text = Vec::with_capacity(2 + levels.len() * 32);
        text.push(b'[');
        for (index, (price, quantity)) in levels.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(
                text,
                r#"{comma}["{}","{}"]"#,
                self.price(*price),
                self.quantity(*quantity)
            )
            .expect("writing to a Vec does not fail");
        }
        text.push(b']');
        String::from_utf8(text).expect("digits and punctuation are UTF-8")
    }
}
