"""The Python twins of the family trend; `flows.indicators.table.trend` declares them."""
