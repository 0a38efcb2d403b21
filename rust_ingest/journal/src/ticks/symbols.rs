//! `symbols.jsonl`: which symbol an id is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TickError;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    pub id: u32,
    pub name: String,
    pub venue: String,
}

/// The symbols of a folder, in the order in which they were named. Ids count from 1.
#[derive(Debug)]
pub struct SymbolTable {
    path: PathBuf,
    symbols: Vec<Symbol>,
    /// Length of the whole lines: a line without its end was never answered for.
    whole_bytes: u64,
}

impl SymbolTable {
    pub(super) fn path_in(folder: &Path) -> PathBuf {
        folder.join("symbols.jsonl")
    }

    /// Reads a folder's table; a folder without one has no symbols.
    pub fn read(folder: &Path) -> Result<SymbolTable, TickError> {
        let path = SymbolTable::path_in(folder);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            text => text.map_err(|source| TickError::Io {
                doing: "reading",
                path: path.clone(),
                source,
            })?,
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let mut symbols: Vec<Symbol> = Vec::new();
        for (index, line) in text[..whole].split_inclusive(|byte| *byte == b'\n').enumerate() {
            let bad = |reason: String| TickError::BadSymbols {
                path: path.clone(),
                line: index + 1,
                reason,
            };
            let symbol: Symbol = serde_json::from_slice(line).map_err(|error| bad(error.to_string()))?;
            if symbols.iter().any(|other| other.id == symbol.id) {
                return Err(bad(format!("id {} is taken", symbol.id)));
            }
            symbols.push(symbol);
        }
        Ok(SymbolTable {
            path,
            symbols,
            whole_bytes: whole as u64,
        })
    }

    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    pub(super) fn id(&self, name: &str, venue: &str) -> Option<u32> {
        self.symbols
            .iter()
            .find(|symbol| symbol.name == name && symbol.venue == venue)
            .map(|symbol| symbol.id)
    }

    /// Adds a symbol, on disk when this returns.
    pub(super) fn add(&mut self, name: &str, venue: &str) -> Result<u32, TickError> {
        let id = self.symbols.iter().map(|symbol| symbol.id).max().unwrap_or(0) + 1;
        let symbol = Symbol {
            id,
            name: name.to_owned(),
            venue: venue.to_owned(),
        };
        let end = self.append(&symbol).map_err(|source| TickError::Io {
            doing: "writing",
            path: self.path.clone(),
            source,
        })?;
        self.whole_bytes = end;
        self.symbols.push(symbol);
        Ok(id)
    }

    fn append(&self, symbol: &Symbol) -> io::Result<u64> {
        let mut line = serde_json::to_vec(symbol)?;
        line.push(b'\n');
        let mut file: File = OpenOptions::new().append(true).create(true).open(&self.path)?;
        file.set_len(self.whole_bytes)?;
        file.write_all(&line)?;
        file.sync_all()?;
        Ok(self.whole_bytes + line.len() as u64)
    }
}
