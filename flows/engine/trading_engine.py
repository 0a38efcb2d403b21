"""The public face of the trading engine, whichever language runs it."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from flows._native import Batch
from flows._native import SchemaIds as RustIds
from flows._native import TradingEngine as RustEngine
from flows.config import Config
from flows.contracts import registry, topics
from flows.contracts.codec import Record, encode
from flows.contracts.records import Bar, Control, ExecutionReport
from flows.contracts.registry import SchemaIds
from flows.engine.events import Events
from flows.engine.partial_bars import partial_bars
from flows.errors import EngineInputError, StageConfigError

if TYPE_CHECKING:
    from flows.engine.python_engine import Engine

States = dict[str, dict[int, tuple[int, dict[str, bytes]]]]
"""By topic and partition what a flow saves of one: the offset behind the last record that its stages have taken, and
the snapshot of each stage."""

_TICKS, _INBOX = "market.ticks", "risk.inbox"
_ENGINES = ("rust", "python")
_THREADS_MAX = 1_024


class TradingEngine:
    """Bars, features, signals and risk, one behind the other, as the flows run them: its events are what they write to
    the log, bit for bit. Several threads may share one in Rust: calls wait for each other."""

    def __init__(
        self,
        config: Config | None = None,
        *,
        engine: str = "rust",
        partitions: Mapping[str, int] | None = None,
        ids: RustIds | None = None,
        threads: int = 1,
    ) -> None:
        """`config`: what the stages compute; without it as the flows have it, `tapeflow.toml` here and the defaults.
        `engine`: `rust` or `python`. `partitions`: how many each topic has, where it is not as many as
        `schemas/topics.toml` says. `ids`: of the schemas; without them those of SCHEMA_REGISTRY_URL, or the embedded
        ones. `threads`: how many may run the partitions of a batch side by side, in Rust; the events are the same.

        Raises BadConfig, StageConfigError, RegistryError.
        """
        if engine not in _ENGINES:
            raise StageConfigError(f"there is no engine {engine}: the engines are {' and '.join(_ENGINES)}")
        if type(threads) is not int or not 1 <= threads <= _THREADS_MAX:
            raise StageConfigError(f"threads={threads!r}: from 1 to {_THREADS_MAX}")
        if threads > 1 and engine == "python":
            raise StageConfigError(f"threads={threads}: the python engine runs on one thread; choose engine='rust'")
        chosen = config or Config.load()
        rust_ids = ids or RustIds.load()
        self._ids = SchemaIds(rust_ids.by_subject())
        self._nothing = Events(Batch.of([]), self._ids)
        texts = {stage: chosen.json(stage) for stage in chosen.stages}
        self._bars_config = texts["bars"]
        counts = dict(partitions or {})
        self._engine: Engine
        if engine == "rust":
            self._engine = RustEngine(texts, rust_ids, counts, threads)
        else:
            # Only here: the kernels are not loaded where Rust does the work.
            from flows.engine.python_engine import PythonEngine

            self._engine = PythonEngine(texts, self._ids, counts)

    def execute_tick(
        self, tick: Record | bytes, *, partition: int = -1, offset: int = -1, hold_inbox: bool = False
    ) -> Events:
        """Takes a record of market.ticks, typed or framed; the events that it causes, in order of happening.

        It stands in the partition of its key and at the next offset there, where nothing else is said. Offsets may have
        gaps, but never go back. What a stage cannot process is a DeadLetter among the events, as in the log.

        With `hold_inbox` signals and marks are told and stay out of the inbox: see `execute_ticks`.

        Raises EngineInputError, and has changed nothing then.
        """
        return self._execute(_TICKS, tick, partition, offset, hold_inbox)

    def execute_report(self, report: ExecutionReport | bytes) -> Events:
        """Takes what became of an order: it enters the inbox behind all that is there. Raises EngineInputError."""
        return self._execute(_INBOX, report, -1, -1, False)

    def execute_control(self, control: Control | bytes) -> Events:
        """Takes an operator's command: it enters the inbox behind all that is there. Raises EngineInputError."""
        return self._execute(_INBOX, control, -1, -1, False)

    def execute_ticks(self, batch: Batch, *, hold_inbox: bool = False) -> Events:
        """Takes many records in one call, in Rust without the GIL; the events of all, in order of happening, the same
        as of one call for each.

        A batch may mix partitions of market.ticks, and hold records of risk.inbox (with offset -1) where they shall
        happen. With `threads` those of different partitions run side by side as far as the inbox, and what they make
        enters it in the order of the batch. With `hold_inbox` the caller orders the inbox instead, as a log has it: its
        records are given, signals and marks too, and those that the engine makes are told, with no offset, and not
        judged.

        Raises EngineInputError, and has taken nothing of the batch then.
        """
        return Events(self._engine.execute_ticks(batch, hold_inbox), self._ids)

    def next_offset(self, topic: str, partition: int) -> int | None:
        """Offset behind the last record of a partition of market.ticks or risk.inbox; None if there is none such."""
        return self._engine.next_offset(topic, partition)

    def partial_bars(self) -> list[Bar]:
        """The bars that are open, as they stand: each as it would be if it ended now. Nothing changes.

        By partition, venue and instrument, then those of `intervals_ns`, then those of `series`. Of time bars
        `close_ns` is the end that they will have. `origin` is the last record that the stage has taken, with the
        index -1: no output has it, as this is none. `receive_ns` is 0. Raises EngineBroken.
        """
        found: list[Bar] = []
        for _, (_, stages) in sorted(self.snapshot()[_TICKS].items()):
            found += partial_bars(self._bars_config, self._ids, stages["bars"])
        return found

    def snapshot(self) -> States:
        """How every partition stands that has taken a record. Raises EngineBroken."""
        states: States = {_TICKS: {}, _INBOX: {}}
        for topic, partition, next, stages in self._engine.snapshot():
            states[topic][partition] = next, dict(stages)
        return states

    def restore(self, states: Mapping[str, Mapping[int, tuple[int, Mapping[str, bytes]]]]) -> None:
        """Replaces the whole state by a snapshot, of either engine, or by what flows have saved of partitions; one that
        is not named is in its initial state. Raises StageRestoreError, and has changed nothing then."""
        rows = [
            (topic, partition, next, list(stages.items()))
            for topic, partitions in states.items()
            for partition, (next, stages) in partitions.items()
        ]
        self._engine.restore(rows)

    def _execute(self, topic: str, record: Record | bytes, partition: int, offset: int, hold_inbox: bool) -> Events:
        message = record if isinstance(record, bytes) else _framed(0, topic, record, self._ids, (partition, offset))
        made = self._engine.execute_tick(topic, partition, offset, message, hold_inbox)
        return self._nothing if made is None else Events(made, self._ids)


