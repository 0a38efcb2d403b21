//! Lays each topic's records out as the columns of one ClickHouse table: nested records flattened, kinds side by side.

use crate::Fault;
use crate::schema::{Field, Schemas, Type, Unit, short};
use crate::topics::Topic;

#[derive(Debug, Clone, PartialEq)]
pub enum ColumnType {
    Bool,
    Int32,
    Int64,
    Timestamp,
    Float64,
    Text {
        few: bool,
    },
    /// `Decimal(38, 18)`: a 64-bit count times a power of ten.
    Money,
    /// `Decimal(76, 36)`: a 128-bit count times a power of ten.
    WideMoney,
    Array(Vec<(String, ColumnType)>),
    /// `Array(String)`.
    Texts,
}

impl ColumnType {
    pub fn sql(&self) -> String {
        match self {
            Self::Bool => "Bool".into(),
            Self::Int32 => "Int32".into(),
            Self::Int64 => "Int64".into(),
            Self::Timestamp => "DateTime64(9, 'UTC')".into(),
            Self::Float64 => "Float64".into(),
            Self::Text { few: true } => "LowCardinality(String)".into(),
            Self::Text { few: false } => "String".into(),
            Self::Money => "Decimal(38, 18)".into(),
            Self::WideMoney => "Decimal(76, 36)".into(),
            Self::Array(parts) => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|(name, kind)| format!("{name} {}", kind.sql()))
                    .collect();
                format!("Array(Tuple({}))", parts.join(", "))
            }
            Self::Texts => "Array(String)".into(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: ColumnType,
    pub nullable: bool,
    pub doc: String,
}

/// Where a column's value stands in a record.
#[derive(Debug, Clone)]
pub struct Leaf {
    pub column: String,
    /// Rust expression over `record`; an `Option` if `optional`.
    pub expression: String,
    pub optional: bool,
    pub field: Field,
}

/// Columns of every table, before those of its records: where a row stands in the log.
pub const POSITION_COLUMNS: [(&str, &str, &str); 6] = [
    ("topic", "LowCardinality(String)", "topic, with its prefix"),
    ("partition", "Int32", "partition in the topic"),
    ("offset", "Int64", "offset in the partition"),
    (
        "timestamp",
        "DateTime64(3, 'UTC')",
        "when its producer handed it to the broker",
    ),
    (
        "produced_ns",
        "Nullable(DateTime64(9, 'UTC'))",
        "the same to the nanosecond, where the producer says so",
    ),
    (
        "kind",
        "LowCardinality(String)",
        "the record's name; Undecodable if it is none of ours, or does not fit the columns",
    ),
];

pub struct Table<'t> {
    pub topic: &'t Topic,
    pub columns: Vec<Column>,
    /// Per record of the topic, its leaves.
    pub kinds: Vec<(String, Vec<Leaf>)>,
}

pub fn tables<'t>(schemas: &Schemas, topics: &'t [Topic]) -> Result<Vec<Table<'t>>, Fault> {
    topics.iter().map(|topic| table(schemas, topic)).collect()
}

fn table<'t>(schemas: &Schemas, topic: &'t Topic) -> Result<Table<'t>, Fault> {
    let mut columns: Vec<Column> = Vec::new();
    let mut kinds = Vec::new();
    for name in &topic.records {
        let leaves = leaves(schemas, name)?;
        for leaf in &leaves {
            if POSITION_COLUMNS.iter().any(|(taken, ..)| *taken == leaf.column) {
                return Err(Fault(format!(
                    "{}: field {} of {name} is called like a column of every table",
                    topic.table, leaf.column
                )));
            }
            let kind = column_type(schemas, &leaf.field)?;
            match columns.iter_mut().find(|column| column.name == leaf.column) {
                Some(column) if column.kind == kind => column.nullable |= leaf.optional,
                Some(_) => {
                    return Err(Fault(format!(
                        "{}: column {} would have two types",
                        topic.table, leaf.column
                    )));
                }
                None => columns.push(Column {
                    name: leaf.column.clone(),
                    kind,
                    nullable: leaf.optional,
                    doc: leaf.field.doc.clone(),
                }),
            }
        }
        kinds.push((short(name).to_owned(), leaves));
    }
    Ok(Table { topic, columns, kinds })
}

fn leaves(schemas: &Schemas, record: &str) -> Result<Vec<Leaf>, Fault> {
    let mut leaves = Vec::new();
    for field in schemas.fields(record)? {
        let (kind, optional) = match schemas.resolve(&field.kind) {
            Type::Optional(inner) => (*inner, true),
            other => (other, false),
        };
        let Type::Record(nested) = &kind else {
            let bare = Field { kind, ..field.clone() };
            let expression = format!("record.{}", field.name);
            leaves.push(Leaf {
                column: field.name.clone(),
                expression,
                optional,
                field: bare,
            });
            continue;
        };
        for part in schemas.fields(nested)? {
            let expression = match optional {
                true => format!("record.{}.map(|part| part.{})", field.name, part.name),
                false => format!("record.{}.{}", field.name, part.name),
            };
            let part = Field {
                kind: schemas.resolve(&part.kind),
                ..part.clone()
            };
            leaves.push(Leaf {
                column: format!("{}_{}", field.name, part.name),
                expression,
                optional,
                field: part,
            });
        }
    }
    Ok(leaves)
}

pub fn column_type(schemas: &Schemas, field: &Field) -> Result<ColumnType, Fault> {
    Ok(match (schemas.resolve(&field.kind), field.unit) {
        (Type::Int128, Some(Unit::Notional | Unit::Scaled)) => ColumnType::WideMoney,
        (Type::Long, Some(Unit::Price | Unit::Quantity | Unit::Fee | Unit::Contract)) => ColumnType::Money,
        (_, Some(_)) => return Err(Fault(format!("{}: this unit does not go with this type", field.name))),
        (Type::Boolean, None) => ColumnType::Bool,
        (Type::Int, None) => ColumnType::Int32,
        (Type::Long, None) => ColumnType::Int64,
        (Type::Timestamp, None) => ColumnType::Timestamp,
        (Type::Double, None) => ColumnType::Float64,
        (Type::Enum(_), None) => ColumnType::Text { few: true },
        (Type::String, None) => ColumnType::Text {
            few: field.low_cardinality,
        },
        (Type::Bytes, None) => ColumnType::Text { few: false },
        (Type::Array(item), None) => match *item {
            Type::Record(name) => {
                let parts = schemas.fields(&name)?.iter();
                let part = |part: &Field| Ok((part.name.clone(), column_type(schemas, part)?));
                ColumnType::Array(parts.map(part).collect::<Result<_, Fault>>()?)
            }
            Type::String => ColumnType::Texts,
            _ => {
                return Err(Fault(format!(
                    "{}: only arrays of records and of strings land",
                    field.name
                )));
            }
        },
        (other, None) => return Err(Fault(format!("{}: {other:?} has no column type", field.name))),
    })
}
