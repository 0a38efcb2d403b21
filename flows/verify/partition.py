"""One partition's records against its rows, chunk by chunk, in constant memory."""

from __future__ import annotations

import hashlib

from flows._native import Batch, SchemaIds, landing_rows
from flows.connectors.block import Place
from flows.verify.table import LandedPartition
from flows.verify.verdict import Difference, DifferenceKind, Verdict


class PartitionComparison:
    """Takes the log's records in order; stops at the first difference."""

    def __init__(self, place: Place, low: int, high: int, landed: LandedPartition, prefix: str, ids: SchemaIds) -> None:
        """`low` and `high`: the offsets to compare, `high` exclusive. `prefix`: of the topic at the broker."""
        self.place = place
        self._low = low
        self._high = high
        self._landed = landed
        self._prefix = prefix
        self._ids = ids
        self._next = low
        self._records = 0
        self._of_log = hashlib.sha256()
        self._of_clickhouse = hashlib.sha256()
        self._difference: Difference | None = None

    @property
    def done(self) -> bool:
        """Nothing is left to compare, or a difference is found."""
        return self._next >= self._high or self._difference is not None

    @property
    def size(self) -> int:
        """Offsets to compare."""
        return self._high - self._low

    def caught_up(self) -> bool:
        """Whether ClickHouse has the last of them."""
        return self._low == self._high or self._landed.has(self._high - 1)

    def take(self, batch: Batch) -> int:
        """Compares the next records; how many."""
        if self.done:
            return 0
        first, end = batch.first_offset, min(batch.last_offset + 1, self._high)
        rows = landing_rows([batch], self._prefix, self._ids, self._next, end)
        self._of_log.update(rows.data)
        for piece in self._landed.rows(self._next, end):
            self._of_clickhouse.update(piece)
        if self._of_log.digest() != self._of_clickhouse.digest():
            self._difference = self._first_difference(batch, end)
        elif len(rows) != end - self._next:
            self._difference = Difference(DifferenceKind.HOLE, self._first_hole(batch, first))
        self._records += len(rows)
        self._next = end
        return len(rows)

    def verdict(self, log_end: int) -> Verdict:
        """`log_end`: where the log ends by now; behind it ClickHouse must have nothing."""
        older, here, _ = self._landed.counts(self._low, self._high)
        *_, beyond = self._landed.counts(self._low, log_end)
        difference = self._difference
        if difference is None and beyond:
            offset = self._landed.first_behind(log_end)
            difference = Difference(DifferenceKind.EXTRA, offset, clickhouse=self._landed.shown(offset)[0])
        return Verdict(
            place=self.place,
            low=self._low,
            high=self._high,
            records=self._records,
            rows=here,
            older_rows=older,
            content_hash=self._of_log.hexdigest(),
            difference=difference,
        )

    def _first_difference(self, batch: Batch, end: int) -> Difference:
        """Halves the range until one offset is left: everything before it is equal."""
        low, high = self._next, end
        while high - low > 1:
            middle = (low + high) // 2
            if self._equal(batch, low, middle):
                low = middle
            else:
                high = middle
        rows = landing_rows([batch], self._prefix, self._ids, low, high)
        there = self._landed.shown(low)
        if not len(rows):
            return Difference(DifferenceKind.EXTRA, low, clickhouse=there[0])
        ours = self._landed.as_shown(rows.data)
        if not there:
            return Difference(DifferenceKind.MISSING, low, log=ours)
        if len(there) > 1:
            return Difference(DifferenceKind.DOUBLED, low, log=ours, clickhouse=there[0])
        differing = [name for name, value in ours.items() if there[0].get(name) != value] or list(ours)
        return Difference(
            DifferenceKind.VALUES,
            low,
            log={name: ours[name] for name in differing},
            clickhouse={name: there[0].get(name, "") for name in differing},
        )

    def _equal(self, batch: Batch, first: int, end: int) -> bool:
        ours = landing_rows([batch], self._prefix, self._ids, first, end).data
        position = 0
        for piece in self._landed.rows(first, end):
            if ours[position : position + len(piece)] != piece:
                return False
            position += len(piece)
        return position == len(ours)

    def _first_hole(self, batch: Batch, first: int) -> int:
        if first > self._next:
            return self._next
        offsets = (entry[2] for entry in batch.entries())
        return next(expected for expected, offset in enumerate(offsets, start=first) if offset != expected)
