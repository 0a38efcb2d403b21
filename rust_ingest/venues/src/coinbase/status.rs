//! Messages about the connection and the market's state. They are rare, and own their text.

use super::ParseError;
use super::fields::Field;
use crate::scan::{ScanError, Scanner};

/// What a connection is subscribed to after its last request: each channel with its products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub channels: Vec<(String, Vec<String>)>,
}

/// One product's state, of channel `status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductStatus {
    pub product: String,
    /// `online`, `offline`, `delisted` and the like.
    pub status: String,
    pub message: String,
}

/// `{"type":"error",...}`: most failures, a refused subscription among them ("WebSocket Overview", "Error messages").
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("coinbase: {message} ({reason})")]
pub struct VenueError {
    pub message: String,
    pub reason: String,
}

impl Subscriptions {
    /// Exchange feed: `"channels":[{"name":"level2","product_ids":[...]}]`.
    pub(super) fn read_exchange(scanner: &mut Scanner<'_>) -> Result<Self, ParseError> {
        let mut channels = Field::named("channels");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"channels" => channels.set(read_channels(scanner)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        Ok(Self {
            channels: channels.required()?,
        })
    }

    /// Advanced Trade, an event: `"subscriptions":{"level2":[...]}`.
    pub(super) fn read_advanced(&mut self, scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            if key != b"subscriptions" {
                scanner.skip()?;
                continue;
            }
            let mut channels = scanner.object()?;
            while let Some(channel) = scanner.key(&mut channels)? {
                let name = String::from_utf8_lossy(channel).into_owned();
                self.channels.push((name, read_names(scanner)?));
            }
        }
        Ok(())
    }
}

fn read_channels(scanner: &mut Scanner<'_>) -> Result<Vec<(String, Vec<String>)>, ParseError> {
    let mut channels = Vec::new();
    let mut all = scanner.array()?;
    while scanner.element(&mut all)? {
        let mut name = Field::named("name");
        let mut products = Field::named("product_ids");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"name" => name.set(scanner.string()?.into_owned(), scanner)?,
                b"product_ids" => products.set(read_names(scanner)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        channels.push((name.required()?, products.optional().unwrap_or_default()));
    }
    Ok(channels)
}

fn read_names(scanner: &mut Scanner<'_>) -> Result<Vec<String>, ScanError> {
    let mut names = Vec::new();
    let mut all = scanner.array()?;
    while scanner.element(&mut all)? {
        names.push(scanner.string()?.into_owned());
    }
    Ok(names)
}

/// Reads `products` of a status message onto the end of `found`: the whole message of the Exchange feed, or an event of
/// Advanced Trade.
pub(super) fn read_products(scanner: &mut Scanner<'_>, found: &mut Vec<ProductStatus>) -> Result<(), ParseError> {
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        if key != b"products" {
            scanner.skip()?;
            continue;
        }
        let mut products = scanner.array()?;
        while scanner.element(&mut products)? {
            found.push(ProductStatus::read(scanner)?);
        }
    }
    Ok(())
}

impl ProductStatus {
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, ParseError> {
        let mut product = Field::named("id");
        let mut status = Field::named("status");
        let mut message = Field::named("status_message");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"id" => product.set(scanner.string()?.into_owned(), scanner)?,
                b"status" => status.set(scanner.string()?.into_owned(), scanner)?,
                // Null where there is nothing to say.
                b"status_message" if scanner.accept("null") => message.set(String::new(), scanner)?,
                b"status_message" => message.set(scanner.string()?.into_owned(), scanner)?,
                _ => scanner.skip()?,
            }
        }
        Ok(Self {
            product: product.required()?,
            status: status.required()?,
            message: message.optional().unwrap_or_default(),
        })
    }
}

impl VenueError {
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, ParseError> {
        let mut message = Field::named("message");
        let mut reason = Field::named("reason");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"message" => message.set(scanner.string()?.into_owned(), scanner)?,
                b"reason" => reason.set(scanner.string()?.into_owned(), scanner)?,
                _ => scanner.skip()?,
            }
        }
        Ok(Self {
            message: message.required()?,
            reason: reason.optional().unwrap_or_default(),
        })
    }
}

/// Reads `heartbeat_counter` of an event of Advanced Trade's `heartbeats`, which counts the seconds.
pub(super) fn read_counter(scanner: &mut Scanner<'_>) -> Result<i64, ParseError> {
    let mut counter = Field::named("heartbeat_counter");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"heartbeat_counter" => counter.set(scanner.integer_or_quoted()?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    Ok(counter.required()?)
}
