//! `cargo xtask codegen [--check]`: writes what follows from `schemas/`, or with `--check` fails where a file differs.

mod landing;
mod landing_rust;
mod landing_sql;
mod output;
mod python;
mod registry;
mod rust;
mod schema;
mod topics;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use output::{Mode, Output};

/// Anything that stops code generation; each says which file and field.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["codegen"] => Mode::Write,
        ["codegen", "--check"] => Mode::Check,
        _ => {
            eprintln!("usage: cargo xtask codegen [--check]");
            return ExitCode::from(2);
        }
    };
    match codegen(&repository(), mode) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(stale) => {
            eprintln!("{stale} generated file(s) differ from the schemas; run `cargo xtask codegen` in rust_ingest/");
            ExitCode::FAILURE
        }
        Err(fault) => {
            eprintln!("codegen: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Generates everything; returns how many files differed.
fn codegen(root: &Path, mode: Mode) -> Result<usize, Fault> {
    let schemas = schema::Schemas::load(&root.join("schemas"))?;
    let topics = topics::load(&root.join("schemas/topics.toml"), &schemas)?;
    let mut output = Output::new(root, mode);

    let registry = registry::extend(&root.join("schemas/registry.jsonl"), &schemas)?;
    output.file("schemas/registry.jsonl", &registry.text)?;
    rust::generate(&schemas, &registry, &topics, &mut output)?;
    python::generate(&schemas, &mut output)?;
    let tables = landing::tables(&schemas, &topics)?;
    landing_sql::generate(&tables, &mut output)?;
    landing_rust::generate(&schemas, &tables, &mut output)?;
    Ok(output.stale)
}
