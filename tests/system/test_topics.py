"""Topics and landing tables are made once, and held to their files ever after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from flows.connectors import clickhouse
from flows.contracts import topics as contract
from flows.stack import Stack, tables, topics

EVERY_TOPIC = list(contract.load().values())


def test_topics_are_there_with_their_partitions(stack: Stack) -> None:
    found = AdminClient(stack.settings.kafka()).list_topics(timeout=10).topics
    # Other tests of this stack make topics with prefixes.
    partitions = {topic.name: len(found[topic.name].partitions) for topic in EVERY_TOPIC}
    assert partitions == {topic.name: topic.partitions for topic in EVERY_TOPIC}


def test_the_log_keeps_for_ever_and_in_the_producers_time(stack: Stack) -> None:
    admin = AdminClient(stack.settings.kafka())
    asked = ConfigResource(ResourceType.TOPIC, "market.ticks")
    found = admin.describe_configs([asked])[asked].result(timeout=10)
    assert {name: found[name].value for name in ("retention.ms", "message.timestamp.type")} == {
        "retention.ms": "-1",
        "message.timestamp.type": "CreateTime",
    }


def test_made_again_is_made_not_at_all(stack: Stack) -> None:
    assert topics.create(stack.settings) == []
    assert tables.create(stack.settings) == []


def test_another_partition_count_is_refused(stack: Stack) -> None:
    other = replace(EVERY_TOPIC[0], partitions=EVERY_TOPIC[0].partitions + 1)
    with pytest.raises(topics.PartitionsDiffer, match=f"{other.name} has {EVERY_TOPIC[0].partitions} partitions"):
        topics.create(stack.settings, [other])


def test_a_prefix_makes_topics_of_its_own(stack: Stack) -> None:
    settings = replace(stack.settings, topic_prefix="other.")
    made = topics.create(settings, EVERY_TOPIC[:1])
    try:
        assert made == ["other.market.ticks"]
    finally:
        admin = AdminClient(settings.kafka())
        admin.delete_topics(made)["other.market.ticks"].result(timeout=10)


def test_an_unknown_topic_is_not_made_by_writing_to_it(stack: Stack) -> None:
    errors = []
    producer = Producer({**stack.settings.kafka(), "message.timeout.ms": 3000, "log_level": 0})
    producer.produce("market.tciks", b"x", on_delivery=lambda error, _message: errors.append(error))
    producer.flush(10)
    assert errors[0] is not None
    assert "market.tciks" not in AdminClient(stack.settings.kafka()).list_topics(timeout=10).topics


def test_every_topic_carries_a_record(stack: Stack) -> None:
    producer = Producer({**stack.settings.kafka(), "acks": "all", "enable.idempotence": True})
    consumer = Consumer({**stack.settings.kafka(), "group.id": "test", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic.name for topic in EVERY_TOPIC])
    try:
        for topic in EVERY_TOPIC:
            producer.produce(topic.name, topic.name.encode(), b"key")
        assert producer.flush(10) == 0
        arrived = set()
        while len(arrived) < len(EVERY_TOPIC):
            message = consumer.poll(20)
            assert message is not None
            assert message.error() is None
            arrived.add((message.topic(), message.value()))
        assert arrived == {(topic.name, topic.name.encode()) for topic in EVERY_TOPIC}
    finally:
        consumer.close()


def test_a_table_of_an_earlier_schema_is_named(stack: Stack) -> None:
    with clickhouse.client(stack.clickhouse_url) as client:
        client.command("ALTER TABLE shadow_diffs ADD COLUMN of_yesterday Int32")
        try:
            with pytest.raises(tables.TableDiffers, match=r"shadow_diffs .* of_yesterday"):
                tables.create(stack.settings)
        finally:
            client.command("ALTER TABLE shadow_diffs DROP COLUMN of_yesterday")
