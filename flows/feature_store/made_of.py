"""What a set of features was made of, so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows import __version__
from flows.config import Config
from flows.contracts import registry
from flows.contracts.records import FeatureVector
from flows.desk import deployed
from flows.desk.places import Places
from flows.feature_store.series import Series
from flows.stack import folder

METADATA = b"tapeflow"
"""Key of the Arrow schema's, and so of a Parquet file's, metadata: JSON."""
_FLOWS = ("features", "market")


@dataclass(frozen=True, slots=True)
class MadeOf:
    series: Series
    terms: Mapping[str, Any]
    """Of the question, beside the series."""
    config: Config
    """For vectors that do not say it themselves."""

    def said(self, rows: Any, by: Mapping[str, Any] | None, is_settled: bool) -> dict[str, Any]:
        """Of these vectors, made by `by` where they say so. The same for the same settled rows, however much has landed
        since."""
        one, schema = self.series, registry.latest()[FeatureVector.SUBJECT]
        return {
            "tapeflow": __version__,
            "asked": {
                "instrument": one.instrument,
                "venue": one.venue,
                "interval_ns": one.interval_ns,
                "series": one.series,
                **{name: value for name, value in self.terms.items() if value is not None},
            },
            "topics": {"features": one.features, "ticks": one.ticks, "partition": one.partition},
            "schema": {"subject": schema.subject, "id": schema.id, "version": schema.version},
            "configuration": self._configuration(by),
            "configuration_from": "settings" if by is None else "log",
            "highest_origin": _highest(rows),
            "settled": is_settled,
        }

    def _configuration(self, by: Mapping[str, Any] | None) -> dict[str, Any]:
        settings = {stage: dict(self.config.stages[stage]) for stage in ("bars", "features")}
        if by is None:
            return settings
        features = {name: value for name, value in by.items() if name != "depth_levels"}
        return {"bars": {"depth_levels": by["depth_levels"]}, "features": features}


def deployed_config(data_dir: Path | str | None) -> Path | None:
    """What the deployed flow that makes features computes; None if none is deployed here. Raises DeskError."""
    places = Places(folder.resolve(data_dir))
    programs = deployed.read(places).programs
    return next((places.config(name) for name in _FLOWS if name in programs and places.config(name).exists()), None)


def _highest(rows: Any) -> dict[str, int] | None:
    """The highest origin among them."""
    parts = ("partition", "offset", "index")
    found = zip(*(rows.column(f"origin_{part}").to_pylist() for part in parts), strict=True)
    highest = max((origin for origin in found if origin[0] is not None), default=None)
    return None if highest is None else dict(zip(parts, highest, strict=True))
