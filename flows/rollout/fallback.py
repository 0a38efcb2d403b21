"""A fall back to Python, said loudly: a dead letter in the log, and a line on stderr."""

from __future__ import annotations

from collections.abc import Mapping

from flows import log_line
from flows._native import Batch, SchemaIds, partition_of

_TOPIC = "ops.dead_letters"
REASON = "engine_fallback"


def writer_of(stage: str) -> str:
    """Who writes the letters about a stage's engine: not the stage, whose own letters must not depend on engines."""
    return f"{stage}-engine"


def stretch_of(batch: Batch) -> str:
    """The records of a batch in words: by the sequenced records behind them."""
    first, last = (batch.cut(at, at + 1).entries()[0][5] for at in (0, len(batch) - 1))
    return f"records caused by offsets {first[1]} to {last[1]}"


def letter(
    stage: str, source: str, what: str, state: bytes, partition: int, ids: SchemaIds, partitions: Mapping[str, int]
) -> Batch:
    """The letter about a stage that reads partition `partition` of `source` (-1 if it has read nothing yet), after it
    came to `state`."""
    from flows.contracts.codec import decode, encode
    from flows.contracts.records import DeadLetter, Origin, StageState
    from flows.contracts.registry import SchemaIds as PythonIds

    by_subject = PythonIds(ids.by_subject())
    reached: StageState = decode(state, by_subject)
    origin = Origin(max(partition, reached.partition), reached.offset, 0)
    detail = (
        f"the rust engine of {stage} on {source}[{origin.partition}] {what}; Python has taken over, nothing is lost; "
        f"when Rust is mended: tapeflow rollout set {stage} --rust-percent 100 --reason ..."
    )
    log_line.write(detail, "ERROR")
    written = DeadLetter(
        origin=origin,
        stage=writer_of(stage),
        source=source,
        reason=REASON,
        detail=detail,
        value=b"",
        receive_ns=None,
    )
    key = source.encode()
    place = partition_of(key, partitions[_TOPIC])
    return Batch.of(
        [(_TOPIC, place, key, encode(written, by_subject), (origin.partition, origin.offset, origin.index))]
    )
