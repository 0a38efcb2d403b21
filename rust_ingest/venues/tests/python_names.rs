//! What Python calls the venues follows from their folders: `flows/contracts/venues.py` is written here, and held to them.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use venues::venue::Venue;

/// Set, the file is written anew.
const WRITE: &str = "TAPEFLOW_WRITE_NAMES";

const HEADER: &str = r#""""What the venues are called: as their folders in rust_ingest/venues say. Do not edit; in rust_ingest
`TAPEFLOW_WRITE_NAMES=1 cargo test --release --package tapeflow-venues --test python_names` writes it."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

SourceName = Literal[
"#;
const NUMBERS: &str = r#"]
"""Venues that the ingestor listens to, as its `--venue` calls them."""


class Source(IntEnum):
    """Whence a tick came. A file may hold numbers that are not named here."""

"#;
/// The form's own, of a source that is not read.
const INTERACTIVE_BROKERS: (u8, &str) = (3, "IB");

fn expected() -> String {
    let mut out = HEADER.to_owned();
    for venue in Venue::all() {
        let _ = writeln!(out, "    \"{}\",", venue.name());
    }
    out.push_str(NUMBERS);
    // Services that share a number are told by the shortest of their names.
    let mut numbers: Vec<(u8, &str)> = Venue::all()
        .iter()
        .map(|one| (one.tick_source(), one.venue()))
        .collect();
    numbers.push(INTERACTIVE_BROKERS);
    numbers.sort_unstable_by_key(|(number, name)| (*number, name.len()));
    numbers.dedup_by_key(|(number, _)| *number);
    for (number, name) in numbers {
        let _ = writeln!(out, "    {} = {number}", name.to_uppercase());
    }
    out
}

#[test]
fn python_has_the_names_and_numbers_of_all_folders() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/contracts/venues.py");
    let expected = expected();
    if env::var_os(WRITE).is_some() {
        fs::write(&file, &expected).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        expected,
        "set {WRITE}=1 and run this again"
    );
}
