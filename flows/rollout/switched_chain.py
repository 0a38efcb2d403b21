"""A chain whose stages change engines as Rollout records of its own log say, and fall back to Python by themselves."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial

from flows._native import Batch, SchemaIds
from flows.errors import StageConfigError
from flows.rollout import engine
from flows.rollout.fallback import writer_of
from flows.rollout.policy import Standing
from flows.rollout.switch import Switch
from flows.running.chain import Chain, Outputs, PartitionCounts, counts_by_stage, read_by
from flows.running.flow_options import FlowOptions

# Loading takes most of a second of a core.
_WARM_UP_AFTER_S = 10.0


class SwitchedChain(Chain):
    """Makes what a Chain makes. Beside that, letters about engines that fell back, each under its own writer's name."""

    def __init__(self, switches: Mapping[str, Switch]) -> None:
        super().__init__(switches)
        self._switches = switches

    def process(self, batch: Batch) -> Outputs:
        outputs = super().process(batch)
        for stage, one in self._switches.items():
            outputs += [(writer_of(stage), letter) for letter in one.take_letters()]
        return outputs

    @property
    def standing(self) -> Mapping[str, Standing]:
        """By stage."""
        return {stage: one.standing for stage, one in self._switches.items()}


def make(stages: Sequence[str], options: FlowOptions, partition_counts: PartitionCounts) -> SwitchedChain:
    """The stages in their initial state, by the engines that `options` name. Raises StageConfigError."""
    ids = SchemaIds.load()
    _warm_up(tuple((stage, options.config.json(stage)) for stage in stages))

    counts = counts_by_stage(stages, partition_counts)

    def switch(stage: str) -> Switch:
        partitions = counts[stage]
        made = partial(_made, stage=stage, config_json=options.config.json(stage), ids=ids, partitions=partitions)
        return Switch(stage, read_by(stage), options.engines[stage], made, ids, partitions)

    return SwitchedChain({stage: switch(stage) for stage in stages})


def _made(name: str, *, stage: str, config_json: str, ids: SchemaIds, partitions: Mapping[str, int]) -> engine.Engine:
    return engine.make(name, stage, config_json, ids, partitions)


@cache
def _warm_up(stages: tuple[tuple[str, str], ...]) -> None:
    """Loads Python's engine beside the work, so that a switch to it waits for no import; not at once, for a flow that
    starts has to catch up with its log. `stages`: name and configuration."""
    timer = threading.Timer(_WARM_UP_AFTER_S, _load, (stages,))
    timer.daemon = True
    timer.start()


def _load(stages: tuple[tuple[str, str], ...]) -> None:
    # What is wrong with a configuration is said where the stage is made.
    with suppress(StageConfigError):
        engine.load_python(stages)
