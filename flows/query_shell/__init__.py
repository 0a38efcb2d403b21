"""`tapeflow query` without a statement: ClickHouse interactively, for reading."""
