//! What is deleted of a folder of tick files, oldest first.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::frames::Retention;

use super::part_name::all_parts;
use super::{TickError, TickFolder, part_path};

const BLOCK_BYTES: u64 = 512;

/// A part that no writer will come back to.
struct Ended {
    path: PathBuf,
    disk_bytes: u64,
    modified_ns: i64,
}

impl TickFolder {
    /// Deletes parts until the others take no more than `total_bytes` of disk, and those last written to longer than `age_ns` before `now_ns`;
    /// whatever it is, each symbol's newest part is kept. Returns what was deleted.
    pub fn retain(&self, retention: &Retention, now_ns: i64) -> Result<Vec<PathBuf>, TickError> {
        let mut deleted = Vec::new();
        if *retention == Retention::default() {
            return Ok(deleted);
        }
        let parts = all_parts(self.path())?;
        let newest: BTreeMap<u32, u32> = parts.iter().copied().collect();
        let (mut total_bytes, mut ended) = (0, Vec::new());
        for (symbol_id, part) in parts {
            let path = part_path(self.path(), symbol_id, part);
            let failed = |source| TickError::Io {
                doing: "looking at",
                path: path.clone(),
                source,
            };
            let about = fs::metadata(&path).map_err(failed)?;
            let disk_bytes = about.blocks() * BLOCK_BYTES;
            total_bytes += disk_bytes;
            if newest[&symbol_id] != part {
                let modified_ns = about
                    .mtime()
                    .saturating_mul(1_000_000_000)
                    .saturating_add(about.mtime_nsec());
                ended.push(Ended {
                    path,
                    disk_bytes,
                    modified_ns,
                });
            }
        }
        ended.sort_by_key(|part| part.modified_ns);
        for part in ended {
            let is_old = retention
                .age_ns
                .is_some_and(|age_ns| part.modified_ns < now_ns.saturating_sub(age_ns));
            if !is_old && retention.total_bytes.is_none_or(|most| total_bytes <= most) {
                break;
            }
            match fs::remove_file(&part.path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    let path = part.path;
                    return Err(TickError::Io {
                        doing: "deleting",
                        path,
                        source,
                    });
                }
                _ => {}
            }
            total_bytes -= part.disk_bytes;
            deleted.push(part.path);
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticks::{HEADER_BYTES, Rotation, TICK_BYTES, Tick, TickWriter, parts_of};

    const SECOND_NS: i64 = 1_000_000_000;

    /// A folder of two symbols; the first has parts 0 to 4 of two ticks each, the other one part.
    fn folder(path: &std::path::Path) -> (TickFolder, Vec<TickWriter>) {
        let mut folder = TickFolder::open(path).unwrap();
        let part_bytes = (HEADER_BYTES + 2 * TICK_BYTES) as u64;
        let rotation = Rotation {
            part_bytes,
            step_bytes: 4_096,
            daily: false,
        };
        let mut writers = Vec::new();
        for (name, ticks) in [("A", 9), ("B", 1)] {
            let symbol_id = folder.symbol(name, "v").unwrap();
            let mut writer = folder.writer(symbol_id, rotation).unwrap();
            for timestamp_ns in 1..=ticks {
                let tick = Tick {
                    timestamp_ns,
                    symbol_id,
                    ..Tick::default()
                };
                writer.append(tick).unwrap();
            }
            writers.push(writer);
        }
        (folder, writers)
    }

    fn now_ns() -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos() as i64)
    }

    #[test]
    fn the_oldest_go_and_the_newest_of_each_symbol_stay() {
        let home = tempfile::tempdir().unwrap();
        let (folder, _writers) = folder(home.path());
        let all = Retention::default();
        assert_eq!(folder.retain(&all, i64::MAX).unwrap(), [] as [PathBuf; 0]);
        let young = Retention {
            age_ns: Some(3_600 * SECOND_NS),
            ..all
        };
        assert_eq!(folder.retain(&young, now_ns()).unwrap().len(), 0);
        // Each of these files takes a block of 4,096 bytes.
        let four = Retention {
            total_bytes: Some(4 * 4_096),
            ..all
        };
        let deleted = folder.retain(&four, now_ns()).unwrap();
        assert_eq!(deleted, [part_path(home.path(), 1, 0), part_path(home.path(), 1, 1)]);
        assert_eq!(parts_of(home.path(), 1).unwrap(), [2, 3, 4]);
        assert_eq!(folder.retain(&young, now_ns() + 7_200 * SECOND_NS).unwrap().len(), 2);
        let nothing = Retention {
            total_bytes: Some(0),
            age_ns: Some(0),
        };
        assert_eq!(folder.retain(&nothing, i64::MAX).unwrap().len(), 0);
        assert_eq!(
            (parts_of(home.path(), 1).unwrap(), parts_of(home.path(), 2).unwrap()),
            (vec![4], vec![0])
        );
    }
}
