//! The key that names an account, and the secret that signs for it.

use std::fmt::{self, Write};

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// An API key with its secret. Neither is ever printed.
#[derive(Clone)]
pub struct Credentials {
    key: String,
    signer: Hmac<Sha256>,
}

/// Why a key or secret cannot be used. Says nothing of what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCredentials {
    #[error("the venue's API key is empty or has characters that no HTTP header holds")]
    Key,
    #[error("the venue's API secret is empty")]
    Secret,
}

impl Credentials {
    pub fn new(key: &str, secret: &str) -> Result<Self, BadCredentials> {
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadCredentials::Key);
        }
        if secret.is_empty() {
            return Err(BadCredentials::Secret);
        }
        let signer = Hmac::new_from_slice(secret.as_bytes()).map_err(|_| BadCredentials::Secret)?;
        Ok(Self {
            key: key.to_owned(),
            signer,
        })
    }

    /// The value of the header `X-MBX-APIKEY`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// HMAC-SHA256 of the parameters as sent, in hex.
    pub fn sign(&self, parameters: &str) -> String {
        let mut signer = self.signer.clone();
        signer.update(parameters.as_bytes());
        let mut hex = String::with_capacity(64);
        for byte in signer.finalize().into_bytes() {
            write!(hex, "{byte:02x}").expect("a String takes all that is written");
        }
        hex
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Credentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Binance's documentation, "SIGNED Endpoint Examples for POST /api/v3/order".
    #[test]
    fn signs_as_the_venue_documents() {
        let key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
        let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
        let credentials = Credentials::new(key, secret).unwrap();
        let parameters = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1\
                          &recvWindow=5000&timestamp=1499827319559";
        let signature = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
        assert_eq!(credentials.sign(parameters), signature);
    }

    #[test]
    fn is_never_printed() {
        let credentials = Credentials::new("account-key", "account-secret").unwrap();
        let shown = format!("{credentials:?}");
        assert!(
            !shown.contains("account-key") && !shown.contains("account-secret"),
            "{shown}"
        );
    }

    #[test]
    fn refuses_what_would_break_a_header() {
        assert_eq!(Credentials::new("a\r\nb", "s").unwrap_err(), BadCredentials::Key);
        assert_eq!(Credentials::new("", "s").unwrap_err(), BadCredentials::Key);
        assert_eq!(Credentials::new("k", "").unwrap_err(), BadCredentials::Secret);
    }
}
