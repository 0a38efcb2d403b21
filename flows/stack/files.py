"""Where the project's own files are: the contracts and the SQL that the stack is set up from."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
REGISTRY_FILE = PROJECT / "schemas" / "registry.jsonl"
LANDING_TABLES = PROJECT / "sql" / "landing"
ROLLUPS = PROJECT / "sql" / "rollups"
VIEWS = PROJECT / "sql" / "views"
REPORTS = PROJECT / "sql" / "reports"
HISTORY = PROJECT / "sql" / "history"
