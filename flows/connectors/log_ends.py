"""Where every partition of a topic begins and ends, and what it held at a time, as the broker says it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from confluent_kafka import KafkaException, TopicPartition

# OffsetSpec is public, and missing in the module's __all__.
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from flows.contracts import topics
from flows.errors import TapeflowError
from flows.stack.settings import Settings

_TIMEOUT_S = 10.0
_ANSWER_S = 3.0
_PAUSE_S = 0.1


class BrokerAway(TapeflowError):
    """The broker did not answer."""


class LogEnds:
    """Asks one broker, over one connection that is kept while it works."""

    def __init__(self, settings: Settings) -> None:
        """Raises NotRunning where there is no broker."""
        self._settings = settings
        self._admin = self._connect()

    def read(self, names: Iterable[str]) -> dict[str, dict[int, int]]:
        """By topic (without prefix) and partition, the offset of the next record. Raises BrokerAway."""
        return self._read(names, OffsetSpec.latest())  # type: ignore[no-untyped-call]

    def beginnings(self, names: Iterable[str]) -> dict[str, dict[int, int]]:
        """By topic and partition, the oldest offset that is kept. Raises BrokerAway."""
        return self._read(names, OffsetSpec.earliest())  # type: ignore[no-untyped-call]

    def at_time(self, names: Iterable[str], time_ms: int) -> dict[str, dict[int, int]]:
        """By topic and partition, the first offset written at that time or later; the end if there is none. Raises
        BrokerAway."""
        names = list(names)
        ends = self.read(names)
        found = self._read(names, OffsetSpec.for_timestamp(time_ms), none_yet=True)
        return {
            name: {partition: offset if offset >= 0 else ends[name][partition] for partition, offset in offsets.items()}
            for name, offsets in found.items()
        }

    def _read(self, names: Iterable[str], spec: OffsetSpec, *, none_yet: bool = False) -> dict[str, dict[int, int]]:
        asked = {
            TopicPartition(self._settings.topic(name), partition): (name, partition)
            for name in names
            for partition in range(topics.load()[name].partitions)
        }
        deadline_s = time.monotonic() + _TIMEOUT_S
        while True:
            try:
                return self._ask(asked, spec, none_yet)
            except (KafkaException, TimeoutError) as error:
                # A client keeps the leaders that it once learnt, even when a restarted broker denies them.
                self._admin = self._connect()
                if time.monotonic() > deadline_s:
                    servers = self._settings.bootstrap_servers
                    raise BrokerAway(f"the broker at {servers} does not answer: {error}") from error
            time.sleep(_PAUSE_S)

    def _connect(self) -> AdminClient:
        # What goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
        return AdminClient({**self._settings.kafka(), "log_level": 0})

    def _ask(
        self, asked: dict[TopicPartition, tuple[str, int]], spec: OffsetSpec, none_yet: bool
    ) -> dict[str, dict[int, int]]:
        answers = self._admin.list_offsets(dict.fromkeys(asked, spec), request_timeout=_ANSWER_S)
        ends: dict[str, dict[int, int]] = {}
        for asked_for, answer in answers.items():
            name, partition = asked[asked_for]
            offset = answer.result(_ANSWER_S).offset
            if offset < 0 and not none_yet:
                # What librdkafka says, instead of an error, while it has no connection.
                raise TimeoutError("no connection")
            ends.setdefault(name, {})[partition] = offset
        return ends
