"""The forms in which bars come, and leave as they came: arrays, Arrow, polars, pandas."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from flows.errors import BadBars
from flows.history.frames.frame import Frame
from flows.history.frames.numpy_frames import MappingFrame, StructuredFrame

# Loaded when one comes: no one needs all three.
_BY_LIBRARY = {
    ("pyarrow", "Table"): ("arrow_frame", "ArrowFrame"),
    ("pyarrow", "RecordBatch"): ("arrow_frame", "ArrowFrame"),
    ("polars", "DataFrame"): ("polars_frame", "PolarsFrame"),
    ("pandas", "DataFrame"): ("pandas_frame", "PandasFrame"),
}


def frame_of(given: Any) -> Frame:
    """Raises BadBars for what is none of them."""
    if isinstance(given, np.ndarray) and given.dtype.names is not None and given.ndim == 1:
        return StructuredFrame(given)
    if isinstance(given, Mapping):
        return MappingFrame(given)
    for kind in type(given).__mro__:
        found = _BY_LIBRARY.get((kind.__module__.partition(".")[0], kind.__name__))
        if found is not None:
            made: Frame = getattr(import_module(f"{__name__}.{found[0]}"), found[1])(given)
            return made
    raise BadBars(
        f"{type(given).__name__} holds no bars: give a structured array, a mapping of arrays, a pyarrow Table, or a "
        "DataFrame of polars or pandas"
    )


__all__ = ["Frame", "frame_of"]
