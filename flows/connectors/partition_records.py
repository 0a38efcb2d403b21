"""The records of one partition, batch after batch, up to an end."""

from __future__ import annotations

import time
from collections.abc import Iterator

from flows._native import Batch, Source
from flows.errors import LogReadError
from flows.stack.settings import Settings

_BATCH_RECORDS = 10_000
_WAIT_MS = 100
_SILENCE_S = 30.0


class PartitionRecords:
    """Reads them once."""

    def __init__(self, settings: Settings, topic: str, partition: int, begin: int | None, end: int) -> None:
        """`begin`: None for the oldest that is kept. `end`: exclusive, or where the partition ends now, if that comes
        first. Raises LogConfigError, LogReadError."""
        self._place = f"{topic}[{partition}]"
        places = [(partition, begin, end)]
        self._source = Source(settings.bootstrap_servers, settings.topic_prefix, topic, places, True, False)

    @property
    def next_offset(self) -> int:
        """Before the first batch, where they begin."""
        return self._source.position(0)

    def batches(self) -> Iterator[Batch]:
        """None is empty. Raises LogReadError, also where nothing comes any more before the end."""
        heard_s = time.monotonic()
        while (batch := self._source.next_batch(0, _BATCH_RECORDS, _WAIT_MS)) is not None:
            if len(batch):
                heard_s = time.monotonic()
                yield batch
            elif time.monotonic() - heard_s > _SILENCE_S:
                raise LogReadError(f"{self._place} fell silent at offset {self.next_offset}: ask again")
