"""The dashboards by Grafana's own types: what these do not know, Grafana would leave out without a word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.watched import INFRA

FOLDER = INFRA / "grafana" / "dashboards"
dashboard = pytest.importorskip(
    "grafana_foundation_sdk.models.dashboard", reason="no grafana-foundation-sdk: it needs Python 3.11"
)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_grafana_knows_every_field(file: Path) -> None:
    from grafana_foundation_sdk.cog import plugins
    from grafana_foundation_sdk.cog.encoder import JSONEncoder

    plugins.register_default_plugins()
    written = json.loads(file.read_text())
    assert len(written["panels"]) > 5
    read = json.loads(JSONEncoder().encode(dashboard.Dashboard.from_json(written)))
    assert list(_lost(written, read, file.stem)) == []


def _lost(written: Any, read: Any, where: str) -> Iterator[str]:
    """Where `read` has not what was `written`."""
    if isinstance(written, dict) and isinstance(read, dict):
        for key, value in written.items():
            yield from _lost(value, read.get(key), f"{where}.{key}")
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for index, (one, other) in enumerate(zip(written, read, strict=True)):
            yield from _lost(one, other, f"{where}[{index}]")
    elif written != read:
        yield f"{where}: {written} is read as {read}"
