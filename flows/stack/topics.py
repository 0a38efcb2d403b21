"""Makes the topics of `schemas/topics.toml` in the broker, as often as one likes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flows.contracts import topics as contract
from flows.contracts.topics import Topic
from flows.stack.errors import StackError
from flows.stack.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

_TIMEOUT_S = 30


class PartitionsDiffer(StackError):
    """A topic is there with another number of partitions: keys would land elsewhere than they did."""

    def __init__(self, name: str, found: int, wanted: int) -> None:
        super().__init__(
            f"topic {name} has {found} partitions, schemas/topics.toml says {wanted}: the count is chosen once; "
            "use another TAPEFLOW_TOPIC_PREFIX, or another data folder"
        )


def create(settings: Settings, topics: list[Topic] | None = None) -> list[str]:
    """Makes the topics that are not there, with the settings' prefix; the names of those that it made.

    Raises PartitionsDiffer, NotRunning, and StackError if the broker cannot be reached or refuses.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

    # Errors reach us as exceptions: librdkafka's own lines on stderr would only double them.
    admin = AdminClient({**settings.kafka(), "log_level": 0})
    asked = contract.load().values() if topics is None else topics
    wanted = {settings.topic(topic.name): topic for topic in asked}
    try:
        there = admin.list_topics(timeout=_TIMEOUT_S).topics
        for name, topic in wanted.items():
            if name in there and len(there[name].partitions) != topic.partitions:
                raise PartitionsDiffer(name, len(there[name].partitions), topic.partitions)
        missing = [
            # -1: the broker's own choice of replication, one where it is alone and three in a cluster.
            NewTopic(name, num_partitions=topic.partitions, replication_factor=-1, config=_configuration(topic))
            for name, topic in wanted.items()
            if name not in there
        ]
        _make(admin, missing)
        return [topic.topic for topic in missing]
    except KafkaException as error:
        raise StackError(f"topics at {settings.bootstrap_servers}: {error.args[0].str()}") from error


def _make(admin: AdminClient, missing: list[NewTopic]) -> None:
    """As soon as there are brokers for them: one that starts, or stood still for seconds, is not counted at once.

    Raises KafkaException.
    """
    deadline = time.monotonic() + _TIMEOUT_S
    while missing:
        futures = admin.create_topics(missing, operation_timeout=_TIMEOUT_S)
        refused = [topic for topic in missing if not _is_made(futures[topic.topic])]
        if refused and time.monotonic() > deadline:
            futures[refused[0].topic].result()
        missing = refused
        if missing:
            time.sleep(0.5)


def _is_made(future: Future[None]) -> bool:
    """False if there are too few brokers just now.

    Raises KafkaException for what else was refused.
    """
    from confluent_kafka import KafkaError, KafkaException

    try:
        future.result(timeout=_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.INVALID_REPLICATION_FACTOR:
            raise
        return False
    return True


def remove(settings: Settings, topics: list[Topic]) -> None:
    """Deletes these topics with the settings' prefix, and what they hold.

    Raises NotRunning, and StackError if the broker cannot be reached or refuses.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({**settings.kafka(), "log_level": 0})
    names = [settings.topic(topic.name) for topic in topics]
    try:
        for future in admin.delete_topics(names, operation_timeout=_TIMEOUT_S).values():
            future.result(timeout=_TIMEOUT_S)
    except KafkaException as error:
        raise StackError(f"topics at {settings.bootstrap_servers}: {error.args[0].str()}") from error


def _configuration(topic: Topic) -> dict[str, str]:
    """The broker's properties of a topic."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_ms),
        "retention.bytes": "-1",
        # The producer's time, so that it means the same on every broker.
        "message.timestamp.type": "CreateTime",
    }
