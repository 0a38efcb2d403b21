//! A framed record as JSON text, by its schema: every integer exact, nothing known of what the record is.
//!
//! Longs and ints are JSON integers of all their digits; an Int128 is text, and so is a double that JSON has no number for.

use std::collections::HashMap;
use std::io::Write;

use contracts::{Avro, DecodeError, Kind, Reader, SchemaIds};
use serde_json::Value;

use crate::error::BroadcastError;

/// How a value is read from Avro and written as JSON.
#[derive(Clone, Debug)]
enum Shape {
    Boolean,
    Integer,
    Double,
    Text,
    Int128,
    /// The symbols as JSON text, with their quotes.
    Symbol(Vec<String>),
    /// `["null", T]`, the only union that the contracts have.
    Nullable(Box<Shape>),
    Array(Box<Shape>),
    /// What stands before each value (`{"name":`, `,"name":`), and the value's shape.
    Record(Vec<(String, Shape)>),
}

/// How each schema version that may be broadcast is written.
#[derive(Debug)]
pub struct Shapes {
    by_id: HashMap<i32, (Kind, Shape)>,
}

impl Shapes {
    /// Of the kinds whose record begins with venue and instrument: those are about a market.
    pub fn of_market(ids: &SchemaIds) -> Result<Self, BroadcastError> {
        let mut by_id = HashMap::new();
        for kind in Kind::ALL {
            for (id, version) in ids.ids(kind).zip(kind.versions()) {
                let unknown = |what: &str| BroadcastError::Schema {
                    id,
                    kind: kind.name(),
                    what: what.to_owned(),
                };
                let schema: Value =
                    serde_json::from_str(version.schema).map_err(|error| unknown(&error.to_string()))?;
                if begins_with_market(&schema) {
                    let shape = Compiler::default().shape(&schema, "").map_err(|what| unknown(&what))?;
                    by_id.insert(id, (kind, shape));
                }
            }
        }
        Ok(Self { by_id })
    }

    /// The kind of a schema that may be broadcast.
    pub fn kind(&self, id: i32) -> Option<Kind> {
        self.by_id.get(&id).map(|(kind, _)| *kind)
    }

    /// Appends the record of a framed message (`message[5..]` is its Avro body). An id that is not known writes null.
    pub fn write(&self, id: i32, body: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let Some((_, shape)) = self.by_id.get(&id) else {
            out.extend_from_slice(b"null");
            return Ok(());
        };
        let mut reader = Reader::new(body);
        shape.write(&mut reader, out)?;
        reader.finish()
    }
}

fn begins_with_market(schema: &Value) -> bool {
    let field = |index: usize| &schema["fields"][index];
    let is_text = |index: usize, name: &str| field(index)["name"] == name && field(index)["type"] == "string";
    is_text(0, "venue") && is_text(1, "instrument")
}

/// Named types seen so far: a schema spells each out once.
#[derive(Default)]
struct Compiler {
    named: HashMap<String, Shape>,
}

impl Compiler {
    fn shape(&mut self, schema: &Value, namespace: &str) -> Result<Shape, String> {
        let unknown = || format!("no JSON is known for its type {schema}");
        match schema {
            Value::String(name) => match name.as_str() {
                "boolean" => Ok(Shape::Boolean),
                "int" | "long" => Ok(Shape::Integer),
                "double" => Ok(Shape::Double),
                "string" => Ok(Shape::Text),
                name => self.named.get(&full_name(name, namespace)).cloned().ok_or_else(unknown),
            },
            Value::Array(branches) => match branches.as_slice() {
                [Value::String(null), value] if null == "null" => {
                    Ok(Shape::Nullable(Box::new(self.shape(value, namespace)?)))
                }
                _ => Err(unknown()),
            },
            Value::Object(parts) => {
                let text = |part: &str| parts.get(part).and_then(Value::as_str).unwrap_or_default();
                let namespace = parts.get("namespace").and_then(Value::as_str).unwrap_or(namespace);
                let shape = match text("type") {
                    "array" => return Ok(Shape::Array(Box::new(self.shape(&schema["items"], namespace)?))),
                    "enum" => Shape::Symbol(list(schema, "symbols").iter().map(Value::to_string).collect()),
                    "fixed" if schema["size"] == 16 => Shape::Int128,
                    "record" => self.record(schema, namespace)?,
                    // A logical type: written as what it stands on.
                    _ => return self.shape(&schema["type"], namespace),
                };
                self.named.insert(full_name(text("name"), namespace), shape.clone());
                Ok(shape)
            }
            _ => Err(unknown()),
        }
    }