def batch_of(records: Iterable[Record], ids: RustIds | None = None) -> Batch:
    """Records of market.ticks and risk.inbox as a batch, each to stand in the partition of its key and at the next
    offset there. Raises EngineInputError, RegistryError."""
    known = SchemaIds((ids or RustIds.load()).by_subject())
    rows = []
    for index, record in enumerate(records):
        topic = topics.of_subject(getattr(record, "SUBJECT", ""))
        if topic is None or topic.name not in (_TICKS, _INBOX):
            problem = f"a {type(record).__name__} has no partition of its own here: give it framed, with Batch.placed"
            raise EngineInputError(index, _TICKS, -1, -1, problem)
        message = _framed(index, topic.name, record, known)
        rows.append((topic.name, -1, -1, str(getattr(record, topic.key)).encode(), message, (-1, -1, 0)))
    return Batch.placed(rows)


def _framed(index: int, topic: str, record: Record, ids: SchemaIds, place: tuple[int, int] = (-1, -1)) -> bytes:
    try:
        # fastavro would write 1.5 as 1.
        for name, inner in _wholes(record.SUBJECT):
            value = getattr(record, name)
            if inner:
                for item in value:
                    for part in inner:
                        operator.index(getattr(item, part))
            elif value is not None:
                operator.index(value)
        return encode(record, ids)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"its schema cannot hold it: {error or type(error).__name__}"
        raise EngineInputError(index, topic, *place, problem) from error


@cache
def _wholes(subject: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields that are integers, or null; of those that are lists of records, the integers in each of them."""
    parts: dict[str, Any] = {}

    def is_whole(schema: Any) -> bool:
        match schema:
            case "int" | "long" | {"type": "long"}:
                return True
            case ["null", branch]:
                return is_whole(branch)
        return False

    def names(fields: Any) -> tuple[str, ...]:
        return tuple(field["name"] for field in fields if is_whole(field["type"]))

    found: list[tuple[str, tuple[str, ...]]] = []
    for field in registry.schema(subject)["fields"]:
        match field["type"]:
            case {"type": "array", "items": {"type": "record", "namespace": space, "name": name, "fields": fields}}:
                parts[f"{space}.{name}"] = names(fields)
                found.append((field["name"], parts[f"{space}.{name}"]))
            case {"type": "array", "items": str(name)} if name in parts:
                found.append((field["name"], parts[name]))
            case kind if is_whole(kind):
                found.append((field["name"], ()))
    return tuple(found)
