"""A stage on a partition, whose engine can change between two records: by an operator's word, or because it failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from flows._native import Batch, PanicException, SchemaIds
from flows.config import STAGES
from flows.errors import StageRestoreError
from flows.rollout import fallback
from flows.rollout.engine import Engine
from flows.rollout.policy import PYTHON, RUST, Policy, Standing

if TYPE_CHECKING:
    from flows.contracts.registry import SchemaIds as PythonIds

# What Python replays at most when Rust fails: a second or two of its work.
_HELD_RECORDS = 10_000
# Rollout records are no work for a stage: their key says nothing of the others.
_NO_KEYS = frozenset(stage.encode() for stage in STAGES)
_SUBJECT = "tapeflow.ops.Rollout"


class Switch:
    """The engines make the same of the same records, so no output tells which one ran.

    Where all keys of the partition have one engine, it runs alone. Else both run over all records, since each needs the
    state of the whole partition, and their outputs are compared. A Rust engine that panics, raises, or makes anything
    else than Python does is replaced by Python, from the last good snapshot and the records since then.
    """

    def __init__(
        self,
        stage: str,
        source: str,
        configured: str,
        make: Callable[[str], Engine],
        ids: SchemaIds,
        partitions: Mapping[str, int],
    ) -> None:
        """`source`: the topic that the stage reads; `configured`: the engine until an operator says otherwise;
        `partitions`: how many each output topic has. Raises StageConfigError."""
        self._stage = stage
        self._source = source
        self._make = make
        self._ids = ids
        self._partitions = partitions
        self._rollout_ids = ids.by_subject()[_SUBJECT]
        self._policy = Policy.only(configured)
        self._fallen: str | None = None
        self._engines = {configured: make(configured)}
        self._keys: set[bytes] = set()
        """Seen since the policy was said, where it depends on the key."""
        self._saved = self._engines[configured].snapshot()
        self._since: list[Batch] = []
        """What Rust alone has processed since `_saved`."""
        self._held_records = 0
        self._partition = -1
        self._letters: list[Batch] = []
        self._settle()

    def process(self, batch: Batch) -> Batch:
        """What the stage makes of the records; DeadLetters of those it cannot process."""
        if not len(batch):
            return batch
        self._partition = batch.origin_partition
        said = batch.positions_of(self._rollout_ids)
        if not said and (self._policy.everywhere or self._fallen):
            return self._step(batch)
        return Batch.joined([self._step(part) for part in self._parts(batch, said)])

    def take_letters(self) -> list[Batch]:
        """Dead letters about the engines, each to be written once."""
        letters, self._letters = self._letters, []
        return letters

    def snapshot(self) -> bytes:
        """The state, and by which policy and engines it goes on."""
        self._end_idle()
        state = self._good_state()
        return json.dumps(self.standing.to_json()).encode() + b"\n" + state

    def restore(self, saved: bytes) -> None:
        """Raises StageRestoreError."""
        head, _, state = saved.partition(b"\n")
        try:
            standing = Standing.from_json(json.loads(head))
        except (ValueError, KeyError, TypeError) as error:
            raise StageRestoreError(
                f"the saved state of stage {self._stage} says no engine, so an earlier version saved it: "
                "begin anew with --from beginning (what stands in the outputs is not written again)"
            ) from error
        # Before any word of an operator the engine is the one that the flow is started with.
        running = standing.running if standing.policy.said or standing.fallen else tuple(self._engines)
        if standing.policy.said:
            self._policy = standing.policy
        self._fallen = standing.fallen
        self._engines = {}
        panic: PanicException | None = None
        for name in running:
            try:
                self._engines[name] = self._made(name, state)
            except PanicException as error:
                panic = error
        if panic and PYTHON not in self._engines:
            self._engines[PYTHON] = self._made(PYTHON, state)
        self._mark(state)
        self._settle()
        if panic:
            self._fall(f"failed at taking up a saved state: {_words(panic)}")

    def _parts(self, batch: Batch, said: list[int]) -> Iterator[Batch]:
        """The batch, cut where engines change: they do between one part and the next, when the last is processed."""
        begin = 0
        for position in said:
            yield from self._by_keys(batch.cut(begin, position))
            self._hear(batch.cut(position, position + 1))
            begin = position
        yield from self._by_keys(batch.cut(begin, len(batch)))

    def _by_keys(self, part: Batch) -> Iterator[Batch]:
        """The part, cut where a key comes first whose engine does not run yet."""
        begin = 0
        if not self._policy.everywhere and not self._fallen:
            known = self._keys | _NO_KEYS
            first_of = dict(part.keys())
            unseen = [(at, key) for key, at in first_of.items() if key not in known]
            for at, key in sorted(unseen):
                self._keys.add(key)
                engine = self._policy.engine_of(key.decode(errors="replace"))
                if engine not in self._engines and not self._fallen:
                    yield part.cut(begin, at)
                    begin = at
                    self._begin(engine)
        yield part.cut(begin, len(part)) if begin else part

    def _hear(self, rollout: Batch) -> None:
        """Takes up a policy. One that is no newer than the present one is a late repetition by a dying writer."""
        from flows.contracts.codec import FrameError, decode

        _, _, offset, _, message, _, _ = rollout.entries()[0]
        try:
            heard = decode(message, self._python_ids)
        except FrameError:
            # The stage itself writes the dead letter.
            return
        policy = Policy.of(heard, offset)
        now = self._policy.said
        if heard.stage != self._stage or (now and policy.said and policy.said.place <= now.place):
            return
        self._policy, self._fallen, self._keys = policy, None, set()
        if policy.everywhere:
            self._begin(policy.everywhere)
            if not self._fallen:
                self._keep({policy.everywhere})
        self._settle()

    def _begin(self, engine: str) -> None:
        """Starts an engine in the state of the one that runs."""
        if engine in self._engines:
            return
        state = self._good_state()
        if engine in self._engines:
            # Rust had nothing to hand over: Python runs already.
            return
        try:
            self._engines[engine] = self._made(engine, state)
        except (Exception, PanicException) as error:
            if engine == PYTHON:
                raise
            self._fall(f"could not start: {_words(error)}")
        self._settle()

    def _made(self, name: str, state: bytes) -> Engine:
        engine = self._make(name)
        engine.restore(state)
        return engine

    def _keep(self, engines: set[str]) -> None:
        self._engines = {name: engine for name, engine in self._engines.items() if name in engines}
        if self._engines.keys() == {RUST}:
            self._good_state()
        self._settle()

    def _end_idle(self) -> None:
        """Ends the engine that no key has asked for since the policy was said."""
        wanted = {self._policy.engine_of(key.decode(errors="replace")) for key in self._keys}
        if wanted and not self._policy.everywhere and not self._fallen and wanted < self._engines.keys():
            self._keep(wanted)

    def _step(self, part: Batch) -> Batch:
        """Outputs of both engines must be equal, so it does not matter whose are taken for a key."""
        if not len(part):
            return part
        rust, python = self._engines.get(RUST), self._engines.get(PYTHON)
        if python is None:
            return self._step_in_rust(part)
        made = python.process(part)
        if rust is not None:
            self._compare(rust, part, made)
        return made

    def _step_in_rust(self, part: Batch) -> Batch:
        try:
            made = self._engines[RUST].process(part)
        except (Exception, PanicException) as error:
            self._replay()
            made = self._engines[PYTHON].process(part)
            self._fall(f"failed at {fallback.stretch_of(part)}: {_words(error)}")
            return made
        self._since.append(part)
        self._held_records += len(part)
        if self._held_records >= _HELD_RECORDS:
            self._good_state()
        return made

    def _compare(self, rust: Engine, part: Batch, expected: Batch) -> None:
        try:
            if not rust.process(part).same_as(expected):
                self._fall(f"made something else than Python did of {fallback.stretch_of(part)}")
        except (Exception, PanicException) as error:
            self._fall(f"failed at {fallback.stretch_of(part)}: {_words(error)}")

    def _good_state(self) -> bytes:
        """The state now, from which Python could go on: with both engines at work they must agree on it."""
        rust, python = self._engines.get(RUST), self._engines.get(PYTHON)
        try:
            state = rust.snapshot() if rust else b""
            if rust and python and state != python.snapshot():
                self._fall("came to another state than Python did")
        except (Exception, PanicException) as error:
            if python is None:
                self._replay()
            self._fall(f"failed at a snapshot: {_words(error)}")
        if RUST not in self._engines:
            state = self._engines[PYTHON].snapshot()
        self._mark(state)
        return state

    def _mark(self, state: bytes) -> None:
        self._saved, self._since, self._held_records = state, [], 0

    def _replay(self) -> None:
        """Python from the last good snapshot. What it makes of the records since then is handed on already."""
        python = self._made(PYTHON, self._saved)
        for batch in self._since:
            python.process(batch)
        self._engines[PYTHON] = python

    def _fall(self, what: str) -> None:
        """Python runs alone from here on."""
        self._engines = {PYTHON: self._engines[PYTHON]}
        self._fallen = what
        self._settle()
        state = self._engines[PYTHON].snapshot()
        self._mark(state)
        letter = fallback.letter(self._stage, self._source, what, state, self._partition, self._ids, self._partitions)
        self._letters.append(letter)

    def _settle(self) -> None:
        self.standing = Standing(self._policy, tuple(self._engines), self._fallen)

    @cached_property
    def _python_ids(self) -> PythonIds:
        # Only here: the codec is not loaded where nobody ever says anything.
        from flows.contracts.registry import SchemaIds

        return SchemaIds(self._ids.by_subject())


def state_of(saved: bytes) -> bytes:
    """The stage's own state in what a Switch has saved, which either engine takes up."""
    return saved.partition(b"\n")[2]


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip(": ").replace("\n", " ")
