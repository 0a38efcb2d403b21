//! Parameters of a request: query string and form body, in the form `a=b&c=d`.

use std::str::FromStr;

use super::reply::Refusal;
use crate::fixed::Fixed;

/// The parameters of one request.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads query and body. "If a parameter sent in both the query string and request body, the query string
    /// parameter will be used."
    pub fn read(query: &str, body: &str) -> Parameters {
        let pairs = [query, body]
            .into_iter()
            .flat_map(|text| text.split('&'))
            .filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(name), percent_decoded(value))
        });
        Parameters { pairs: pairs.collect() }
    }

    /// A parameter that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// -1102 if it is missing.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A parameter of some other type than text.
    ///
    /// # Errors
    /// -1102 if it is there and cannot be read.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        self.get(name)
            .map(|text| text.parse().map_err(|_| Refusal::missing(name)))
            .transpose()
    }

    /// A decimal.
    ///
    /// # Errors
    /// -1111 if it has more than eight places, -1100 if it is no unsigned decimal.
    pub fn decimal(&self, name: &str) -> Result<Option<Fixed>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if let Some(value) = Fixed::parse(text.as_bytes()) {
            return Ok(Some(value));
        }
        let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_decimal && text.split_once('.').is_some_and(|(_, places)| places.len() > 8) {
            return Err(Refusal::bad_request(
                -1111,
                format!("Parameter '{name}' has too much precision."),
            ));
        }
        let message = format!(
            "Illegal characters found in parameter '{name}'; legal range is '^([0-9]{{1,20}})(\\.[0-9]{{1,20}})?$'."
        );
        Err(Refusal::bad_request(-1100, message))
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(match (escaped, bytes[at]) {
            (Some(byte), _) => byte,
            (None, b'+') => b' ',
            (None, byte) => byte,
        });
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_the_query_and_decodes() {
        let parameters = Parameters::read("symbol=BTCUSDT&id=a%2Fb+c", "symbol=ETHUSDT&price=1.5&empty=");
        assert_eq!(parameters.get("symbol"), Some("BTCUSDT"));
        assert_eq!(parameters.get("id"), Some("a/b c"));
        assert_eq!(parameters.get("empty"), None);
        assert_eq!(parameters.decimal("price").unwrap(), Fixed::parse(b"1.5"));
    }

    #[test]
    fn refuses_with_the_venues_codes() {
        let parameters = Parameters::read("price=1.123456789&quantity=-1&limit=x", "");
        assert_eq!(parameters.decimal("price").unwrap_err().code, -1111);
        assert_eq!(parameters.decimal("quantity").unwrap_err().code, -1100);
        assert_eq!(parameters.parsed::<usize>("limit").unwrap_err().code, -1102);
        assert_eq!(parameters.required("symbol").unwrap_err().code, -1102);
    }
}
