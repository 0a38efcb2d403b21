"""The Python twins of the family microstructure; `flows.indicators.table.microstructure` declares them."""
