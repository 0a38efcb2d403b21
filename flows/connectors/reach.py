"""Whether a broker answers, and what it says of its topics."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from flows.connectors.log_ends import BrokerAway
from flows.stack.settings import Settings

_TIMEOUT_S = 5.0


def partition_counts(settings: Settings) -> Mapping[str, int]:
    """How many partitions every topic of the broker has, by its whole name. Raises BrokerAway, NotRunning."""
    # What goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
    admin = AdminClient({**settings.kafka(), "log_level": 0})
    try:
        found = admin.list_topics(timeout=_TIMEOUT_S).topics
    except KafkaException as error:
        servers = settings.bootstrap_servers
        raise BrokerAway(
            f"the broker at {servers} does not answer ({error.args[0].str()}): check TAPEFLOW_BOOTSTRAP_SERVERS, "
            "and TAPEFLOW_KAFKA_* if it asks for a password"
        ) from error
    return {name: len(topic.partitions) for name, topic in found.items()}
