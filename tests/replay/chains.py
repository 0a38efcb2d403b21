"""Chains of stages fed by hand, in any portions, by any engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from flows.config import Config
from flows.contracts import topics
from flows.kernels.stage import Entry
from flows.running import chain
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings
from tests.parity.twins import PARTITION, batch

_CONFIG = Path(__file__).with_name("nervous.toml")
MARKET = ("bars", "features", "signals")
RISK = ("risk",)

Made = Mapping[str, list[tuple[Any, ...]]]
"""By stage: topic, partition, key, value and origin of each output, in order."""


@dataclass(frozen=True)
class Cut:
    """Behind so many records the chain is saved, thrown away, and taken up again by these engines."""

    position: int
    engines: Mapping[str, str]


def entries(topic: str, messages: Iterable[tuple[bytes, bytes]]) -> list[Entry]:
    """Messages as a source reads them from one partition."""
    return [
        Entry(topic, PARTITION, offset, key, value, (PARTITION, offset, 0))
        for offset, (key, value) in enumerate(messages)
    ]


def make(stages: Sequence[str], engines: Mapping[str, str]) -> chain.Chain:
    """A chain in its initial state; `engines` by stage, rust where it says nothing."""
    options = FlowOptions(Settings.load(), Config.load(_CONFIG)).with_engines("rust", engines)
    return chain.make(stages, options, lambda names: {name: topics.load()[name].partitions for name in names})


def run(
    stages: Sequence[str],
    records: Sequence[Entry],
    *,
    engines: Mapping[str, str] | None = None,
    batch_size: int | None = None,
    cuts: Iterable[Cut] = (),
) -> Made:
    """What the chain makes of the records, in portions of `batch_size`, all at once by default."""
    made: dict[str, list[tuple[Any, ...]]] = {stage: [] for stage in stages}
    one = make(stages, engines or {})
    by_position = {cut.position: cut for cut in cuts}
    size = batch_size or max(1, len(records))
    edges = sorted({*range(0, len(records), size), *by_position, len(records)})
    for begin, end in pairwise(edges):
        if begin in by_position:
            states = one.snapshot()
            one = make(stages, by_position[begin].engines)
            one.restore(states)
        for stage, outputs in one.process(batch(records[begin:end])):
            made[stage] += [(*fields[:2], *fields[3:6]) for fields in outputs.entries()]
    return made
