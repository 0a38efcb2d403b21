"""Where a partition begins and ends."""

from __future__ import annotations

import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

_AGAIN_S = 0.05
# A broker that answers may lead none of its partitions for a moment yet; librdkafka asks again only as it reads.
_SOON = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)


def watermarks(consumer: Consumer, partition: TopicPartition, timeout_s: float) -> tuple[int, int]:
    """The first offset there is, and the end. Raises KafkaException."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        try:
            low, high = consumer.get_watermark_offsets(partition, timeout=timeout_s)
            return low, high
        except KafkaException as error:
            if error.args[0].code() not in _SOON or time.monotonic() > deadline_s:
                raise
            time.sleep(_AGAIN_S)
