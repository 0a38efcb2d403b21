"""When single records were written, as their timestamps in the log say."""

from __future__ import annotations

import time
from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaException, TopicPartition

from flows.stack.settings import Settings

_TIMEOUT_S = 3.0
_POLL_S = 0.1

Place = tuple[str, int]
"""Topic without prefix, and partition."""


def written_ms(settings: Settings, offsets: Mapping[Place, int]) -> dict[Place, int]:
    """The timestamp of the first record at or behind each offset, in milliseconds since the epoch.

    What the broker does not show within some seconds is left out. Raises NotRunning.
    """
    if not offsets:
        return {}
    # log_level 0: what goes wrong shows as missing; librdkafka's own lines on stderr would only double it.
    consumer = Consumer(
        {
            **settings.kafka(),
            "group.id": "tapeflow-status",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.message.max.bytes": 1 << 16,
            "fetch.wait.max.ms": 10,
            "log_level": 0,
        }
    )
    wanted = {(settings.topic(topic), partition): (topic, partition) for topic, partition in offsets}
    found: dict[Place, int] = {}
    try:
        consumer.assign([TopicPartition(name, part, offsets[place]) for (name, part), place in wanted.items()])
        deadline_s = time.monotonic() + _TIMEOUT_S
        while len(found) < len(offsets) and time.monotonic() < deadline_s:
            message = consumer.poll(_POLL_S)
            if message is None or message.error():
                continue
            place = wanted[message.topic() or "", message.partition() or 0]
            if place not in found:
                found[place] = message.timestamp()[1]
                consumer.pause([TopicPartition(message.topic() or "", message.partition() or 0)])
    except KafkaException:
        return found
    finally:
        consumer.close()
    return found
