"""What was wrong with features: the records of market.violations, as they landed, by series, feature and rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.feature_store.series import asked
from flows.stack.settings import Settings

# What a dying process wrote late stands twice: readers drop a repeated origin.
_VIOLATIONS = """
SELECT venue, interval_ns, series, feature, rule,
    uniqExact(origin_partition, origin_offset, origin_index) AS vectors,
    min(receive_ns) AS first, max(receive_ns) AS last,
    argMax(value, tuple(origin_offset, origin_index)) AS last_value, any(limit) AS limit
FROM market_violations
WHERE topic = {topic:String} AND kind = 'FeatureViolation' AND instrument = {instrument:String}
GROUP BY venue, interval_ns, series, feature, rule ORDER BY venue, interval_ns, series, feature, rule
"""


def listed(instrument: str, data_dir: Path | str | None) -> Any:
    """A pyarrow Table of venue, interval_ns, series, feature, rule, vectors, first and last receive_ns, last_value and
    limit; without rows if nothing was wrong. Raises NoFeatures where not even the table is there, and what
    `flows.query` raises."""
    topic = Settings.load(data_dir).topic("market.violations")
    return asked(_VIOLATIONS, {"topic": topic, "instrument": instrument}, data_dir)
