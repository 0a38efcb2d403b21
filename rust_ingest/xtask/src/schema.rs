//! Reads `schemas/**/*.avsc` into the subset of Avro that Tapeflow uses.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Fault;

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Boolean,
    Int,
    Long,
    /// A point in time, nanoseconds since 1970 in UTC.
    Timestamp,
    Double,
    String,
    Bytes,
    /// `tapeflow.Int128`.
    Int128,
    Enum(String),
    Record(String),
    Array(Box<Type>),
    Optional(Box<Type>),
}

/// How a number scales to money or another decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Price,
    Quantity,
    Notional,
    Fee,
    Contract,
    Scaled,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub doc: String,
    pub kind: Type,
    pub unit: Option<Unit>,
    pub low_cardinality: bool,
    /// What a record has there that was written before the field was.
    pub default: Option<Value>,
}

#[derive(Debug, Clone)]
pub enum Named {
    Record { doc: String, fields: Vec<Field> },
    Enum { doc: String, symbols: Vec<String> },
    Int128,
}

/// All named types, by full name, with the folder that they stand in.
pub struct Schemas {
    pub named: BTreeMap<String, Named>,
    pub domain: BTreeMap<String, String>,
    json: BTreeMap<String, Value>,
}

impl Schemas {
    pub fn load(folder: &Path) -> Result<Self, Fault> {
        let mut schemas = Self {
            named: BTreeMap::new(),
            domain: BTreeMap::new(),
            json: BTreeMap::new(),
        };
        for domain in read_dir(folder)? {
            if !domain.is_dir() {
                continue;
            }
            for file in read_dir(&domain)? {
                if file.extension().is_some_and(|ending| ending == "avsc") {
                    schemas
                        .add(&domain, &file)
                        .map_err(|fault| Fault(format!("{}: {fault}", file.display())))?;
                }
            }
        }
        Ok(schemas)
    }

    fn add(&mut self, domain: &Path, file: &Path) -> Result<(), Fault> {
        let text = fs::read_to_string(file).map_err(|error| Fault(error.to_string()))?;
        let value: Value = serde_json::from_str(&text).map_err(|error| Fault(error.to_string()))?;
        let full = format!("{}.{}", text_of(&value, "namespace")?, text_of(&value, "name")?);
        let doc = text_of(&value, "doc")?;
        let named = match text_of(&value, "type")?.as_str() {
            "record" => {
                let fields = value["fields"].as_array().ok_or_else(|| Fault("no fields".into()))?;
                let fields = fields.iter().map(parse_field).collect::<Result<_, _>>()?;
                Named::Record { doc, fields }
            }
            "enum" => {
                let symbols = value["symbols"].as_array().ok_or_else(|| Fault("no symbols".into()))?;
                let symbols = symbols
                    .iter()
                    .filter_map(|symbol| symbol.as_str().map(str::to_owned))
                    .collect();
                Named::Enum { doc, symbols }
            }
            "fixed" if full == "tapeflow.Int128" => Named::Int128,
            other => return Err(Fault(format!("{other} is not a type that Tapeflow uses"))),
        };
        let domain = domain
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.named.insert(full.clone(), named);
        self.domain.insert(full.clone(), domain);
        self.json.insert(full, value);
        Ok(())
    }

    /// Full names of the records of a folder.
    pub fn records_in(&self, domain: &str) -> Vec<&str> {
        let in_domain = |name: &&String| self.domain.get(*name).is_some_and(|found| found == domain);
        let is_record = |name: &&String| matches!(self.named[*name], Named::Record { .. });
        self.named
            .keys()
            .filter(in_domain)
            .filter(is_record)
            .map(String::as_str)
            .collect()
    }

    pub fn fields(&self, name: &str) -> Result<&[Field], Fault> {
        match self.named.get(name) {
            Some(Named::Record { fields, .. }) => Ok(fields),
            _ => Err(Fault(format!("{name} is not a record in schemas/"))),
        }
    }

    pub fn is_part(&self, name: &str) -> bool {
        self.json.get(name).is_some_and(|value| value["part"] == true)
    }

    /// Whether programs need the names of its fields, and not only the fields.
    pub fn is_listed(&self, name: &str) -> bool {
        self.json.get(name).is_some_and(|value| value["listed"] == true)
    }

    /// The field that is the record's Kafka key, for a record that brings its own: in its topics others have another key.
    pub fn own_key(&self, name: &str) -> Option<&str> {
        self.json.get(name)?["key"].as_str()
    }

    /// The schema alone: references expanded where they first occur, docs left out, so that an edited doc is no new version.
    pub fn canonical(&self, name: &str) -> Result<String, Fault> {
        let mut seen = Vec::new();
        let value = self.expand(&Value::String(name.to_owned()), &mut seen)?;
        serde_json::to_string(&value).map_err(|error| Fault(error.to_string()))
    }

