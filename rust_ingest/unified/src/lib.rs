//! No code; `Cargo.toml` says what for.
