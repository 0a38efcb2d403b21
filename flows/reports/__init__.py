"""Reports on the tape: `sql/reports/` asked with parameters, as text, CSV, JSON or one page."""
