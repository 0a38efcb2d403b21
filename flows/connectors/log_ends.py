"""Where every partition of a topic ends, as the broker says it."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import KafkaException, TopicPartition

# OffsetSpec is public, and missing in the module's __all__.
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from flows.contracts import topics
from flows.errors import TapeflowError
from flows.stack.settings import Settings

_TIMEOUT_S = 10.0


class BrokerAway(TapeflowError):
    """The broker did not answer."""


class LogEnds:
    """Asks one broker, over one connection that is kept."""

    def __init__(self, settings: Settings) -> None:
        """Raises NotRunning where there is no broker."""
        self._settings = settings
        # What goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
        self._admin = AdminClient({**settings.kafka(), "log_level": 0})

    def read(self, names: Iterable[str]) -> dict[str, dict[int, int]]:
        """By topic (without prefix) and partition, the offset of the next record. Raises BrokerAway."""
        asked = {
            TopicPartition(self._settings.topic(name), partition): (name, partition)
            for name in names
            for partition in range(topics.load()[name].partitions)
        }
        newest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        try:
            answers = self._admin.list_offsets(dict.fromkeys(asked, newest), request_timeout=_TIMEOUT_S)
            ends: dict[str, dict[int, int]] = {}
            for asked_for, answer in answers.items():
                name, partition = asked[asked_for]
                ends.setdefault(name, {})[partition] = answer.result(_TIMEOUT_S).offset
            return ends
        except (KafkaException, TimeoutError) as error:
            raise BrokerAway(f"the broker at {self._settings.bootstrap_servers} does not answer: {error}") from error
