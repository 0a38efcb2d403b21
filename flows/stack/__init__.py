"""The embedded services: Kafka, ClickHouse and the schema registry, supervised by the process that starts them."""

from flows.stack.stack import Stack

__all__ = ["Stack"]
