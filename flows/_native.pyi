"""The log and the Rust engine: `rust_ingest/native`. Records stay in Rust; Python holds batches of them."""

from collections.abc import Mapping, Sequence
from typing import final

__all__ = [
    "AuditLetters",
    "Batch",
    "LandingReader",
    "PanicException",
    "Producer",
    "Rows",
    "SchemaIds",
    "Sink",
    "Source",
    "Stage",
    "WrittenReader",
    "landing_block",
    "landing_rows",
    "landing_table",
    "log_to_stderr",
    "partition_counts",
    "partition_of",
]

_Origin = tuple[int, int, int]
_Place = tuple[str, int, int, _Origin | None]

@final
class Batch:
    """Records in order, in one buffer."""

    @classmethod
    def of(cls, outputs: Sequence[tuple[str, int, bytes, bytes, _Origin]]) -> Batch:
        """A batch of records that are to be written: topic without prefix, partition, key, value, origin."""
    @classmethod
    def from_bytes(cls, data: bytes) -> Batch:
        """Reads what `to_bytes` wrote. Raises BadBatchError."""
    def to_bytes(self) -> bytes:
        """The batch as bytes, for another process."""
    def __reduce__(self) -> tuple[object, tuple[bytes]]: ...
    def __len__(self) -> int: ...
    @property
    def topic(self) -> str:
        """Topic of the first record, without prefix. Raises ValueError for an empty batch."""
    @property
    def partition(self) -> int:
        """Partition of the first record. Raises ValueError for an empty batch."""
    @property
    def origin_partition(self) -> int:
        """Partition of the sequenced record that caused the first record, or its own if a source read it."""
    @property
    def first_offset(self) -> int:
        """Offset of the first record, -1 before it is written. Raises ValueError for an empty batch."""
    @property
    def last_offset(self) -> int:
        """Offset of the last record, -1 before it is written. Raises ValueError for an empty batch."""
    @property
    def written_ns(self) -> int | None:
        """When the first record was written, as its writer says or the log does; None before it is written. Raises
        ValueError for an empty batch."""
    @property
    def size_bytes(self) -> int:
        """Bytes of all keys and values."""
    def select(self, topic: str) -> Batch:
        """The records of one topic, in order."""
    @classmethod
    def arranged(cls, batches: Sequence[Batch]) -> Batch:
        """The records of all batches, by topic (in the order of `schemas/topics.toml`) and partition, each in its
        order."""
    def within(self, first: int, end: int) -> Batch:
        """The records at offsets from `first` to before `end`, in order."""
    def concerning(self, instruments: Sequence[str], ids: SchemaIds) -> Batch:
        """The records about one of these instruments, in order."""
    def positions_of(self, schema_id: int) -> list[int]:
        """Where records with this schema id stand, counted from 0."""
    def keys(self) -> list[tuple[bytes, int]]:
        """Every key, with the position of the first record that has it."""
    def cut(self, first: int, end: int) -> Batch:
        """The records at positions from `first` to before `end`."""
    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Batch:
        """The records of all batches, one batch after the other."""
    def same_as(self, other: Batch) -> bool:
        """Whether both hold the same records in the same order: topic, partition, origin, key and value."""
    def counts(self) -> dict[str, int]:
        """How many records there are of each topic."""
    def entries(self) -> list[tuple[str, int, int, bytes, bytes, _Origin, int | None]]:
        """The records: topic, partition, offset, key, value, origin (partition, offset, index), produced_ns."""

class PanicException(BaseException):
    """A Rust panic: no Exception, so that only who means it catches it."""

@final
class SchemaIds:
    """The schema id of every record."""

    @staticmethod
    def load() -> SchemaIds:
        """From the registry of SCHEMA_REGISTRY_URL, after registering every schema there; else the embedded ones.
        Raises RegistryError."""
    @staticmethod
    def embedded() -> SchemaIds:
        """Those of `schemas/registry.jsonl`."""
    def by_subject(self) -> dict[str, int]:
        """The ids by subject."""

@final
class Source:
    """Partitions that share one connection."""

    def __new__(
        cls,
        bootstrap: str,
        prefix: str,
        topic: str,
        positions: Sequence[tuple[int, int | None, int | None]],
        until_end: bool,
    ) -> Source:
        """`positions`: partition, the offset to begin at or None for the oldest record there is, and the offset to end
        before or None for no end. With `until_end` reading ends where the partitions end now, if not before. Raises
        LogConfigError, LogReadError."""
    def next_batch(self, index: int, max_records: int, timeout_ms: int) -> Batch | None:
        """Records of the partition at `index` of `positions`; an empty batch if there is none, None at the end.

        Waits up to `timeout_ms` for a record of any partition. Raises LogReadError."""
    def position(self, index: int) -> int:
        """Offset behind the last record handed out of the partition at `index`."""
    def end(self, index: int) -> int:
        """Offset behind the last record that the log now has of the partition at `index`. Raises LogReadError."""

