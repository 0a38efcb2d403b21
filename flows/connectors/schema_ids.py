"""The schema ids of this log, for records that Python encodes or decodes."""

from __future__ import annotations

from flows import _native
from flows.contracts.registry import SchemaIds


def load() -> SchemaIds:
    """From the registry of SCHEMA_REGISTRY_URL, else the embedded ones. Raises RegistryError."""
    return SchemaIds(_native.SchemaIds.load().by_subject())
