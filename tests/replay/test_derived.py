"""Flows whose input is itself derived, held against what they wrote: cause by cause."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from flows._native import Batch, Source
from flows.comparison.causes import Causes
from flows.contracts import codec
from flows.contracts.registry import SchemaIds
from flows.stack import Stack
from flows.stack.settings import Settings
from flows.stretch import Stretch
from tests.log_of import read
from tests.replay.conftest import PREFIX
from tests.tapeflow_command import tapeflow

_IDS = SchemaIds.embedded()


def shadow(stack: Stack, folder: Path, flow: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report."""
    command = ["shadow", flow, "--candidate", "python", "--format", "json", *arguments]
    done = tapeflow(stack, folder, PREFIX, *command)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_features(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    code, report = shadow(stack, tmp_path, "features")
    assert code == 0
    left = len(read(settings, "market.features")) - report["topics"]["market.features"]["same"]
    # Of each partition that has records, those of the last cause: a heartbeat may close a bar of each length.
    assert 0 < left < 50


def test_signals_from_amid_a_cause(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    causes = [_cause(written.value) for written in read(settings, "market.features") if written.partition == 0]
    amid = next(at for at in range(len(causes) // 2, len(causes)) if causes[at] == causes[at - 1])
    code, report = shadow(stack, tmp_path, "signals", "--partition", "0", "--from", str(amid))
    assert code == 0
    assert report["topics"]["risk.inbox"]["same"] > 10


def test_what_differs(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    config = tmp_path / "other.toml"
    config.write_text("[features]\nema_fast = 4\n")
    code, report = shadow(stack, tmp_path, "features", "--candidate-config", str(config), "--partition", "0")
    assert code == 1
    assert report["fields"].keys() == {"FeatureVector.ema_fast"}
    assert report["topics"]["market.features"]["missing"] == report["topics"]["market.features"]["extra"] == 0


def test_no_cause_is_cut(stack: Stack, settings: Settings) -> None:
    source = Source(stack.bootstrap_servers, PREFIX, "market.bars", [(0, None, None)], True, False)
    causes, given = Causes(_IDS), []
    while (batch := source.next_batch(0, 3, 100)) is not None:
        if len(batch):
            given.append(causes.whole(batch))
    given = [one for one in given if len(one)]
    assert len(given) > 10
    found = [[_cause(value) for _, _, _, _, value, _, _ in one.entries()] for one in given]
    assert all(one[-1] < other[0] for one, other in pairwise(found))
    amid = next(offset for batch, one in zip(given, found, strict=True) for offset in _repeats(batch, one))
    whole = Batch.joined(given)
    before, within = causes.split(whole, Stretch("market.bars", {0: (amid, None)}))
    assert len(before) + len(within) == len(whole)
    assert before.last_offset >= amid
    assert _cause(before.entries()[-1][4]) < _cause(within.entries()[0][4])


def _repeats(batch: Batch, causes: list[int]) -> list[int]:
    """Offsets of records whose cause is that of the record before."""
    return [batch.first_offset + at for at in range(1, len(causes)) if causes[at] == causes[at - 1]]


def _cause(value: bytes) -> int:
    record: Any = codec.decode(value, _IDS)
    return int(record.origin.offset)
