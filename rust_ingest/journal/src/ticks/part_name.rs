//! Names of parts: `<symbol id>.<part>.ticks`.

use std::fs;
use std::path::{Path, PathBuf};

use super::TickError;

/// Where a part of a symbol stands.
pub fn part_path(folder: &Path, symbol_id: u32, part: u32) -> PathBuf {
    folder.join(format!("{symbol_id}.{part:08}.ticks"))
}

/// The numbers of a symbol's parts that are in a folder, ascending.
pub fn parts_of(folder: &Path, symbol_id: u32) -> Result<Vec<u32>, TickError> {
    let of_symbol = |(found, part)| (found == symbol_id).then_some(part);
    Ok(all_parts(folder)?.into_iter().filter_map(of_symbol).collect())
}

/// All parts of a folder, by symbol and number, ascending.
pub(super) fn all_parts(folder: &Path) -> Result<Vec<(u32, u32)>, TickError> {
    let failed = |source| TickError::Io {
        doing: "listing",
        path: folder.to_owned(),
        source,
    };
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        parts.extend(name.to_str().and_then(parsed));
    }
    parts.sort_unstable();
    Ok(parts)
}

fn parsed(name: &str) -> Option<(u32, u32)> {
    let (symbol_id, part) = name.strip_suffix(".ticks")?.split_once('.')?;
    (part.len() >= 8).then_some(())?;
    Some((symbol_id.parse().ok()?, part.parse().ok()?))
}
