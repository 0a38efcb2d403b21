"""Who stands beside a desk: one reads every acknowledged record, one has an operator's words acknowledged."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from zlib import crc32

from confluent_kafka import Consumer, TopicPartition

from flows.connectors import operator, rollout_log
from flows.connectors.operator import CommandLost
from flows.contracts import topics
from flows.contracts.records import Command
from flows.contracts.registry import SchemaIds
from flows.demo.desk import ACCOUNT
from flows.errors import LogReadError
from flows.operator_commands import simple
from flows.rollout.commands import policy
from flows.stack.settings import Settings
from tests.chaos.schedule import Change

_POLL_S = 0.2
_BATCH = 1_000
_COMMAND_EVERY_S = 1.5
_IDS = SchemaIds.embedded()

Place = tuple[str, int, int]
"""Topic, partition, offset."""


class Witness(threading.Thread):
    """Notes what the log said: a broker hands out what is acknowledged, so none of it may ever vanish or change."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="witness")
        self._settings = settings
        self._done = threading.Event()
        self._seen: dict[str, dict[Place, int]] = defaultdict(dict)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self._read()
        except BaseException as error:
            self.failure = error

    def _read(self) -> None:
        # log_level 0: it hears of every death of the broker, and is told where to look again.
        reader = Consumer({**self._settings.kafka(), "group.id": "witness", "log_level": 0})
        names = {self._settings.topic(name): name for name in topics.load()}
        places = [(full, part) for full, name in names.items() for part in range(topics.load()[name].partitions)]
        reader.assign([TopicPartition(full, part, 0) for full, part in places])
        while not self._done.is_set():
            for message in reader.consume(_BATCH, _POLL_S):
                if message.error() is None:
                    name = names[message.topic() or ""]
                    place = (name, message.partition() or 0, message.offset() or 0)
                    self._seen[name][place] = crc32(message.value() or b"")
        reader.close()

    def finish(self) -> Mapping[str, Mapping[Place, int]]:
        """By topic, the checksum of every record seen, by its place."""
        self._done.set()
        self.join()
        if self.failure:
            raise self.failure
        return self._seen


class Operator(threading.Thread):
    """Resumes now and then what nobody has killed, and changes engines as its schedule says: records whose fate we
    know from the broker."""

    def __init__(self, settings: Settings, changes: Sequence[Change]) -> None:
        super().__init__(name="operator")
        self._settings = settings
        self._changes = deque(changes)
        self._done = threading.Event()
        self.acknowledged: list[str] = []
        """Reasons of the commands and policies that the broker confirmed."""
        self.unknown: list[str] = []
        """Those of the ones that it did not: they may be in the log."""

    def run(self) -> None:
        began_s = time.monotonic()
        number = 0
        while not self._done.wait(_COMMAND_EVERY_S):
            number += 1
            command = simple(Command.RESUME, ACCOUNT, f"chaos {number}")
            self._say(command.reason, partial(operator.say, self._settings, _IDS, [command]))
            while self._changes and self._changes[0].at_s < time.monotonic() - began_s:
                change = self._changes.popleft()
                rollout = policy(change.stage, change.rust_percent, [], [], str(change))
                self._say(rollout.reason, partial(rollout_log.say, self._settings, _IDS, [rollout]))

    def _say(self, reason: str, say: Callable[[], None]) -> None:
        try:
            say()
            self.acknowledged.append(reason)
        except (CommandLost, LogReadError):
            self.unknown.append(reason)

    def finish(self) -> None:
        self._done.set()
        self.join()
