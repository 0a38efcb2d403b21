//! TLS as every client of Tapeflow does it: rustls with ring, trusting the machine's certificate authorities, or those of
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` where they are set. To the broker it is librdkafka's own.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

#[derive(Clone, Debug, thiserror::Error)]
pub enum TlsError {
    #[error("no certificate authority to trust ({reasons}); let SSL_CERT_FILE name a PEM file of them")]
    NoAuthorities { reasons: String },
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// What a client needs for TLS. It is made once; the authorities are read then.
pub fn client() -> Result<Arc<ClientConfig>, TlsError> {
    static CLIENT: OnceLock<Result<Arc<ClientConfig>, TlsError>> = OnceLock::new();
    let make = || {
        let mut roots = RootCertStore::empty();
        // Authorities that rustls cannot read vouch for nobody.
        roots.add_parsable_certificates(authorities()?.iter().cloned());
        client_that_trusts(roots)
    };
    CLIENT.get_or_init(make).clone()
}

/// For a client that must have one, and only ever talks in the clear: it needs no authorities, and trusts nobody.
pub fn client_in_the_clear() -> Result<Arc<ClientConfig>, TlsError> {
    client_that_trusts(RootCertStore::empty())
}

fn client_that_trusts(roots: RootCertStore) -> Result<Arc<ClientConfig>, TlsError> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// The same for `ureq`.
pub fn for_ureq() -> Result<TlsConfig, TlsError> {
    let certificates = authorities()?
        .iter()
        .map(|authority| Certificate::from_der(authority).to_owned());
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider())
        .root_certs(RootCerts::from(certificates))
        .build())
}

/// What went wrong in a handshake, and what to do where the other side's certificate is not trusted.
pub fn explain(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(why)) => format!(
            "certificate verify failed: {why:?}; where an authority of your own vouches for it, let SSL_CERT_FILE name it"
        ),
        _ => error.to_string(),
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn authorities() -> Result<&'static [CertificateDer<'static>], TlsError> {
    static AUTHORITIES: OnceLock<Result<Vec<CertificateDer<'static>>, TlsError>> = OnceLock::new();
    let load = || {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            let reasons: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
            let reasons = if reasons.is_empty() {
                "none found".to_owned()
            } else {
                reasons.join("; ")
            };
            return Err(TlsError::NoAuthorities { reasons });
        }
        Ok(found.certs)
    };
    AUTHORITIES.get_or_init(load).as_deref().map_err(Clone::clone)
}
