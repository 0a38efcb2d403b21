//! A writer that is killed while it writes loses nothing that a reader saw, and the next goes on behind it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use journal::ticks::{Rotation, Tick, TickFolder, TickReader, part_path, parts_of};

const FOLDER: &str = "TICKS_KILLED_FOLDER";
const PER_PART: u64 = 400;

fn rotation() -> Rotation {
    Rotation {
        part_bytes: 64 + 32 * PER_PART,
        step_bytes: 4_096,
        daily: false,
    }
}

/// What the n-th tick says, so that each can be told to be whole.
fn numbered(sequence: u32) -> Tick {
    Tick {
        timestamp_ns: u64::from(sequence) + 1,
        symbol_id: 1,
        bid: sequence as f32,
        ask: sequence as f32,
        sequence,
        ..Tick::default()
    }
}

fn read_all(folder: &Path) -> Vec<Tick> {
    let parts = parts_of(folder, 1).unwrap();
    parts
        .into_iter()
        .flat_map(|part| TickReader::open(&part_path(folder, 1, part)).unwrap().ticks().to_vec())
        .collect()
}

fn started(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "write_until_killed"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn nothing_that_was_seen_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for round in 1..=3 {
        let mut writer = started(folder.path());
        let deadline = Instant::now() + Duration::from_secs(60);
        while fs::exists(folder.path().join("symbols.jsonl")).is_ok_and(|there| !there)
            || read_all(folder.path()).len() < seen + 600
        {
            std::thread::sleep(Duration::from_millis(2));
            assert!(Instant::now() < deadline, "round {round}: the writer writes nothing");
        }
        seen = read_all(folder.path()).len();
        writer.kill().unwrap();
        writer.wait().unwrap();
        let found = read_all(folder.path());
        assert!(found.len() >= seen, "round {round}");
        for (sequence, tick) in found.iter().enumerate() {
            assert_eq!(Tick { flags: 0, ..*tick }, numbered(sequence as u32), "round {round}");
        }
        seen = found.len();
    }
    let next = TickFolder::open(folder.path())
        .unwrap()
        .writer(1, rotation())
        .unwrap()
        .next_sequence();
    assert_eq!(next as usize, seen);
}

#[test]
#[ignore = "run by the other test, which kills it"]
fn write_until_killed() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let mut ticks = TickFolder::open(&folder).unwrap();
    assert_eq!(ticks.symbol("BTC-USDT", "binance").unwrap(), 1);
    let mut writer = ticks.writer(1, rotation()).unwrap();
    // Bounded, should the other test be gone.
    for sequence in (writer.next_sequence()..).take(1_000_000) {
        writer.append(numbered(sequence)).unwrap();
        if sequence.is_multiple_of(50) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
