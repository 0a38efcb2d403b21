"""The Python twins of the family momentum; `flows.indicators.table.momentum` declares them."""
