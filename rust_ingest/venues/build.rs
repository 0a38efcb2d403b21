//! The table of venues: each folder of `src` that holds a `dialect.rs` is one, under its folder's name. So a new venue is written in its
//! folder, and no list of venues elsewhere has to be kept.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=src");
    let mut folders = Vec::new();
    for entry in fs::read_dir("src")? {
        let entry = entry?;
        if entry.path().join("dialect.rs").is_file() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    folders.sort_unstable();
    let lines: String = folders
        .iter()
        .map(|folder| format!("    {}: {folder},\n", variant(folder)))
        .collect();
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("venues.rs"), format!("venues! {{\n{lines}}}\n"))
}

/// `true_fx` as `TrueFx`.
fn variant(folder: &str) -> String {
    let words = folder.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}
