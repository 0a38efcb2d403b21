//! Reads a stage's configuration.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ConfigError;

/// The configuration in a JSON text. Fields that are left out have their defaults; unknown ones are an error.
pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, ConfigError> {
    serde_json::from_str(json).map_err(|error| ConfigError::Form(error.to_string()))
}

/// The parameters of a strategy.
pub(crate) fn parameters<T: DeserializeOwned>(given: Map<String, Value>) -> Result<T, ConfigError> {
    serde_json::from_value(Value::Object(given)).map_err(|error| ConfigError::Form(error.to_string()))
}
