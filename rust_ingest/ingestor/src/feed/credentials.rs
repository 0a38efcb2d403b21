//! Who we are to a venue that wants to know: an account, and a token that no log and no error shows.

use std::env::{self, VarError};
use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hyper::header::HeaderValue;
use venues::dialect::ACCOUNT;

/// What names the token where no file does.
pub const TOKEN_VARIABLE: &str = "TAPEFLOW_VENUE_TOKEN";

#[derive(Clone)]
pub struct Credentials {
    account: String,
    bearer: HeaderValue,
}

#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error("{venue} shows prices to accounts only: name yours by --account or TAPEFLOW_VENUE_ACCOUNT")]
    NoAccount { venue: &'static str },
    #[error("{account:?} is no account: letters, digits and hyphens make one, like 101-001-1234567-001")]
    Account { account: String },
    #[error("{venue} wants a token: set {TOKEN_VARIABLE}, or name a file by --token-file")]
    NoToken { venue: &'static str },
    #[error("--token-file {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the token holds what no header may: give it as the venue shows it, in one line")]
    Token,
}

impl Credentials {
    /// The token is the file's first line, or without a file what the environment says.
    pub fn of(venue: &'static str, account: Option<&str>, token_file: Option<&Path>) -> Result<Self, CredentialsError> {
        let account = account.ok_or(CredentialsError::NoAccount { venue })?;
        let token = match token_file {
            Some(path) => fs::read_to_string(path).map_err(|source| CredentialsError::File {
                path: path.to_owned(),
                source,
            })?,
            None => env::var(TOKEN_VARIABLE).map_err(|error| match error {
                VarError::NotPresent => CredentialsError::NoToken { venue },
                VarError::NotUnicode(_) => CredentialsError::Token,
            })?,
        };
        let token = token.lines().next().unwrap_or_default().trim();
        match token.is_empty() {
            true => Err(CredentialsError::NoToken { venue }),
            false => Self::new(account, token),
        }
    }

    fn new(account: &str, token: &str) -> Result<Self, CredentialsError> {
        // It becomes part of a path.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if account.is_empty() || !account.bytes().all(is_plain) {
            return Err(CredentialsError::Account {
                account: account.to_owned(),
            });
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| CredentialsError::Token)?;
        bearer.set_sensitive(true);
        Ok(Self {
            account: account.to_owned(),
            bearer,
        })
    }

    /// `path` with the account in its place.
    pub fn path(&self, path: &str) -> String {
        path.replace(ACCOUNT, &self.account)
    }

    /// The header `Authorization`.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

impl Debug for Credentials {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_shows_the_token() {
        let credentials = Credentials::new("101-001-1-001", "5f3a-secret").unwrap();
        assert_eq!(
            credentials.path("/v3/accounts/{account}/instruments"),
            "/v3/accounts/101-001-1-001/instruments"
        );
        assert_eq!(credentials.bearer(), "Bearer 5f3a-secret");
        let shown = format!("{credentials:?} {:?}", credentials.bearer());
        assert!(shown.contains("101-001-1-001") && !shown.contains("5f3a"), "{shown}");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let of = |account, file: &Path| Credentials::of("oanda", account, Some(file)).unwrap_err().to_string();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        assert!(of(None, &file).contains("--account"));
        assert!(of(Some("1"), &file).contains("--token-file"));
        fs::write(&file, "\n").unwrap();
        assert!(of(Some("1"), &file).contains(TOKEN_VARIABLE));
        fs::write(&file, "5f3a\u{7f}\n").unwrap();
        let error = of(Some("1"), &file);
        assert!(error.contains("no header") && !error.contains("5f3a"), "{error}");
        fs::write(&file, "5f3a\n").unwrap();
        assert!(of(Some("../1"), &file).contains("no account"));
        assert!(Credentials::of("oanda", Some("1"), Some(&file)).is_ok());
    }
}
