//! Keeps `schemas/registry.jsonl`: one line for every version of every record's schema that ever was, only ever longer.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::schema::Schemas;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub id: i32,
    pub subject: String,
    pub version: i32,
    pub schema: String,
}

pub struct Registry {
    pub text: String,
    entries: Vec<Entry>,
}

/// Folders whose records are values of their own, on a topic or in a snapshot.
pub const DOMAINS: [&str; 6] = ["market", "risk", "execution", "ops", "shadow", "state"];

/// Full names of all records with a subject, in the order of folders and names. Records marked `"part": true` occur only
/// inside others.
pub fn subjects(schemas: &Schemas) -> Vec<&str> {
    let all = DOMAINS.iter().flat_map(|domain| schemas.records_in(domain));
    all.filter(|name| !schemas.is_part(name)).collect()
}

/// The registry as it stands, and a new line for each schema that changed.
pub fn extend(path: &Path, schemas: &Schemas) -> Result<Registry, Fault> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let parse = |line: &str| serde_json::from_str(line).map_err(|error| Fault(format!("registry.jsonl: {error}")));
    let mut entries: Vec<Entry> = text.lines().map(parse).collect::<Result<_, _>>()?;
    for subject in subjects(schemas) {
        let schema = schemas.canonical(subject)?;
        let latest = entries.iter().rev().find(|entry| entry.subject == subject);
        if latest.is_some_and(|entry| entry.schema == schema) {
            continue;
        }
        let version = latest.map_or(1, |entry| entry.version + 1);
        let id = entries.iter().map(|entry| entry.id).max().unwrap_or(0) + 1;
        entries.push(Entry {
            id,
            subject: subject.to_owned(),
            version,
            schema,
        });
    }
    let line = |entry: &Entry| serde_json::to_string(entry).map_err(|error| Fault(error.to_string()));
    let mut text = entries.iter().map(line).collect::<Result<Vec<_>, _>>()?.join("\n");
    text.push('\n');
    Ok(Registry { text, entries })
}

impl Registry {
    pub fn latest(&self, subject: &str) -> Result<&Entry, Fault> {
        let found = self.entries.iter().rev().find(|entry| entry.subject == subject);
        found.ok_or_else(|| Fault(format!("{subject} is not in registry.jsonl")))
    }
}
