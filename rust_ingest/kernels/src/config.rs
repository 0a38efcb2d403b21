//! Reads a stage's configuration.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ConfigError;

/// The configuration in a JSON text. Fields that are left out have their defaults; unknown ones are an error.
pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, ConfigError> {
    serde_json::from_str(json).map_err(|error| ConfigError::Form(error.to_string()))
}

/// What to say of a field that must be there.
pub(crate) fn missing(field: &str) -> ConfigError {
    ConfigError::field(field, "is missing")
}

/// A field of a table, which is then no longer in it.
pub(crate) fn taken<T: DeserializeOwned>(
    table: &mut Map<String, Value>,
    field: &str,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = table.remove(field) else {
        return Ok(None);
    };
    if value.is_null() {
        return Err(missing(field));
    }
    let value = serde_json::from_value(value);
    value.map_err(|error| ConfigError::field(field, &error.to_string()))
}

/// What a table says, such as the parameters of a strategy.
pub(crate) fn parameters<T: DeserializeOwned>(given: Map<String, Value>) -> Result<T, ConfigError> {
    // Fields that may be left out would take it as such.
    if let Some((field, _)) = given.iter().find(|(_, value)| value.is_null()) {
        return Err(missing(field));
    }
    serde_json::from_value(Value::Object(given)).map_err(|error| ConfigError::Form(error.to_string()))
}
