//! Writes generated files, or compares them with what stands there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Fault;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Write,
    Check,
}

pub struct Output {
    root: PathBuf,
    mode: Mode,
    /// Files whose content differed from what was generated.
    pub stale: usize,
}

impl Output {
    pub fn new(root: &Path, mode: Mode) -> Self {
        Self {
            root: root.to_owned(),
            mode,
            stale: 0,
        }
    }

    /// Writes or checks one file, named from the repository's root. Rust is formatted first.
    pub fn file(&mut self, name: &str, content: &str) -> Result<(), Fault> {
        let path = self.root.join(name);
        let content = if name.ends_with(".rs") {
            rustfmt(content)?
        } else {
            content.to_owned()
        };
        if fs::read_to_string(&path).is_ok_and(|old| old == content) {
            return Ok(());
        }
        self.stale += 1;
        if self.mode == Mode::Check {
            eprintln!("{name} is out of date");
            return Ok(());
        }
        self.stale -= 1;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Fault(format!("{name}: {error}")))?;
        }
        fs::write(&path, content).map_err(|error| Fault(format!("{name}: {error}")))
    }
}

fn rustfmt(source: &str) -> Result<String, Fault> {
    let fault = |error: std::io::Error| Fault(format!("rustfmt: {error}"));
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=120"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fault)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(source.as_bytes()).map_err(fault)?;
    }
    let done = child.wait_with_output().map_err(fault)?;
    if !done.status.success() {
        return Err(Fault("rustfmt refused generated code".into()));
    }
    String::from_utf8(done.stdout).map_err(|error| Fault(error.to_string()))
}
