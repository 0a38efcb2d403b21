//! Keeps `schemas/registry.jsonl`: one line for every version of every record's schema that ever was, only ever longer.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// All versions of a record's schema, oldest first, each with the number of its fields.
    ///
    /// A record grows at its end, by fields with a default; an enum by symbols. So what an older version wrote is read by
    /// today's decoder, which stops after that version's fields: no second decoder, and none to be resolved at run time.
    pub fn versions(&self, subject: &str) -> Result<Vec<(&Entry, usize)>, Fault> {
        let mut found: Vec<(&Entry, Vec<Value>)> = Vec::new();
        for entry in self.entries.iter().filter(|entry| entry.subject == subject) {
            let schema: Value = serde_json::from_str(&entry.schema).map_err(|error| Fault(error.to_string()))?;
            let fields = schema["fields"].as_array().cloned().unwrap_or_default();
            if let Some((older, known)) = found.last() {
                let place = format!("{subject}, version {} after {}", entry.version, older.version);
                if known.len() > fields.len() || !known.iter().zip(&fields).all(|(old, new)| grows(old, new)) {
                    return Err(Fault(format!(
                        "{place}: a record may only grow, at its end, and an enum by symbols"
                    )));
                }
                if let Some(new) = fields[known.len()..].iter().find(|new| new.get("default").is_none()) {
                    return Err(Fault(format!("{place}: {} needs a default", new["name"])));
                }
            }
            found.push((entry, fields));
        }
        Ok(found.into_iter().map(|(entry, fields)| (entry, fields.len())).collect())
    }
}

/// Whether today's decoder of `new` reads what was written as `old`: the same, but for symbols at the end of an enum.
fn grows(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let same = |(key, was): (&String, &Value)| match (key.as_str(), was, new.get(key)) {
                ("symbols", Value::Array(was), Some(Value::Array(is))) => is.starts_with(was),
                (_, was, Some(is)) => grows(was, is),
                (_, _, None) => false,
            };
            old.len() == new.len() && old.iter().all(same)
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| grows(old, new))
        }
        (old, new) => old == new,
    }
}
