"""By which settings vectors were made, as they say themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from flows.errors import MixedFeatures

_BY = ("configuration", "depth_levels")


def only(rows: Any) -> Mapping[str, Any] | None:
    """What all of these vectors were made by: `[features]` as it was, and `depth_levels` of `[bars]`; None where there
    is no vector, or one from before Tapeflow wrote it down.

    Raises MixedFeatures where they were made by several: a number that means two things is no feature.
    """
    made = rows.select([*_BY, "origin_offset"])
    made = made.filter(pc.is_valid(made.column("configuration")))
    said = made.filter(pc.not_equal(made.column("configuration"), ""))
    found = said.group_by(list(_BY)).aggregate([("origin_offset", "min"), ("origin_offset", "max")]).to_pylist()
    found.sort(key=lambda one: (one["origin_offset_min"], one["origin_offset_max"]))
    if len(found) > 1:
        raise MixedFeatures(_told(found))
    return _settings(found[0]) if found and len(said) == len(made) else None


def _settings(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**json.loads(one["configuration"]), "depth_levels": one["depth_levels"]}


def _told(found: list[dict[str, Any]]) -> str:
    all_settings = [_settings(one) for one in found]
    names = sorted({name for settings in all_settings for name in settings})
    differ = [name for name in names if any(one.get(name) != all_settings[0].get(name) for one in all_settings)]
    stretches = [
        f"offsets {one['origin_offset_min']} to {one['origin_offset_max']} of market.ticks with "
        + ", ".join(f"{name} = {json.dumps(settings.get(name))}" for name in differ)
        for one, settings in zip(found, all_settings, strict=True)
    ]
    return (
        f"the vectors asked for were made by {len(found)} configurations: {'; '.join(stretches)}. "
        "Ask for each stretch by itself"
    )
