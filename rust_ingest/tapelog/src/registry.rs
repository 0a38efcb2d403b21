//! Schema ids: those of the repository, or of an external registry (Redpanda's, Confluent's).

use std::collections::BTreeMap;
use std::env;
use std::time::Duration;

use contracts::{Kind, SchemaIds, SchemaVersion};
use serde_json::{Value, json};
use ureq::Agent;

use crate::RegistryError;

const TIMEOUT: Duration = Duration::from_secs(10);

/// The ids of `SCHEMA_REGISTRY_URL` after registering every kind there, or the embedded ones where it is not set.
///
/// The URL may carry `user:password@`. Registering again what is there changes nothing.
pub fn schema_ids() -> Result<SchemaIds, RegistryError> {
    match env::var("SCHEMA_REGISTRY_URL") {
        Ok(url) if !url.is_empty() => register_all(&url),
        _ => Ok(SchemaIds::embedded()),
    }
}

/// Registers every kind at the registry of `url`, and gives its ids.
pub fn register_all(url: &str) -> Result<SchemaIds, RegistryError> {
    let mut config = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .http_status_as_error(false);
    if url.starts_with("https:") {
        config = config.tls_config(tls::for_ureq()?);
    }
    let agent: Agent = config.build().into();
    let mut ids = BTreeMap::new();
    for kind in Kind::ALL {
        // Oldest first: a registry gives versions in the order in which they come, and checks each by the one before.
        for version in kind.versions() {
            ids.insert(version.id, register(&agent, url.trim_end_matches('/'), kind, version)?);
        }
    }
    Ok(SchemaIds::new(|_, version| ids[&version.id]))
}

fn register(agent: &Agent, url: &str, kind: Kind, version: &SchemaVersion) -> Result<i32, RegistryError> {
    let subject = kind.subject();
    let unreachable = |error: ureq::Error| RegistryError::Unreachable {
        subject,
        // The URL may hold a password, and transport errors do not repeat it; any that did would be a bad URI.
        reason: match error {
            ureq::Error::BadUri(_) => "the URL is not valid".to_owned(),
            other => other.to_string(),
        },
    };
    let mut answer = agent
        .post(format!("{url}/subjects/{subject}/versions"))
        .content_type("application/vnd.schemaregistry.v1+json")
        .send(json!({ "schema": version.schema }).to_string())
        .map_err(unreachable)?;
    let body = answer.body_mut().read_to_string().map_err(unreachable)?;
    let body: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    if !answer.status().is_success() {
        return Err(RegistryError::Refused {
            subject,
            status: answer.status().as_u16(),
            message: body["message"].as_str().unwrap_or("no reason given").to_owned(),
        });
    }
    let id = body["id"].as_i64().and_then(|id| i32::try_from(id).ok());
    id.ok_or(RegistryError::NoId { subject })
}
