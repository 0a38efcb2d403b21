//! Rows of a landing table turned into columns: ClickHouse's Native format, which it takes in a third of the time that
//! RowBinary needs. What a row holds is decided in `write_row` alone; here its bytes are only put elsewhere.

use std::iter;

use crate::Table;

/// Where a value's bytes end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// So many bytes.
    Fixed(usize),
    /// A length in LEB128, and so many bytes.
    Text,
}

/// How a column's values stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    One(Cell),
    /// A byte, 1 for null; 0 and the value otherwise.
    Nullable(Cell),
    /// A count in LEB128, and so many tuples.
    Array(&'static [Cell]),
}

/// A column of a landing table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    /// The type it is sent as: the table's, with plain strings for dictionaries, which ClickHouse makes itself.
    pub sent_as: &'static str,
    pub layout: Layout,
}

/// Rows of one table, column by column.
pub struct Columns {
    table: Table,
    rows: usize,
    values: Vec<Values>,
}

#[derive(Default)]
struct Values {
    /// Null flags, or the arrays' ends.
    heads: Vec<u8>,
    /// Items of all arrays so far.
    items: u64,
    /// One buffer, or one for each part of an array's tuples.
    parts: Vec<Vec<u8>>,
}

impl Columns {
    pub fn new(table: Table) -> Self {
        let values = table.columns().iter().map(|column| Values {
            parts: match column.layout {
                Layout::Array(parts) => vec![Vec::new(); parts.len()],
                _ => vec![Vec::new()],
            },
            ..Values::default()
        });
        Self {
            table,
            rows: 0,
            values: values.collect(),
        }
    }

    /// Adds a row as `write_row` or `write_opaque_row` wrote it.
    ///
    /// # Panics
    /// If it is no row of this table.
    pub fn push(&mut self, row: &[u8]) {
        let mut row = row;
        for (column, values) in self.table.columns().iter().zip(&mut self.values) {
            match column.layout {
                Layout::One(cell) => move_cell(&mut row, cell, &mut values.parts[0]),
                Layout::Nullable(cell) => {
                    let null = take(&mut row, 1)[0];
                    values.heads.push(null);
                    match (null, cell) {
                        (0, cell) => move_cell(&mut row, cell, &mut values.parts[0]),
                        (_, Cell::Fixed(width)) => values.parts[0].extend(iter::repeat_n(0, width)),
                        (_, Cell::Text) => values.parts[0].push(0),
                    }
                }
                Layout::Array(cells) => {
                    let count = number(&mut row);
                    values.items += count;
                    values.heads.extend_from_slice(&values.items.to_le_bytes());
                    for _ in 0..count {
                        for (cell, part) in cells.iter().zip(&mut values.parts) {
                            move_cell(&mut row, *cell, part);
                        }
                    }
                }
            }
        }
        assert!(
            row.is_empty(),
            "a row of {} is longer than its columns",
            self.table.name()
        );
        self.rows += 1;
    }

    /// The rows as one block in Native format.
    pub fn to_native(&self) -> Vec<u8> {
        let buffers = |values: &Values| values.heads.len() + values.parts.iter().map(Vec::len).sum::<usize>();
        let mut out = Vec::with_capacity(8192 + self.values.iter().map(buffers).sum::<usize>());
        put_number(self.values.len() as u64, &mut out);
        put_number(self.rows as u64, &mut out);
        for (column, values) in self.table.columns().iter().zip(&self.values) {
            for text in [column.name, column.sent_as] {
                put_number(text.len() as u64, &mut out);
                out.extend_from_slice(text.as_bytes());
            }
            out.extend_from_slice(&values.heads);
            for part in &values.parts {
                out.extend_from_slice(part);
            }
        }
        out
    }
}

fn move_cell(row: &mut &[u8], cell: Cell, to: &mut Vec<u8>) {
    match cell {
        Cell::Fixed(width) => to.extend_from_slice(take(row, width)),
        Cell::Text => {
            let whole = *row;
            let length = number(row) as usize;
            let head = whole.len() - row.len();
            take(row, length);
            to.extend_from_slice(&whole[..head + length]);
        }
    }
}

fn take<'r>(row: &mut &'r [u8], count: usize) -> &'r [u8] {
    let (head, rest) = row.split_at(count);
    *row = rest;
    head
}

fn number(row: &mut &[u8]) -> u64 {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = take(row, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

fn put_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
