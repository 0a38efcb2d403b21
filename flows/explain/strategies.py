"""What the configuration says of strategies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.config import Config


def tables(config: Config) -> list[Mapping[str, Any]]:
    """Every strategy's table."""
    found: list[Mapping[str, Any]] = json.loads(config.json("signals")).get("strategies", [])
    return found


def strategy_table(config: Config, name: str) -> Mapping[str, Any] | None:
    """The table of the strategy of that name."""
    return next((table for table in tables(config) if table.get("name") == name), None)