    fn expand(&self, kind: &Value, seen: &mut Vec<String>) -> Result<Value, Fault> {
        match kind {
            Value::String(name) if name.contains('.') => {
                if seen.contains(name) {
                    return Ok(kind.clone());
                }
                seen.push(name.clone());
                let value = self
                    .json
                    .get(name)
                    .ok_or_else(|| Fault(format!("{name} is not in schemas/")))?;
                let mut out = Map::new();
                for (key, part) in value.as_object().into_iter().flatten() {
                    match key.as_str() {
                        "doc" | "part" | "listed" | "key" => {}
                        "fields" => {
                            let fields = part.as_array().into_iter().flatten();
                            let fields = fields.map(|field| self.expand_field(field, seen));
                            out.insert(key.clone(), Value::Array(fields.collect::<Result<_, _>>()?));
                        }
                        _ => {
                            out.insert(key.clone(), part.clone());
                        }
                    }
                }
                Ok(Value::Object(out))
            }
            Value::Array(branches) => Ok(Value::Array(
                branches
                    .iter()
                    .map(|branch| self.expand(branch, seen))
                    .collect::<Result<_, _>>()?,
            )),
            Value::Object(object) if object.get("type") == Some(&json!("array")) => {
                Ok(json!({"type": "array", "items": self.expand(&object["items"], seen)?}))
            }
            other => Ok(other.clone()),
        }
    }

    fn expand_field(&self, field: &Value, seen: &mut Vec<String>) -> Result<Value, Fault> {
        let mut out = Map::new();
        for (key, part) in field.as_object().into_iter().flatten() {
            match key.as_str() {
                "doc" | "cardinality" => {}
                "type" => {
                    out.insert(key.clone(), self.expand(part, seen)?);
                }
                _ => {
                    out.insert(key.clone(), part.clone());
                }
            }
        }
        Ok(Value::Object(out))
    }
}

/// The name without its namespace.
pub fn short(full: &str) -> &str {
    full.rsplit('.').next().unwrap_or(full)
}

fn read_dir(folder: &Path) -> Result<Vec<std::path::PathBuf>, Fault> {
    let entries = fs::read_dir(folder).map_err(|error| Fault(format!("{}: {error}", folder.display())))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    Ok(paths)
}

fn text_of(value: &Value, key: &str) -> Result<String, Fault> {
    value[key]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Fault(format!("{key} is missing")))
}

fn parse_field(value: &Value) -> Result<Field, Fault> {
    let name = text_of(value, "name")?;
    let unit = match value["unit"].as_str() {
        None => None,
        Some("price") => Some(Unit::Price),
        Some("quantity") => Some(Unit::Quantity),
        Some("notional") => Some(Unit::Notional),
        Some("fee") => Some(Unit::Fee),
        Some("contract") => Some(Unit::Contract),
        Some("scaled") => Some(Unit::Scaled),
        Some(other) => return Err(Fault(format!("{name}: unit {other} is unknown"))),
    };
    let kind = parse_type(&value["type"]).map_err(|fault| Fault(format!("{name}: {fault}")))?;
    let low_cardinality = value["cardinality"].as_str() == Some("low");
    Ok(Field {
        doc: text_of(value, "doc").unwrap_or_default(),
        name,
        kind,
        unit,
        low_cardinality,
        default: value.get("default").cloned(),
    })
}

fn parse_type(value: &Value) -> Result<Type, Fault> {
    match value {
        Value::String(name) => Ok(match name.as_str() {
            "boolean" => Type::Boolean,
            "int" => Type::Int,
            "long" => Type::Long,
            "double" => Type::Double,
            "string" => Type::String,
            "bytes" => Type::Bytes,
            "tapeflow.Int128" => Type::Int128,
            reference if reference.contains('.') => Type::Record(reference.to_owned()),
            other => return Err(Fault(format!("{other} is not a type that Tapeflow uses"))),
        }),
        Value::Array(branches) if branches.len() == 2 && branches[0] == "null" => {
            Ok(Type::Optional(Box::new(parse_type(&branches[1])?)))
        }
        Value::Object(object) if object.get("type") == Some(&json!("array")) => {
            Ok(Type::Array(Box::new(parse_type(&object["items"])?)))
        }
        Value::Object(object) if object.get("logicalType") == Some(&json!("timestamp-nanos")) => Ok(Type::Timestamp),
        other => Err(Fault(format!("{other} is not a type that Tapeflow uses"))),
    }
}

impl Schemas {
    /// Tells enums from records behind a reference.
    pub fn resolve(&self, kind: &Type) -> Type {
        match kind {
            Type::Record(name) if matches!(self.named.get(name), Some(Named::Enum { .. })) => Type::Enum(name.clone()),
            Type::Array(item) => Type::Array(Box::new(self.resolve(item))),
            Type::Optional(item) => Type::Optional(Box::new(self.resolve(item))),
            other => other.clone(),
        }
    }
}
