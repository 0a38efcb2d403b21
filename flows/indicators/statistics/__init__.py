"""The Python twins of the family statistics; `flows.indicators.table.statistics` declares them."""
