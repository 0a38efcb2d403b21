"""All indicators, declared. Rust's registry, the calls and the lists in `docs/indicators.md` are generated from here:

python -m infra.codegen.indicators
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flows.indicators.declaration import Row
from flows.indicators.table import microstructure, momentum, statistics, trend, volatility, volume

FAMILIES: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "trend": trend.ROWS,
        "momentum": momentum.ROWS,
        "volatility": volatility.ROWS,
        "volume": volume.ROWS,
        "statistics": statistics.ROWS,
        "microstructure": microstructure.ROWS,
    }
)
ROWS: Mapping[str, Row] = MappingProxyType({row.name: row for rows in FAMILIES.values() for row in rows})
"""By name."""
