"""Features of a user's own, as `[[features.own]]` declares them: listed, and as columns of what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.kernels.config import Fields
from flows.kernels.feature_rules import Range
from flows.kernels.own_declaration import OwnFeature, plain
from flows.kernels.own_features import taken

FIELD = "own"
"""Of the record: what has a value there, by name."""


@dataclass(frozen=True, slots=True)
class Own:
    """One, as people see it."""

    declared: OwnFeature

    @property
    def name(self) -> str:
        return self.declared.name

    @property
    def inputs(self) -> tuple[str, ...]:
        """Fields of Bar, but for `signed_volume`, its buy less its sell volume."""
        return self.declared.inputs

    @property
    def range(self) -> Range:
        """As it was declared."""
        return self.declared.range

    @property
    def window_text(self) -> str:
        """The indicator's parameters: `timeperiod 14`."""
        given = zip(self.declared.row.parameters, self.declared.parameters, strict=True)
        return ", ".join(f"{one.name} {plain(value)}" for one, value in given)

    @property
    def description(self) -> str:
        """As it was declared, else what its indicator is."""
        row, output = self.declared.row, self.declared.output
        of = row.name if output == row.name else f"{row.name}, {output}"
        return self.declared.description or f"{row.title} ({of})"


def declared(features: Mapping[str, Any]) -> list[Own]:
    """Of this `[features]`, in its order. Raises StageConfigError."""
    return [Own(one) for one in taken(Fields({FIELD: features.get(FIELD, [])}))]


def columns(rows: Any, all_own: Sequence[Own]) -> dict[str, Any]:
    """A column for each: null where a vector has no value of it."""
    lists = rows.column(FIELD).combine_chunks()
    places = pc.list_parent_indices(lists).to_numpy()
    found = pc.list_flatten(lists)
    names, values = (pc.struct_field(found, part) for part in ("name", "value"))
    made = {}
    for one in all_own:
        of_one = pc.equal(names, one.name).to_numpy(zero_copy_only=False)
        column, is_missing = np.zeros(len(rows)), np.ones(len(rows), bool)
        column[places[of_one]] = values.to_numpy()[of_one]
        is_missing[places[of_one]] = False
        made[one.name] = pa.chunked_array([pa.array(column, mask=is_missing)])
    return made
