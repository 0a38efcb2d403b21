"""A schema's new version reads what its predecessor wrote; and nothing generated has drifted from the schemas."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from flows.contracts import registry

from .conftest import RUST


def reads(reader: Any, writer: Any) -> bool:
    """Whether `reader` decodes everything that `writer` wrote (Avro's schema resolution)."""
    checked = ReaderWriterCompatibilityChecker().get_compatibility(
        parse(json.dumps(reader), validate_names=False), parse(json.dumps(writer), validate_names=False)
    )
    return checked.compatibility is SchemaCompatibilityType.compatible


def trade(**changes: Any) -> Any:
    """The schema of Trade with one field replaced, added, or (None) taken away."""
    schema = registry.schema("tapeflow.market.Trade")
    fields = {field["name"]: field for field in schema["fields"]} | changes
    return schema | {"fields": [field for field in fields.values() if field is not None]}


def test_every_version_reads_its_predecessor() -> None:
    for subject in registry.latest():
        versions = [entry for entry in registry.entries() if entry.subject == subject]
        assert [entry.version for entry in versions] == list(range(1, len(versions) + 1))
        for old, new in pairwise(versions):
            assert reads(json.loads(new.schema), json.loads(old.schema)), f"{subject} {old.version} -> {new.version}"


def test_ids_are_given_once() -> None:
    ids = [entry.id for entry in registry.entries()]
    assert ids == list(range(1, len(ids) + 1))


def test_nothing_generated_has_drifted() -> None:
    """Rust types and codec, Python types, landing tables, and the registry's newest versions."""
    subprocess.run(["cargo", "xtask", "codegen", "--check"], cwd=RUST, check=True)


@pytest.mark.parametrize(
    ("change", "compatible"),
    [
        ({"liquidity": {"name": "liquidity", "type": ["null", "string"], "default": None}}, True),
        ({"liquidity": {"name": "liquidity", "type": "string"}}, False),
        ({"trade_type": None}, True),
        ({"price": {"name": "price", "type": "double"}}, True),
        ({"price": {"name": "price", "type": "string"}}, False),
        ({"price": {"name": "cost", "type": "long"}}, False),
    ],
)
def test_the_check_tells_compatible_changes_from_others(change: dict[str, Any], compatible: bool) -> None:
    assert reads(trade(**change), trade()) is compatible
