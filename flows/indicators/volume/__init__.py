"""The Python twins of the family volume; `flows.indicators.table.volume` declares them."""
