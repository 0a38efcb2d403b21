"""Writes and reads whole topics, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from flows.connectors.watermarks import watermarks
from flows.contracts.partition import partition_of
from flows.contracts.topics import load
from flows.stack.settings import Settings


@dataclass(frozen=True)
class Written:
    """One record as it stands in the log."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    produced_ns: int | None = field(default=None, compare=False)
    """Of its header, where it has one: no two runs write the same one."""


def cut(settings: Settings, topic: str, partition: int, before: int) -> None:
    """Deletes the records before an offset, as retention does."""
    admin = AdminClient(settings.kafka())
    for done in admin.delete_records([TopicPartition(settings.topic(topic), partition, before)]).values():
        done.result(30)


def write(settings: Settings, topic: str, messages: Iterable[tuple[bytes, bytes]]) -> int:
    """Appends messages by key, and returns how many when all are acknowledged."""
    failed: list[KafkaError] = []

    def delivered(error: KafkaError | None, _message: Message) -> None:
        if error:
            failed.append(error)

    producer = Producer({**settings.kafka(), "acks": "all", "linger.ms": "5", "enable.idempotence": "true"})
    count = 0
    for key, value in messages:
        partition = partition_of(key, load()[topic].partitions)
        while True:
            try:
                producer.produce(settings.topic(topic), value, key, partition, on_delivery=delivered)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        if count % 10_000 == 0:
            producer.poll(0)
    producer.flush()
    assert not failed, failed[0]
    return count


def read(settings: Settings, topic: str, prefix: str | None = None) -> list[Written]:
    """Every record of the topic, partition by partition, up to where it ends now."""
    name = (settings.topic_prefix if prefix is None else prefix) + topic
    consumer = Consumer(
        {**settings.kafka(), "group.id": "test", "enable.auto.commit": "false", "fetch.wait.max.ms": "20"}
    )
    found = []
    try:
        marks = {
            partition: watermarks(consumer, TopicPartition(name, partition), 30)
            for partition in range(load()[topic].partitions)
        }
        consumer.assign([TopicPartition(name, partition, low) for partition, (low, _) in marks.items()])
        missing = sum(high - low for low, high in marks.values())
        while missing > 0:
            message = consumer.poll(30)
            assert message is not None, f"{name} fell silent, {missing} records before its end"
            assert not message.error(), message.error()
            partition, offset = message.partition() or 0, message.offset() or 0
            headers = dict(message.headers() or ())
            produced_ns = int.from_bytes(headers["produced_ns"], "big") if "produced_ns" in headers else None
            found.append(Written(partition, offset, message.key() or b"", message.value() or b"", produced_ns))
            missing -= 1
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))
