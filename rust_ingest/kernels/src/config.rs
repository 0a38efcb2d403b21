//! Reads a stage's configuration.

use serde::de::DeserializeOwned;

use crate::ConfigError;

/// The configuration in a JSON text. Fields that are left out have their defaults; unknown ones are an error.
pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, ConfigError> {
    serde_json::from_str(json).map_err(|error| ConfigError::Form(error.to_string()))
}
