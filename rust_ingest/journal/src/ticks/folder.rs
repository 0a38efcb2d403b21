//! A folder of tick files, of which one process is the writer.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::exclusive::Exclusive;

use super::{Rotation, Symbol, SymbolTable, TickError, TickWriter};

/// Names symbols and makes their writers.
pub struct TickFolder {
    path: PathBuf,
    table: SymbolTable,
    claim: Arc<Claim>,
}

/// The right to write, held by the folder and all its writers.
struct Claim {
    _table: Exclusive,
    written: Mutex<BTreeSet<u32>>,
}

/// One symbol's part of the [`Claim`].
pub(super) struct SymbolClaim {
    claim: Arc<Claim>,
    symbol_id: u32,
}

impl TickFolder {
    /// Opens the folder for writing, and makes it if need be. [`TickError::Claimed`] while another process has it.
    pub fn open(path: &Path) -> Result<TickFolder, TickError> {
        let failed = |doing| {
            move |source| TickError::Io {
                doing,
                path: path.to_owned(),
                source,
            }
        };
        fs::create_dir_all(path).map_err(failed("making"))?;
        let table = OpenOptions::new()
            .append(true)
            .create(true)
            .open(SymbolTable::path_in(path))
            .map_err(failed("opening the symbols of"))?;
        let locked = Exclusive::take(table).map_err(failed("locking"))?;
        let table = locked.ok_or_else(|| TickError::Claimed { path: path.to_owned() })?;
        let claim = Arc::new(Claim {
            _table: table,
            written: Mutex::new(BTreeSet::new()),
        });
        Ok(TickFolder {
            path: path.to_owned(),
            table: SymbolTable::read(path)?,
            claim,
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn symbols(&self) -> &[Symbol] {
        self.table.symbols()
    }

    /// The id of a venue's symbol, which gets one if it has none.
    pub fn symbol(&mut self, name: &str, venue: &str) -> Result<u32, TickError> {
        match self.table.id(name, venue) {
            Some(id) => Ok(id),
            None => self.table.add(name, venue),
        }
    }

    /// The one writer of a symbol. It may outlive the folder, and go to another thread.
    pub fn writer(&self, symbol_id: u32, rotation: Rotation) -> Result<TickWriter, TickError> {
        if !self.symbols().iter().any(|symbol| symbol.id == symbol_id) {
            return Err(TickError::NoSuchSymbol {
                path: SymbolTable::path_in(&self.path),
                symbol_id,
            });
        }
        if !self
            .claim
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(symbol_id)
        {
            return Err(TickError::Written { symbol_id });
        }
        let claim = SymbolClaim {
            claim: Arc::clone(&self.claim),
            symbol_id,
        };
        TickWriter::open(&self.path, symbol_id, rotation, claim)
    }
}

impl Drop for SymbolClaim {
    fn drop(&mut self) {
        self.claim
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.symbol_id);
    }
}
