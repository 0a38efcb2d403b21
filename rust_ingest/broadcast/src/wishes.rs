//! What a client asks for: `/stream?instruments=BTC-USDT&kinds=Trade,Quote&on_slow=close&format=avro`.

use contracts::Kind;

use crate::streams::Stream;

/// What happens to a client that does not take what it asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnSlow {
    /// Of quotes it gets the newest; what it lost besides is counted to it.
    #[default]
    Conflate,
    /// It is cut off.
    Close,
    /// It misses what it has no room for, as a ZeroMQ subscriber does: numbers tell it.
    Miss,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    #[default]
    Json,
    Avro,
    /// A ZeroMQ message.
    Zmtp,
}

/// Which records, and in what form. An empty list means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wishes {
    pub venues: Vec<String>,
    pub instruments: Vec<String>,
    pub kinds: Vec<Kind>,
    /// What a topic is to begin with, any of these; `None` is for who cannot ask so.
    pub prefixes: Option<Vec<Vec<u8>>>,
    pub format: Format,
}

/// Why a request is refused: what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    #[error("there is no parameter {0:?}: use venues, instruments, kinds, format and on_slow")]
    Parameter(String),
    #[error("{parameter} is given twice: separate values by commas")]
    Twice { parameter: String },
    #[error("there is no kind {0:?}: a record's name is meant, as Trade, Quote, BookDelta")]
    Kind(String),
    #[error("{parameter}={value:?} is not one of {known}")]
    Choice {
        parameter: &'static str,
        value: String,
        known: &'static str,
    },
    #[error("{0:?} is not percent-encoded UTF-8")]
    Encoding(String),
}

impl Wishes {
    /// Reads the query of a URL.
    pub fn of_query(query: &str) -> Result<(Self, OnSlow), BadQuery> {
        let mut wishes = Self::default();
        let mut on_slow = OnSlow::default();
        let mut seen = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (parameter, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value)?;
            if seen.contains(&parameter) {
                let parameter = parameter.to_owned();
                return Err(BadQuery::Twice { parameter });
            }
            seen.push(parameter);
            let list = || value.split(',').filter(|item| !item.is_empty()).map(str::to_owned);
            match parameter {
                "venues" => wishes.venues = list().collect(),
                "instruments" => wishes.instruments = list().collect(),
                "kinds" => wishes.kinds = list().map(kind).collect::<Result<_, _>>()?,
                "format" => {
                    wishes.format = match value.as_str() {
                        "json" => Format::Json,
                        "avro" => Format::Avro,
                        _ => return Err(bad_choice("format", value, "json, avro")),
                    }
                }
                "on_slow" => {
                    on_slow = match value.as_str() {
                        "conflate" => OnSlow::Conflate,
                        "close" => OnSlow::Close,
                        _ => return Err(bad_choice("on_slow", value, "conflate, close")),
                    }
                }
                _ => return Err(BadQuery::Parameter(parameter.to_owned())),
            }
        }
        // The same wishes in another order are the same wishes: they share a buffer.
        wishes.venues.sort_unstable();
        wishes.instruments.sort_unstable();
        wishes.kinds.sort_unstable();
        Ok((wishes, on_slow))
    }

    /// Those of a ZeroMQ subscriber.
    pub fn of_prefixes(mut prefixes: Vec<Vec<u8>>) -> Self {
        prefixes.sort_unstable();
        prefixes.dedup();
        Self {
            prefixes: Some(prefixes),
            format: Format::Zmtp,
            ..Self::default()
        }
    }

    pub fn want(&self, stream: &Stream) -> bool {
        if let Some(prefixes) = &self.prefixes {
            return prefixes.iter().any(|prefix| stream.topic.starts_with(prefix));
        }
        let among = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        among(&self.venues, &stream.venue)
            && among(&self.instruments, &stream.instrument)
            && (self.kinds.is_empty() || self.kinds.contains(&stream.kind))
    }
}

fn kind(name: String) -> Result<Kind, BadQuery> {
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    known.ok_or(BadQuery::Kind(name))
}

fn bad_choice(parameter: &'static str, value: String, known: &'static str) -> BadQuery {
    BadQuery::Choice {
        parameter,
        value,
        known,
    }
}

/// Without its percent-encoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> Result<String, BadQuery> {
    let bad = || BadQuery::Encoding(text.to_owned());
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit().ok_or_else(bad)?, digit().ok_or_else(bad)?);
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_whole_query() {
        let (wishes, on_slow) =
            Wishes::of_query("instruments=ETH-USDT,BTC-USDT&kinds=Trade%2CQuote&on_slow=close&format=avro").unwrap();
        assert_eq!(wishes.instruments, ["BTC-USDT", "ETH-USDT"]);
        assert_eq!(wishes.kinds, [Kind::Quote, Kind::Trade]);
        assert_eq!((wishes.format, on_slow), (Format::Avro, OnSlow::Close));
        assert_eq!(Wishes::of_query("").unwrap(), Default::default());
    }

    #[test]
    fn says_what_is_wrong() {
        for (query, words) in [
            ("kind=Trade", "no parameter \"kind\""),
            ("kinds=trade", "no kind \"trade\""),
            ("on_slow=wait", "conflate, close"),
            ("format=xml", "json, avro"),
            ("kinds=Trade&kinds=Quote", "twice"),
            ("instruments=%ff", "percent-encoded"),
            ("instruments=%4", "percent-encoded"),
        ] {
            let error = Wishes::of_query(query).unwrap_err().to_string();
            assert!(error.contains(words), "{query}: {error}");
        }
    }
}
