//! Stream names: finding them in a message without parsing it, and which of them mean the same.

/// What a stream carries, as far as the exchange itself looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `<symbol>@trade`
    Trade,
    /// `<symbol>@bookTicker`
    BookTicker,
    /// `<symbol>@depth`, at any speed
    Depth,
    /// Anything else: passed on, not looked at.
    Other,
}

/// What a line of the market is.
#[derive(Debug, PartialEq, Eq)]
pub enum Class<'a> {
    /// A message of the combined stream `name`.
    Stream {
        /// The stream's name as the message gives it.
        name: &'a [u8],
    },
    /// A REST depth snapshot that the recorder fetched and wrote among the messages.
    Snapshot,
    /// Not recognisable: it is sent to everyone as it stands.
    Unreadable,
}

/// Finds out what a line is from its first bytes.
pub fn classify(body: &[u8]) -> Class<'_> {
    match first_key(body) {
        Some((b"stream", rest)) => match quoted(after(rest, b':')) {
            Some((name, _)) => Class::Stream { name },
            None => Class::Unreadable,
        },
        Some((b"lastUpdateId", _)) => Class::Snapshot,
        _ => Class::Unreadable,
    }
}

/// The value of `data` in a combined message: what a raw stream carries. None if the frame of the message is broken.
pub fn payload(body: &[u8]) -> Option<&[u8]> {
    let (_, rest) = first_key(body)?;
    let (_, rest) = quoted(after(rest, b':'))?;
    let (key, rest) = quoted(after(rest, b','))?;
    let value = after(rest, b':')?;
    (key == b"data").then_some(())?;
    trim_end(value).strip_suffix(b"}")
}

fn first_key(body: &[u8]) -> Option<(&[u8], &[u8])> {
    quoted(after(body, b'{'))
}

/// What follows `mark` and blanks, if the text begins with it.
fn after(text: &[u8], mark: u8) -> Option<&[u8]> {
    let (first, rest) = text.trim_ascii_start().split_first()?;
    (*first == mark).then(|| rest.trim_ascii_start())
}

/// A string without escapes and what follows it.
fn quoted(text: Option<&[u8]>) -> Option<(&[u8], &[u8])> {
    let rest = text?.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    Some((&rest[..end], &rest[end + 1..]))
}

fn trim_end(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}

/// The form under which equal streams meet: `btcusdt@depth@100ms` and `btcusdt@depth@0ms` are both `btcusdt@depth`.
///
/// A recording has depth at one speed only, whichever a client asks for.
pub fn canonical(name: &str) -> String {
    let (symbol, rest) = name.split_once('@').unwrap_or((name, ""));
    let symbol = symbol.to_lowercase();
    match rest {
        "" => symbol,
        "depth" | "depth@0ms" | "depth@100ms" | "depth@250ms" | "depth@500ms" | "depth@1000ms" => {
            format!("{symbol}@depth")
        }
        other => format!("{symbol}@{other}"),
    }
}

/// The symbol in capitals and the kind of a canonical name.
pub fn symbol_and_kind(canonical: &str) -> (String, Kind) {
    let (symbol, rest) = canonical.split_once('@').unwrap_or((canonical, ""));
    let kind = match rest {
        "trade" => Kind::Trade,
        "bookTicker" => Kind::BookTicker,
        "depth" => Kind::Depth,
        _ => Kind::Other,
    };
    (symbol.to_uppercase(), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_stream_of_a_message() {
        let body = br#"{"stream":"btcusdt@trade","data":{"e":"trade"}}"#;
        assert_eq!(classify(body), Class::Stream { name: b"btcusdt@trade" });
        assert_eq!(payload(body), Some(&br#"{"e":"trade"}"#[..]));
        let spaced = br#"{ "stream" : "btcusdt@trade" , "data" : {} } "#;
        assert_eq!(classify(spaced), Class::Stream { name: b"btcusdt@trade" });
        assert_eq!(payload(spaced), Some(&b"{} "[..]));
    }

    #[test]
    fn tells_a_snapshot_from_garbage() {
        assert_eq!(classify(br#"{"lastUpdateId":1,"bids":[],"asks":[]}"#), Class::Snapshot);
        for garbage in [
            &b""[..],
            b"{",
            b"\xff\x00",
            br#"{"stre"#,
            br#"{"stream":"btc"#,
            br#"["stream"]"#,
        ] {
            assert_eq!(classify(garbage), Class::Unreadable, "{garbage:?}");
            assert_eq!(payload(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn takes_depth_of_any_speed_for_the_same() {
        assert_eq!(canonical("BTCUSDT@depth@100ms"), "btcusdt@depth");
        assert_eq!(canonical("btcusdt@depth@0ms"), "btcusdt@depth");
        assert_eq!(canonical("btcusdt@depth5@100ms"), "btcusdt@depth5@100ms");
        assert_eq!(symbol_and_kind("btcusdt@depth"), ("BTCUSDT".to_owned(), Kind::Depth));
        assert_eq!(symbol_and_kind("btcusdt@depth5@100ms").1, Kind::Other);
    }
}
