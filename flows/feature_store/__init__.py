"""Features as the flow had them, for training: which there are, and what was known when (`docs/features.md`).

from flows.feature_store import FeatureStore

vectors = FeatureStore().as_of(moments, instrument="BTC-USDT", interval="1m")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flows.errors import AmbiguousSeries, BadMoment, FeatureStoreError, MixedFeatures, NoFeatures
from flows.feature_store.catalogue import FEATURES, Feature

if TYPE_CHECKING:
    from flows.feature_store.store import FeatureStore

__all__ = [
    "FEATURES",
    "AmbiguousSeries",
    "BadMoment",
    "Feature",
    "FeatureStore",
    "FeatureStoreError",
    "MixedFeatures",
    "NoFeatures",
]


def __getattr__(name: str) -> Any:
    """What needs ClickHouse is loaded when it is asked for. Raises AttributeError for what there is not."""
    if name == "FeatureStore":
        return import_module("flows.feature_store.store").FeatureStore
    raise AttributeError(f"module 'flows.feature_store' has no attribute {name!r}")
