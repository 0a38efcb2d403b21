//! Who sent a request, and when: API key, HMAC signature, timestamp.
//!
//! Binance, "Request security": HMAC-SHA256 with the secret over query string and body, `signature` left out.

use hmac::{Hmac, Mac};
use hyper::{HeaderMap, StatusCode};
use sha2::Sha256;

use super::parameters::Parameters;
use super::reply::Refusal;

const KEY_HEADER: &str = "X-MBX-APIKEY";
const RECEIVE_WINDOW_MS_DEFAULT: f64 = 5_000.0;
const RECEIVE_WINDOW_MS_MAX: f64 = 60_000.0;
const AHEAD_MS_MAX: u64 = 1_000;
/// Times above this are microseconds: the venue takes both.
const MILLISECONDS_MAX: u64 = 100_000_000_000_000;

/// The keys and secrets of the accounts, by the accounts' numbers.
pub struct Credentials(Vec<Signer>);

/// A key that is sent as X-MBX-APIKEY, and an HMAC begun with its secret, which is never sent.
struct Signer {
    key: String,
    keyed: Hmac<Sha256>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credentials")
    }
}

impl Credentials {
    /// Credentials of accounts, given as key and secret.
    pub fn new(accounts: impl IntoIterator<Item = (String, String)>) -> Credentials {
        let signer = |(key, secret): (String, String)| Signer {
            key,
            keyed: Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length"),
        };
        Credentials(accounts.into_iter().map(signer).collect())
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks key, time and signature of a request, in this order; gives the account's number.
    ///
    /// # Errors
    /// -2014 and -2015 for the key, -1102, -1131 and -1021 for the time, -1022 for the signature.
    pub fn check(
        &self,
        headers: &HeaderMap,
        query: &str,
        body: &str,
        parameters: &Parameters,
        now_ms: u64,
    ) -> Result<usize, Refusal> {
        let account = self.account(headers)?;
        check_time(parameters, now_ms)?;
        let signature = parameters.required("signature")?;
        let mut mac = self.0[account].keyed.clone();
        mac.update(without_signature(query).as_bytes());
        mac.update(without_signature(body).as_bytes());
        let invalid = || Refusal::bad_request(-1022, "Signature for this request is not valid.");
        mac.verify_slice(&hex(signature).ok_or_else(invalid)?)
            .map_err(|_| invalid())?;
        Ok(account)
    }

    /// The number of the account whose key a request carries.
    ///
    /// # Errors
    /// -2014 without a key, -2015 for a key of nobody.
    pub fn account(&self, headers: &HeaderMap) -> Result<usize, Refusal> {
        let unauthorized = |code, message: &str| Refusal::new(StatusCode::UNAUTHORIZED, code, message);
        match headers.get(KEY_HEADER).map(|key| key.as_bytes()) {
            None | Some(b"") => Err(unauthorized(-2014, "API-key format invalid.")),
            Some(key) => {
                let number = self.0.iter().position(|account| account.key.as_bytes() == key);
                number.ok_or_else(|| unauthorized(-2015, "Invalid API-key, IP, or permissions for action."))
            }
        }
    }
}

fn check_time(parameters: &Parameters, now_ms: u64) -> Result<(), Refusal> {
    let timestamp: u64 = parameters
        .parsed("timestamp")?
        .ok_or_else(|| Refusal::missing("timestamp"))?;
    let timestamp_ms = if timestamp > MILLISECONDS_MAX {
        timestamp / 1_000
    } else {
        timestamp
    };
    let window_ms: f64 = parameters.parsed("recvWindow")?.unwrap_or(RECEIVE_WINDOW_MS_DEFAULT);
    if !(0.0..=RECEIVE_WINDOW_MS_MAX).contains(&window_ms) {
        return Err(Refusal::bad_request(-1131, "recvWindow must be less than 60000."));
    }
    if timestamp_ms >= now_ms + AHEAD_MS_MAX {
        return Err(Refusal::bad_request(
            -1021,
            "Timestamp for this request was 1000ms ahead of the server's time.",
        ));
    }
    if now_ms.saturating_sub(timestamp_ms) as f64 > window_ms {
        return Err(Refusal::bad_request(
            -1021,
            "Timestamp for this request is outside of the recvWindow.",
        ));
    }
    Ok(())
}

fn without_signature(text: &str) -> String {
    let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.starts_with("signature=")).collect();
    pairs.join("&")
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        Some((digit(pair[0])? * 16 + digit(*pair.get(1)?)?) as u8)
    };
    digits.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the venue's documentation ("SIGNED endpoint examples for POST /api/v3/order", HMAC keys).
    const KEY: &str = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
    const SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
    const ORDER: &str = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
    const SIGNATURE: &str = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
    const NOW_MS: u64 = 1_499_827_319_700;

    fn check(key: &str, query: &str, body: &str, now_ms: u64) -> Result<(), i32> {
        let mut headers = HeaderMap::new();
        headers.insert(KEY_HEADER, key.parse().unwrap());
        let credentials = Credentials::new([(KEY.to_owned(), SECRET.to_owned())]);
        let parameters = Parameters::read(query, body);
        credentials
            .check(&headers, query, body, &parameters, now_ms)
            .map(|account| assert_eq!(account, 0))
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn accepts_the_documented_example_in_query_and_body() {
        let signed = format!("{ORDER}&signature={SIGNATURE}");
        assert_eq!(check(KEY, &signed, "", NOW_MS), Ok(()));
        assert_eq!(check(KEY, "", &signed, NOW_MS), Ok(()));
        let upper = format!("{ORDER}&signature={}", SIGNATURE.to_uppercase());
        assert_eq!(check(KEY, &upper, "", NOW_MS), Ok(()));
    }

    #[test]
    fn refuses_with_the_venues_codes() {
        let signed = format!("{ORDER}&signature={SIGNATURE}");
        assert_eq!(check("", &signed, "", NOW_MS), Err(-2014));
        assert_eq!(check("someone", &signed, "", NOW_MS), Err(-2015));
        assert_eq!(check(KEY, &signed.replace("=0.1&", "=0.2&"), "", NOW_MS), Err(-1022));
        assert_eq!(check(KEY, &format!("{ORDER}&signature=zz"), "", NOW_MS), Err(-1022));
        assert_eq!(check(KEY, ORDER, "", NOW_MS), Err(-1102));
        assert_eq!(check(KEY, &signed, "", NOW_MS + 5_000), Err(-1021));
        assert_eq!(check(KEY, &signed, "", NOW_MS - 1_200), Err(-1021));
        assert_eq!(check(KEY, &signed.replace("5000", "60001"), "", NOW_MS), Err(-1131));
    }
}
