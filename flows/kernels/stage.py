"""A kernel on one partition: decoding, origin counting, dead letters, snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.contracts import topics
from flows.contracts.codec import encode
from flows.contracts.records import Rollout, StageState
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError, StageRestoreError
from flows.kernels.bars import Bars
from flows.kernels.emit import Context, Emit, Entry, Output
from flows.kernels.features import Features
from flows.kernels.kernel import Kernel, Position
from flows.kernels.opened import body, header
from flows.kernels.refusal import Refusal, UnexpectedKind
from flows.kernels.repeats import Repeats
from flows.kernels.risk import Risk
from flows.kernels.signals import Signals
from flows.kernels.snapshot import open_state

__all__ = ["Entry", "Output", "Stage"]


@dataclass(frozen=True, slots=True)
class _Spec:
    input: str
    make: Callable[[Mapping[str, Any]], Kernel]
    onward: str | None = None
    """Where Rollout records go on to: the topic that the stage behind reads."""


_STAGES = {
    "bars": _Spec("market.ticks", Bars, "market.bars"),
    "features": _Spec("market.bars", Features, "market.features"),
    "signals": _Spec("market.features", Signals),
    "risk": _Spec("risk.inbox", Risk),
}


class Stage:
    """The stage bars, features, signals or risk on one partition, in its initial state.

    `partitions`: how many each topic has, by name without prefix; those of `schemas/topics.toml` where it says
    nothing. Raises StageConfigError.
    """

    def __init__(self, name: str, config: Mapping[str, Any], ids: SchemaIds, partitions: Mapping[str, int]) -> None:
        spec = _STAGES.get(name)
        if spec is None:
            raise StageConfigError(f"there is no stage {name}; the stages are {', '.join(_STAGES)}")
        try:
            self._kernel = spec.make(config)
        except StageConfigError as error:
            raise StageConfigError(f"stage {name}: {error}") from error
        self._input = topics.load()[spec.input]
        self._onward = spec.onward
        self._context = Context(name, ids, partitions)
        self._cause: Position | None = None
        self._next_index = 0
        self._repeats = Repeats()

    @property
    def name(self) -> str:
        return self._context.stage

    @property
    def input(self) -> str:
        """Name of the topic that the stage reads, without prefix."""
        return self._input.name

    def process(self, entries: Iterable[Entry]) -> list[Output]:
        """What the stage makes of records of one partition, in their order. Total: what cannot be processed becomes a
        DeadLetter."""
        return [output for entry in entries for output in self._take(entry)]

    def _take(self, entry: Entry) -> list[Output]:
        try:
            subject, id = header(entry.value, self._context.ids)
            if subject not in self._input.records:
                raise UnexpectedKind(_short(subject))
            goes_on = subject == Rollout.SUBJECT and self._onward is not None
            if subject not in self._kernel.reads and not goes_on:
                return []
            record = body(subject, id, entry.value, self._context.ids)
        except Refusal as refusal:
            return self._refuse(entry, refusal)
        origin = getattr(record, "origin", None)
        if origin is not None and self._repeats.is_repeat(self._input, subject, origin):
            return []
        if origin is not None and not self._input.sequenced:
            cause = Position(origin.partition, origin.offset)
        else:
            cause = Position(entry.partition, entry.offset)
        emit = self._emit(cause, entry)
        try:
            if isinstance(record, Rollout) and self._onward is not None:
                # For whoever runs the stages, not for a kernel.
                emit.pass_on(record, self._onward)
            else:
                self._kernel.on_record(cause, record, emit)
        except Refusal as refusal:
            emit.dead_letter(refusal)
        self._next_index = emit.next_index
        return emit.outputs

    def _refuse(self, entry: Entry, refusal: Refusal) -> list[Output]:
        """What cannot be read names no origin: in a derived topic its letter counts on from the newest cause."""
        if self._input.sequenced:
            cause = Position(entry.partition, entry.offset)
        else:
            cause = self._cause or Position(entry.partition, -1)
        emit = self._emit(cause, entry)
        emit.dead_letter(refusal)
        self._next_index = emit.next_index
        return emit.outputs

    def _emit(self, cause: Position, entry: Entry) -> Emit:
        """Outputs of one cause count on, those of a new one from 0."""
        if cause != self._cause:
            self._cause, self._next_index = cause, 0
        return Emit(self._context, cause, self._next_index, entry)

    def snapshot(self) -> bytes:
        """The state after all records so far, framed; either twin can take it up."""
        ids = self._context.ids
        cause = self._cause or Position(-1, -1)
        state = StageState(
            stage=self._context.stage,
            partition=cause.partition,
            offset=cause.offset,
            next_index=self._next_index,
            sources=self._repeats.to_states(),
            kernel=self._kernel.snapshot(ids),
        )
        return encode(state, ids)

    def restore(self, snapshot: bytes) -> None:
        """Replaces the state by a snapshot.

        Raises StageRestoreError if it is of another stage or configuration; the stage is then unchanged.
        """
        ids = self._context.ids
        state = open_state(ids, snapshot, StageState)
        if state.stage != self._context.stage:
            raise StageRestoreError(f"the snapshot is of stage {state.stage}, not of {self._context.stage}")
        self._kernel.restore(ids, state.kernel)
        self._cause = Position(state.partition, state.offset) if state.partition >= 0 else None
        self._next_index = state.next_index
        self._repeats = Repeats.from_states(state.sources)


def _short(subject: str) -> str:
    return subject.rpartition(".")[2]
