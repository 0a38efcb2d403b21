"""Both engines of a stage, held to the bit at every record: outputs, dead letters, snapshots."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from flows._native import Batch
from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts import topics
from flows.contracts.codec import decode, encode
from flows.contracts.registry import SchemaIds
from flows.kernels.stage import Entry, Output, Stage

IDS = SchemaIds.embedded()
PARTITION = 1
# Other counts than the declared ones, so that placement by key is seen to follow them.
PARTITIONS = {"risk.inbox": 5, "ops.dead_letters": 3}
_TOPIC_NUMBERS = {name: number for number, name in enumerate(topics.load())}
_NO_TIME = -(2**63)


def entry(topic: str, offset: int, value: Any) -> Entry:
    """A record, or raw bytes, as a source reads it."""
    message = value if isinstance(value, bytes) else encode(value, IDS)
    return Entry(topic, PARTITION, offset, b"key", message, (PARTITION, offset, 0))


def batch(entries: Sequence[Entry]) -> Batch:
    """The entries as the buffer that crosses between processes (`Batch::to_bytes`)."""
    slots, data, end = [], [], 0
    for one in entries:
        key_end = end + len(one.key)
        end = key_end + len(one.value)
        partition, offset, index = one.origin
        place = (_TOPIC_NUMBERS[one.topic], one.partition, one.offset, -1, _NO_TIME)
        slots.append(struct.pack("<BiqqqqiiII", *place, offset, partition, index, key_end, end))
        data += [one.key, one.value]
    return Batch.from_bytes(struct.pack("<I", len(slots)) + b"".join(slots + data))


class Twins:
    """A stage in both engines."""

    def __init__(self, name: str, config: Mapping[str, Any]) -> None:
        self._made_of = (name, config)
        self._python, self._rust = self._fresh()

    def _fresh(self) -> tuple[Stage, RustStage]:
        name, config = self._made_of
        return (
            Stage(name, config, IDS, PARTITIONS),
            RustStage(name, json.dumps(config), RustIds.embedded(), PARTITIONS),
        )

    def feed(self, entries: Sequence[Entry]) -> list[Output]:
        """What both make of the entries."""
        expected = self._python.process(entries)
        made = [
            Output(topic, partition, key, value, origin)
            for topic, partition, _, key, value, origin, _ in self._rust.process(batch(entries)).entries()
        ]
        assert [_readable(one) for one in made] == [_readable(one) for one in expected]
        assert made == expected
        assert decode(self._rust.snapshot(), IDS) == decode(self._python.snapshot(), IDS)
        assert self._rust.snapshot() == self._python.snapshot()
        return expected

    def snapshot(self) -> bytes:
        """The same from both."""
        return self._python.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Both engines go on from there."""
        self._python, self._rust = self._fresh()
        self._python.restore(snapshot)
        self._rust.restore(snapshot)

    def swap(self) -> None:
        """Each engine goes on from the other's snapshot."""
        python, rust = self._fresh()
        python.restore(self._rust.snapshot())
        rust.restore(self._python.snapshot())
        self._python, self._rust = python, rust

    def feed_swapping(self, entries: Sequence[Entry], swaps: set[int]) -> list[Output]:
        """As `feed`, record by record, with a swap before each position in `swaps`."""
        outputs = []
        for position, one in enumerate(entries):
            if position in swaps:
                self.swap()
            outputs += self.feed([one])
        return outputs


def records(outputs: Sequence[Output]) -> list[Any]:
    """The records of outputs."""
    return [decode(output.value, IDS) for output in outputs]


def follow(topic: str, outputs: Sequence[Output], first_offset: int = 0) -> list[Entry]:
    """Outputs as the next stage reads them from `topic`."""
    written = [output for output in outputs if output.topic == topic]
    return [
        Entry(topic, output.partition, offset, output.key, output.value, output.origin)
        for offset, output in enumerate(written, first_offset)
    ]


def _readable(output: Output) -> tuple[Any, ...]:
    return output.topic, output.partition, output.key, output.origin, decode(output.value, IDS)
