"""Records of a derived topic by their causes: the sequenced records that they name as their origins.

What a stage makes of them inherits the cause, and is counted through all records of one cause. So what stands in the
log can be held against what is made anew only cause by cause, and a batch may end amid one.
"""

from __future__ import annotations

from flows._native import Batch
from flows.contracts import codec
from flows.contracts.registry import SchemaIds
from flows.stretch import Stretch


class Causes:
    """Of one partition. Causes follow each other in a derived topic's partitions, for their producers count up."""

    def __init__(self, ids: SchemaIds) -> None:
        self._ids = ids
        self._held = Batch.of([])

    def whole(self, batch: Batch) -> Batch:
        """The next records up to where the last cause begins: it may go on in the next batch, and is held till then."""
        records = Batch.joined([self._held, batch])
        begin = self._last_begins(records)
        self._held = records.cut(begin, len(records))
        return records.cut(0, begin)

    def split(self, records: Batch, stretch: Stretch) -> tuple[Batch, Batch]:
        """Records that lead up to the stretch, and records of it; a cause amid which it begins leads up to it."""
        before, within = stretch.split(records)
        cause = newest(before, self._ids)
        count = 0
        while cause is not None and count < len(within) and _cause(within, count, self._ids) in (cause, None):
            count += 1
        return Batch.joined([before, within.cut(0, count)]), within.cut(count, len(within))

    def _last_begins(self, records: Batch) -> int:
        begin, last = len(records), None
        for position in reversed(range(len(records))):
            cause = _cause(records, position, self._ids)
            # What names no cause is counted to the one before it.
            if cause is None:
                continue
            if last is not None and cause != last:
                break
            begin, last = position, cause
        return begin if last is not None else 0


def newest(records: Batch, ids: SchemaIds) -> int | None:
    """Offset of the last record's cause; of one before if it names none, as what cannot be read."""
    causes = (_cause(records, position, ids) for position in reversed(range(len(records))))
    return next((cause for cause in causes if cause is not None), None)


def _cause(records: Batch, position: int, ids: SchemaIds) -> int | None:
    [(_, _, _, _, value, _, _)] = records.cut(position, position + 1).entries()
    try:
        origin = getattr(codec.decode(value, ids), "origin", None)
    except codec.FrameError:
        return None
    return origin.offset if origin else None
