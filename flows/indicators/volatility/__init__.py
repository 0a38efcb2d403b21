"""The Python twins of the family volatility; `flows.indicators.table.volatility` declares them."""
