//! The venues: each folder of `src` that holds a `dialect.rs` is one, under its folder's name. It becomes a module of the crate and a line of
//! the table. So a new venue is written in its folder, and no list of venues elsewhere has to be kept.

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
    let source = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("src");
    let modules: String = folders
        .iter()
        .map(|folder| {
            let file = source.join(folder).join("mod.rs");
            format!("#[path = {file:?}]\npub mod {folder};\n")
        })
        .collect();
    let out = variable("OUT_DIR")?;
    fs::write(Path::new(&out).join("modules.rs"), modules)?;
    fs::write(Path::new(&out).join("venues.rs"), format!("venues! {{\n{lines}}}\n"))
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}

/// `true_fx` as `TrueFx`.
fn variant(folder: &str) -> String {
    let words = folder.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}
