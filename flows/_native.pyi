"""The log and the Rust engine: `rust_ingest/native`. Records stay in Rust; Python holds batches of them."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self, disjoint_base

from flows.contracts.records import Level
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_measures import Sweep
from flows.kernels.book_sequence import DepthIds, DepthRule, SeqIds
from flows.kernels.book_steps import DepthStep, SnapshotStep, StreamStep
from flows.kernels.l2_book import Depth, DepthSlopes, Top
from flows.kernels.scale import Scale

__all__ = [
    "AuditLetters",
    "Batch",
    "Fill",
    "Indicator",
    "L2Book",
    "LandingReader",
    "MatchingEngine",
    "Order",
    "PanicException",
    "Producer",
    "Rows",
    "SchemaIds",
    "Sink",
    "Source",
    "Stage",
    "StreamedBook",
    "SyncedBook",
    "TradingEngine",
    "WrittenReader",
    "aggregate_bars",
    "landing_block",
    "landing_rows",
    "landing_table",
    "log_to_stderr",
    "named_bars",
    "partition_counts",
    "partition_of",
]

_Numbers = NDArray[np.int64] | NDArray[np.float64]
_Origin = tuple[int, int, int]
_OrderRow = tuple[int, int, int, tuple[int, int, int, int], bool, tuple[int, int, int, int, int, int, int]]
_Place = tuple[str, int, int, _Origin | None]

@final
class Batch:
    """Records in order, in one buffer."""

    @classmethod
    def of(cls, outputs: Sequence[tuple[str, int, bytes, bytes, _Origin]]) -> Batch:
        """A batch of records that are to be written: topic without prefix, partition, key, value, origin."""
    @classmethod
    def placed(cls, rows: Sequence[tuple[str, int, int, bytes, bytes, _Origin]]) -> Batch:
        """A batch of records that stand somewhere: topic without prefix, partition, offset, key, value, origin. Where a
        record has no place yet, partition and offset are -1."""
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
    def positions_of(self, schema_ids: Sequence[int]) -> list[int]:
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
    def by_subject(self) -> dict[str, list[int]]:
        """The ids of all versions by subject, oldest first."""

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
        timed: bool,
    ) -> Source:
        """`positions`: partition, the offset to begin at or None for the oldest record there is, and the offset to end
        before or None for no end. With `until_end` reading ends where the partitions end now, if not before. With
        `timed` each record says when it was written, else the first of each batch alone. Raises LogConfigError,
        LogReadError."""
    def next_batch(self, index: int, max_records: int, timeout_ms: int) -> Batch | None:
        """Records of the partition at `index` of `positions`; an empty batch if there is none, None at the end.

        Waits up to `timeout_ms` for a record of any partition. Raises LogReadError."""
    def position(self, index: int) -> int:
        """Offset behind the last record handed out of the partition at `index`."""
    def end(self, index: int) -> int:
        """Offset behind the last record that the log now has of the partition at `index`. Raises LogReadError."""

@final
class TradingEngine:
    """Bars, features, signals and risk, one behind the other; `flows/engine/trading_engine.py` says what each call
    does."""

    def __new__(
        cls, config: Mapping[str, str], ids: SchemaIds, partitions: Mapping[str, int], threads: int
    ) -> TradingEngine:
        """`config`: the configuration of each stage, as JSON. `partitions`: how many each topic has; those of
        `schemas/topics.toml` where it says nothing. `threads`: how many may run markets at once. Raises
        StageConfigError."""
    def execute_tick(self, topic: str, partition: int, offset: int, message: bytes, hold_inbox: bool) -> Batch | None:
        """Takes one framed record; what it causes, or None if that is nothing. Raises EngineInputError, NoSuchTopic."""
    def execute_ticks(self, batch: Batch, hold_inbox: bool) -> Batch:
        """Takes the records, without the GIL; what they cause. Raises EngineInputError."""
    def next_offset(self, topic: str, partition: int) -> int | None:
        """Offset behind the last record of a partition; None if there is no such partition. Raises NoSuchTopic."""
    def snapshot(self) -> list[tuple[str, int, int, list[tuple[str, bytes]]]]:
        """By partition: topic, partition, next offset, and name and snapshot of each stage."""
    def restore(self, rows: Sequence[tuple[str, int, int, Sequence[tuple[str, bytes]]]]) -> None:
        """Takes up what `snapshot` gives. Raises StageRestoreError."""

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

    def __new__(cls, bootstrap: str, prefix: str) -> Producer:
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
class L2Book:
    """A book in which quantity 0 removes a level: the Rust twin of `flows.kernels.l2_book.L2Book`, whose words hold."""

    def __new__(cls, depth_max: int | None = None) -> L2Book:
        """`depth_max`: how many levels a side are subscribed; None for a whole book. Raises BookError unless it is
        positive."""
    def __len__(self) -> int: ...
    @property
    def depth_max(self) -> int | None:
        """How many levels a side are kept; None for all."""
    def load(self, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Forgets everything and starts from a snapshot, whose levels may come in any order. Raises BookError."""
    def apply(self, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """Sets each level to its new quantity, in order. Raises BookError."""
    def set_bid(self, price: int, quantity: int) -> None:
        """`apply` of one bid."""
    def set_ask(self, price: int, quantity: int) -> None:
        """`apply` of one ask."""
    def set_levels(self, is_bid: NDArray[np.bool_], prices: NDArray[np.int64], quantities: NDArray[np.int64]) -> None:
        """`set_bid` or `set_ask` of each row, in order, without the GIL. Raises BookError."""
    def copy(self) -> L2Book:
        """The book as it is now."""
    def clear(self) -> None:
        """Forgets all levels."""
    def top(self) -> Top:
        """The best level of each side."""
    def bids(self, count: int | None = None) -> list[Level]:
        """The best `count` bids, or all, best first."""
    def asks(self, count: int | None = None) -> list[Level]:
        """The best `count` asks, or all, best first."""
    @property
    def is_locked(self) -> bool:
        """Best bid and best ask are the same price."""
    @property
    def is_crossed(self) -> bool:
        """The best bid is above the best ask."""
    def depth(self, count: int | None = None) -> Depth:
        """What the best `count` levels of each side hold, or all."""
    def imbalance(self, count: int | None = None) -> float | None:
        """(bids - asks) / (bids + asks) over the best `count` levels of each side, or all; None for an empty book."""
    def microprice(self) -> float | None:
        """The mid weighed by the quantity on the other side, in price units; None where a side is empty."""
    def depth_slopes(self, count: int | None = None) -> DepthSlopes | None:
        """How fast the best `count` levels of each side, or all, add up away from the mid, in quantity units per price
        unit; None where a side is empty, and where the book is locked or crossed."""
    def sweep_asks(self, quantity: int) -> Sweep:
        """What it costs to buy `quantity` out of the asks at once. Raises BookError unless the quantity is positive."""
    def sweep_bids(self, quantity: int) -> Sweep:
        """What selling `quantity` into the bids at once brings. Raises BookError unless the quantity is positive."""
    def kraken_checksum(self, scale: Scale, decimals: KrakenDecimals) -> int:
        """What Kraken says of this book. Raises BookError for a level that it cannot have written."""
    def okx_checksum(self, scale: Scale) -> int:
        """What OKX says of this book. Raises BookError for exponents that no instrument has."""
    def snapshot(self, ids: SchemaIds) -> bytes:
        """The book, framed; either twin can take it up."""
    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Raises StageRestoreError."""

@final
class SyncedBook:
    """A book joined from a snapshot of REST and depth events: the Rust twin of
    `flows.kernels.synced_book.SyncedBook`, whose words hold."""

    def __new__(cls, rule: DepthRule) -> SyncedBook: ...
    @property
    def wants_snapshot(self) -> bool:
        """Depth events come, and the book cannot go on without a snapshot."""
    def top(self) -> Top | None:
        """The best levels; None while the book is not synchronised."""
    def book(self) -> L2Book | None:
        """A copy of the book; None while it is not synchronised."""
    def limit(self, depth_max: int | None) -> None:
        """From now on the book is cut to so many levels a side; None: it is whole. Raises BookError."""
    def on_depth(self, ids: DepthIds, bids: Sequence[Level], asks: Sequence[Level]) -> DepthStep:
        """Takes a depth event. Raises BookError."""
    def on_snapshot(self, snapshot_id: int, bids: Sequence[Level], asks: Sequence[Level]) -> SnapshotStep:
        """Takes a snapshot that ends with update `snapshot_id`. Raises BookError."""
    def disconnect(self) -> None:
        """The connection was lost: what came before says nothing about what comes next."""
    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state, framed; either twin can take it up."""
    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Raises StageRestoreError."""

@final
class StreamedBook:
    """A book whose snapshot comes in the stream of its changes: the Rust twin of
    `flows.kernels.streamed_book.StreamedBook`, whose words hold."""

    @classmethod
    def coinbase(cls) -> StreamedBook:
        """`level2`: no sequence numbers, no checksum, the whole book."""
    @classmethod
    def kraken(cls, depth_max: int, scale: Scale, decimals: KrakenDecimals) -> StreamedBook:
        """`book` in WebSocket v1 or v2: `depth_max` levels are subscribed. Raises BookError."""
    @classmethod
    def okx(cls, scale: Scale, depth_max: int | None = None) -> StreamedBook:
        """`books` and its like. Raises BookError."""
    @property
    def is_synchronised(self) -> bool:
        """The book is the venue's."""
    def top(self) -> Top | None:
        """The best levels; None while the book is not synchronised."""
    def book(self) -> L2Book | None:
        """A copy of the book; None while it is not synchronised."""
    def on_snapshot(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        sequence: SeqIds | None = None,
        checksum: int | None = None,
    ) -> StreamStep:
        """Takes a snapshot. Raises BookError as `on_update` does."""
    def on_update(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        sequence: SeqIds | None = None,
        checksum: int | None = None,
    ) -> StreamStep:
        """Takes the changes of one message, all its parts together. Raises BookError."""
    def disconnect(self) -> None:
        """The connection or the book was lost: nothing is known until the next snapshot."""
    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state, framed; either twin can take it up."""
    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Raises StageRestoreError."""

@final
class Order:
    """A new order, as it is asked for; the engine says whether it can be had. Prices and quantities count the units of
    the engine's user; a price of 0 is none."""

    def __new__(
        cls,
        order_id: int,
        side: int,
        quantity: int,
        price: int = 0,
        *,
        kind: int = 1,
        time_in_force: int = 1,
        owner: int = 0,
        stop_price: int = 0,
        display_quantity: int = 0,
        expires_ns: int = 0,
        post_only: bool = False,
        self_trade: int = 0,
    ) -> Order:
        """`side` is a Side, `kind` a Kind, `time_in_force` a TimeInForce, `self_trade` a SelfTrade of flows.matching.
        Raises OverflowError for a number that is too long."""
    @property
    def order_id(self) -> int:
        """Unsigned 64 bit, unique among live orders."""
    @property
    def side(self) -> int: ...
    @property
    def quantity(self) -> int: ...
    @property
    def price(self) -> int:
        """Limit price."""
    @property
    def kind(self) -> int: ...
    @property
    def time_in_force(self) -> int: ...
    @property
    def owner(self) -> int:
        """Unsigned 32 bit; 0 is nobody."""
    @property
    def stop_price(self) -> int: ...
    @property
    def display_quantity(self) -> int:
        """What an iceberg shows at most; 0 for other orders."""
    @property
    def expires_ns(self) -> int:
        """End of a gtd order."""
    @property
    def post_only(self) -> bool: ...
    @property
    def self_trade(self) -> int: ...

@final
class Fill:
    """A trade of an order that came in with one that rested. In an uncrossing the order is the buy and the maker the
    sell."""

    def __new__(
        cls,
        *,
        sequence: int,
        time_ns: int,
        order_id: int,
        maker_id: int,
        owner: int,
        maker_owner: int,
        side: int,
        price: int,
        quantity: int,
        left: int,
        maker_left: int,
        auction: bool,
    ) -> Fill: ...
    @property
    def sequence(self) -> int:
        """Sequence number of its event."""
    @property
    def time_ns(self) -> int: ...
    @property
    def order_id(self) -> int: ...
    @property
    def maker_id(self) -> int: ...
    @property
    def owner(self) -> int: ...
    @property
    def maker_owner(self) -> int: ...
    @property
    def side(self) -> int:
        """The order's side."""
    @property
    def price(self) -> int: ...
    @property
    def quantity(self) -> int: ...
    @property
    def left(self) -> int:
        """What the order has open afterwards."""
    @property
    def maker_left(self) -> int:
        """What the maker has open afterwards."""
    @property
    def auction(self) -> bool:
        """Whether it is a trade of an uncrossing."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

@final
class Indicator:
    """An indicator in the middle of a series: what `flows.indicators` is made of. `flows.indicators.core.Core` says
    what the calls do."""

    def __new__(cls, name: str, parameters: Sequence[float]) -> Self:
        """Raises IndicatorParameterError."""
    def update(self, *inputs: float) -> Any: ...
    def extend(self, *inputs: NDArray[np.float64]) -> list[NDArray[np.float64]]: ...
    def memory(self) -> list[float]: ...
    def restore(self, memory: Sequence[float]) -> None: ...

@disjoint_base
class MatchingEngine:
    """The matching engine of one symbol: what `flows.matching.MatchingEngine` is made of.
    `flows.matching.Matching` says what the calls do."""

    def __new__(
        cls,
        symbol: str,
        *,
        tick_size: int = 1,
        lot_size: int = 1,
        lowest_price: int | None = None,
        highest_price: int | None = None,
        last_price: int | None = None,
    ) -> Self:
        """Raises MatchingConfigError."""
    @property
    def symbol(self) -> str: ...
    @property
    def tick_size(self) -> int: ...
    @property
    def lot_size(self) -> int: ...
    @property
    def time_ns(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def phase_code(self) -> int: ...
    @property
    def last_price(self) -> int | None: ...
    @property
    def bands(self) -> tuple[int | None, int | None]: ...
    def __len__(self) -> int: ...
    def __contains__(self, order_id: object, /) -> bool: ...
    def add_order(self, order: Order, *, time_ns: int | None = None) -> list[Fill]:
        """Raises Rejected."""
    def cancel_order(self, order_id: int, *, owner: int | None = None, time_ns: int | None = None) -> bool:
        """Raises Rejected."""
    def modify_order(
        self,
        order_id: int,
        *,
        price: int | None = None,
        quantity: int | None = None,
        stop_price: int | None = None,
        owner: int | None = None,
        time_ns: int | None = None,
    ) -> list[Fill]:
        """Raises Rejected."""
    def reduce_order(
        self, order_id: int, quantity: int, *, owner: int | None = None, time_ns: int | None = None
    ) -> None:
        """Raises Rejected."""
    def mass_cancel(
        self, *, owner: int | None = None, side: int | None = None, time_ns: int | None = None
    ) -> list[int]:
        """Raises Rejected, ValueError."""
    def set_phase(self, phase: int, *, time_ns: int | None = None) -> list[Fill]:
        """Raises Rejected."""
    def set_bands(self, lowest: int | None, highest: int | None, *, time_ns: int | None = None) -> None:
        """Raises Rejected."""
    def advance(self, time_ns: int) -> list[int]:
        """Raises Rejected."""
    def event_rows(self) -> NDArray[Any]:
        """Events of the last call that was no batch, ten numbers each."""
    def apply_rows(self, commands: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Takes an aligned row of COMMAND, which stands still meanwhile: the GIL is released."""
    def add_each(self, orders: list[Order]) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Takes new orders at the engine's time."""
    def level_rows(self, side: int, depth: int | None) -> list[tuple[int, int, int]]:
        """The best prices of a side: price, displayed quantity, orders. Raises ValueError."""
    def order_rows(self, side: int, waiting: bool) -> list[_OrderRow]:
        """Resting orders by priority, or waiting stops as they would be triggered. Raises ValueError."""
    def order_row(self, order_id: int) -> _OrderRow | None:
        """A live order."""
    def queue_row(self, order_id: int) -> tuple[int, int] | None:
        """How many orders stand before a resting order, and what they display."""
    def snapshot(self) -> bytes: ...
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

def aggregate_bars(
    times_ns: NDArray[np.int64],
    prices: Sequence[_Numbers],
    sums: Sequence[_Numbers],
    sessions: tuple[NDArray[np.int64], NDArray[np.int64]],
    plan: tuple[int | None, int, bool, bool, int | None],
) -> tuple[Sequence[NDArray[np.int64]], Sequence[_Numbers], Sequence[_Numbers]]:
    """Bars into longer bars, by the words of `flows.kernels.aggregate_bars`. Prices are open, high, low and close, all
    int64 or all float64; the plan is interval, length, whether filled, whether partial, end. Arrays stand still
    meanwhile: the GIL is released. Raises BarFault, ValueError."""

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

def named_bars(
    config: str,
    exponents: tuple[int, int],
    event_ns: NDArray[np.int64],
    numbers: Sequence[NDArray[np.int64]],
    bought: NDArray[np.bool_] | None,
) -> tuple[list[tuple[str, NDArray[np.int64] | NDArray[np.float64]]], NDArray[np.int64], list[str]]:
    """The bars of ticks in columns: price and quantity of trades, or price and quantity of the bid and of the ask.
    Fields of the bars with their names, the number of each bar's series, and their names. Arrays stand still meanwhile:
    the GIL is released. Raises StageConfigError, RefusedTick, ValueError."""

def partition_counts(bootstrap: str, prefix: str, topics: Sequence[str]) -> dict[str, int]:
    """How many partitions each of the topics has. Raises LogConfigError, LogReadError, NoSuchTopic."""

def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as Kafka's Java client chooses it. Raises ValueError for 0 partitions."""