    fn record(&mut self, schema: &Value, namespace: &str) -> Result<Shape, String> {
        let mut fields = Vec::new();
        for field in list(schema, "fields") {
            let before = if fields.is_empty() { '{' } else { ',' };
            let shape = self.shape(&field["type"], namespace)?;
            fields.push((format!("{before}{}:", field["name"]), shape));
        }
        if fields.is_empty() {
            return Err("a record without fields".to_owned());
        }
        Ok(Shape::Record(fields))
    }
}

fn list<'v>(schema: &'v Value, part: &str) -> &'v [Value] {
    schema[part].as_array().map_or(&[], Vec::as_slice)
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() {
        return name.to_owned();
    }
    format!("{namespace}.{name}")
}

/// Into memory, and of types that JSON has: it cannot fail.
const NO_ERROR: &str = "JSON of a plain value into memory";

impl Shape {
    fn write(&self, reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        match self {
            Self::Boolean => serde_json::to_writer(out, &bool::decode(reader)?).expect(NO_ERROR),
            Self::Integer => serde_json::to_writer(out, &i64::decode(reader)?).expect(NO_ERROR),
            Self::Double => match f64::decode(reader)? {
                value if value.is_finite() => serde_json::to_writer(out, &value).expect(NO_ERROR),
                value => write!(out, "\"{value}\"").expect(NO_ERROR),
            },
            Self::Text => serde_json::to_writer(out, <&str>::decode(reader)?).expect(NO_ERROR),
            Self::Int128 => write!(out, "\"{}\"", i128::decode(reader)?).expect(NO_ERROR),
            Self::Symbol(symbols) => {
                let at = reader.at();
                let index = i64::decode(reader)?;
                let symbol = usize::try_from(index).ok().and_then(|index| symbols.get(index));
                out.extend_from_slice(symbol.ok_or(DecodeError::BadIndex { at, index })?.as_bytes());
            }
            Self::Nullable(value) => {
                let at = reader.at();
                match i64::decode(reader)? {
                    0 => out.extend_from_slice(b"null"),
                    1 => value.write(reader, out)?,
                    index => return Err(DecodeError::BadIndex { at, index }),
                }
            }
            Self::Array(item) => write_array(item, reader, out)?,
            Self::Record(fields) => {
                for (before, value) in fields {
                    out.extend_from_slice(before.as_bytes());
                    value.write(reader, out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }
}

fn write_array(item: &Shape, reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut before = b'[';
    loop {
        let at = reader.at();
        let mut count = i64::decode(reader)?;
        if count < 0 {
            // A block that tells its bytes too (Avro 1.12, "Arrays").
            count = count.checked_neg().ok_or(DecodeError::BadLength { at })?;
            i64::decode(reader)?;
        }
        if count == 0 {
            break;
        }
        for _ in 0..count {
            out.push(before);
            before = b',';
            item.write(reader, out)?;
        }
    }
    if before == b'[' {
        out.push(before);
    }
    out.push(b']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use contracts::{Heartbeat, Instrument, InstrumentClass, Record, encode};
    use serde_json::json;

    use super::*;

    fn written(record: &Record<'_>) -> Value {
        let ids = SchemaIds::embedded();
        let mut message = Vec::new();
        encode(&ids, record, &mut message);
        let mut out = Vec::new();
        let shapes = Shapes::of_market(&ids).unwrap();
        shapes.write(ids.id(record.kind()), &message[5..], &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn integers_are_exact_and_int128_is_text() {
        let instrument = Instrument {
            venue: "binance",
            instrument: "a \"quoted\"\n\u{e9}",
            price_exponent: -9,
            quantity_exponent: -18,
            receive_ns: i64::MAX,
            venue_symbol: "",
            base: "BTC",
            quote: "USDT",
            instrument_class: InstrumentClass::Perpetual,
            tick_size: i64::MIN,
            lot_size: 1,
            min_quantity: 0,
            max_quantity: 9_007_199_254_740_993,
            min_notional: i128::MIN,
            contract_currency: "USD",
            contract_exponent: -9,
            contract_size: 100_000_000_000,
        };
        let json = written(&Record::Instrument(instrument));
        assert_eq!(json["instrument"], "a \"quoted\"\n\u{e9}");
        assert_eq!(json["tick_size"].as_i64(), Some(i64::MIN));
        assert_eq!(json["receive_ns"].as_i64(), Some(i64::MAX));
        assert_eq!(json["max_quantity"].as_i64(), Some(9_007_199_254_740_993));
        assert_eq!(json["min_notional"], i128::MIN.to_string());
        assert_eq!(json["instrument_class"], "perpetual");
    }

    #[test]
    fn lists_names_and_what_is_not_there() {
        let level = json!({"type": "record", "namespace": "n", "name": "Level",
            "fields": [{"name": "price", "type": "long"}, {"name": "quantity", "type": "int"}]});
        let schema = json!({"type": "record", "namespace": "n", "name": "Book", "fields": [
            {"name": "bids", "type": {"type": "array", "items": level}},
            {"name": "asks", "type": {"type": "array", "items": "Level"}},
            {"name": "best", "type": ["null", "n.Level"]},
            {"name": "event_ns", "type": ["null", {"type": "long", "logicalType": "timestamp-nanos"}]},
            {"name": "ratio", "type": "double"},
            {"name": "is_whole", "type": "boolean"},
        ]});
        let shape = Compiler::default().shape(&schema, "").unwrap();
        let mut body = Vec::new();
        vec![(10_i64, 1), (9, 2)]
            .into_iter()
            .for_each(|(price, quantity): (i64, i32)| {
                // A block of one item each.
                1_i64.encode(&mut body);
                price.encode(&mut body);
                quantity.encode(&mut body);
            });
        body.extend_from_slice(&[0, 0]);
        Some(-3_i64).encode(&mut body);
        4_i32.encode(&mut body);
        None::<i64>.encode(&mut body);
        f64::NAN.encode(&mut body);
        true.encode(&mut body);
        let mut out = Vec::new();
        shape.write(&mut Reader::new(&body), &mut out).unwrap();
        let expected = r#"{"bids":[{"price":10,"quantity":1},{"price":9,"quantity":2}],"asks":[],"#.to_owned()
            + r#""best":{"price":-3,"quantity":4},"event_ns":null,"ratio":"NaN","is_whole":true}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_record_cut_anywhere_is_an_error_and_no_panic() {
        let ids = SchemaIds::embedded();
        let shapes = Shapes::of_market(&ids).unwrap();
        let mut message = Vec::new();
        let heartbeat = Heartbeat {
            venue: "v",
            instrument: "i",
            event_ns: 1,
            receive_ns: 2,
        };
        encode(&ids, &Record::Heartbeat(heartbeat), &mut message);
        let body = &message[5..];
        for end in 0..body.len() {
            assert!(
                shapes
                    .write(ids.id(Kind::Heartbeat), &body[..end], &mut Vec::new())
                    .is_err(),
                "{end}"
            );
        }
    }
}
