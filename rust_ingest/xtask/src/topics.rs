//! Reads `schemas/topics.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Fault;
use crate::schema::Schemas;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    pub name: String,
    pub sequenced: bool,
    pub order_path: bool,
    pub key: String,
    pub placed_by: String,
    pub partitions: u32,
    pub retention_ms: i64,
    pub records: Vec<String>,
    pub producers: Vec<String>,
    pub consumers: Vec<String>,
    pub table: String,
}

#[derive(Deserialize)]
struct File {
    topic: Vec<Topic>,
}

pub fn load(path: &Path, schemas: &Schemas) -> Result<Vec<Topic>, Fault> {
    let text = fs::read_to_string(path).map_err(|error| Fault(format!("{}: {error}", path.display())))?;
    let file: File = toml::from_str(&text).map_err(|error| Fault(format!("{}: {error}", path.display())))?;
    for topic in &file.topic {
        for record in &topic.records {
            schemas
                .fields(record)
                .map_err(|fault| Fault(format!("topic {}: {fault}", topic.name)))?;
        }
        if !["key", "origin"].contains(&topic.placed_by.as_str()) {
            return Err(Fault(format!("topic {}: placed_by is key or origin", topic.name)));
        }
        if topic.partitions == 0 || topic.retention_ms < -1 {
            return Err(Fault(format!(
                "topic {}: partitions >= 1, retention_ms >= -1",
                topic.name
            )));
        }
        if topic.producers.is_empty() || topic.consumers.is_empty() {
            return Err(Fault(format!(
                "topic {}: somebody writes it and somebody reads it",
                topic.name
            )));
        }
    }
    Ok(file.topic)
}