@final
class WrittenReader:
    """The outputs of some stages on one source partition, as they stand in the log."""

    def __new__(
        cls,
        bootstrap: str,
        prefix: str,
        partition: int,
        places: Sequence[tuple[str, int, Sequence[str]]],
        ids: SchemaIds,
    ) -> WrittenReader:
        """`places`: output topics without prefix, a partition of each, and the stages that write there, in the order in
        which `take` gives them. Raises LogConfigError, LogReadError."""
    def take(self, end: int, look_again: bool) -> Batch:
        """The records caused by offsets before `end` that were not taken before, arranged by topic and partition, less
        what a restarted producer repeated. With `look_again` also what was written since it was opened. Raises
        LogReadError."""

@final
class Producer:
    """What all sinks of a process write with."""

    def __new__(cls, bootstrap: str, prefix: str, linger_us: int = 0) -> Producer:
        """Raises LogConfigError, RegistryError."""
    def unacknowledged(self) -> int:
        """Records sent and not yet acknowledged."""

@final
class Sink:
    """Writes what a stage makes of one source partition, and not again what stands in the log already."""

    def __new__(
        cls, producer: Producer, stage: str, partition: int, outputs: Sequence[str], resume: Sequence[_Place]
    ) -> Sink:
        """`outputs`: the topics that the stage may write. `resume`: what `flush` gave in the epoch resumed from.

        Reads every output partition from there to its end. Raises LogReadError."""
    @staticmethod
    def open(producer: Producer, sinks: Sequence[tuple[str, int, Sequence[str], Sequence[_Place]]]) -> list[Sink]:
        """Several at once, each as (stage, partition, outputs, resume): one connection reads what all of them wrote.

        Otherwise as the constructor."""
    def write(self, batch: Batch) -> int:
        """Queues the records that are not in the log yet; how many. While the queue is full it waits.

        Raises LogWriteError if any record of this process was lost, NoSuchTopic for one that is not the stage's."""
    def flush(self, timeout_ms: int) -> list[_Place]:
        """Waits until everything is acknowledged; where the sink stands then, to be saved with the epoch.

        Raises LogWriteError if any record of this process was lost, or after `timeout_ms`."""
    def check(self) -> None:
        """Raises LogWriteError if any record of this process was lost."""

@final
class Stage:
    """The stage `bars`, `features`, `signals` or `risk` on one partition, in Rust."""

    def __new__(cls, name: str, config_json: str, ids: SchemaIds, partitions: Mapping[str, int]) -> Stage:
        """`partitions`: how many each topic has, by name without prefix; those of `schemas/topics.toml` where it says
        nothing. Raises StageConfigError."""
    @property
    def input(self) -> str:
        """Name of the topic that the stage reads, without prefix."""
    def process(self, batch: Batch) -> Batch:
        """What the stage makes of the records. What it cannot process becomes a DeadLetter."""
    def snapshot(self) -> bytes:
        """The state, framed; either engine can take it up."""
    def restore(self, state: bytes) -> None:
        """Raises StageRestoreError."""

@final
class LandingReader:
    """Partitions of any topics, over one connection."""

    def __new__(cls, bootstrap: str, prefix: str, positions: Sequence[tuple[str, int, int]]) -> LandingReader:
        """`positions`: topic without prefix, partition, offset to begin at; the log's own beginning where it starts
        later. Raises LogConfigError, LogReadError."""
    def opened(self, index: int) -> tuple[int, int]:
        """First offset and end of the partition at `index` of the positions, when it was opened."""
    def next(self, max_records: int, timeout_ms: int) -> Batch | None:
        """Records of one partition that has some; None if there are none within `timeout_ms`. Raises LogReadError."""

@final
class Rows:
    """Rows of one landing table, in one of ClickHouse's formats."""

    @property
    def data(self) -> bytes: ...
    def __len__(self) -> int: ...
    @property
    def refused(self) -> int:
        """How many of the rows are opaque: their records are owed a dead letter."""

@final
class AuditLetters:
    """Writes dead letters, and not again what stands in the log already."""

    def __new__(cls, bootstrap: str, prefix: str, ids: SchemaIds) -> AuditLetters:
        """Raises LogConfigError."""
    def write(self, rows: Rows) -> int:
        """Writes the letters owed for `rows`, and returns when the broker has them. How many were not there yet.
        Raises LogReadError, LogWriteError."""

def landing_block(batches: Sequence[Batch], prefix: str, ids: SchemaIds, first: int, end: int) -> Rows:
    """As `landing_rows`, as a block in Native, to be inserted: ClickHouse reads it in a third of the time. Raises
    NoSuchTopic."""

def landing_rows(batches: Sequence[Batch], prefix: str, ids: SchemaIds, first: int, end: int) -> Rows:
    """The records of neighbouring batches of one partition with `first <= offset < end`, as rows.
    Raises NoSuchTopic."""

def landing_table(topic: str) -> tuple[str, list[str]]:
    """Table and column names of a topic's landing table, in the order of the rows. Raises NoSuchTopic."""

def log_to_stderr() -> None:
    """Writes warnings and errors of the log client to stderr from now on; `TAPEFLOW_LOG` (as `info`) asks for more,
    and `TAPEFLOW_LOG_FORMAT=json` for a JSON object a line."""

def partition_counts(bootstrap: str, prefix: str, topics: Sequence[str]) -> dict[str, int]:
    """How many partitions each of the topics has. Raises LogConfigError, LogReadError, NoSuchTopic."""

def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as Kafka's Java client chooses it. Raises ValueError for 0 partitions."""
