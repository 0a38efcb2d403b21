"""What the configuration says of strategies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.config import Config


def tables(config: Config) -> list[Mapping[str, Any]]:
    """Every strategy's table, as it is written: only the kernel says whether it can be used."""
    found = config.stages["signals"].get("strategies", [])
    return [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []


def strategy_table(config: Config, name: str) -> Mapping[str, Any] | None:
    """The table of the strategy of that name."""
    return next((table for table in tables(config) if table.get("name") == name), None)
