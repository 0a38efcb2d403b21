"""The log as sources and sinks share it: one per flow for reading, one for writing."""

from __future__ import annotations

import threading
from collections.abc import Collection

from flows._native import Producer, partition_counts


class KafkaLog:
    """Broker and topic prefix. Connects when it is first used, so that a flow can be built before its broker is up."""

    def __init__(self, bootstrap_servers: str, prefix: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.prefix = prefix
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._producer: Producer | None = None

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has. Raises LogReadError."""
        return self.partition_counts([topic])[topic]

    def partition_counts(self, names: Collection[str]) -> dict[str, int]:
        """How many partitions each topic has. Raises LogReadError."""
        with self._lock:
            unknown = [name for name in names if name not in self._counts]
            if unknown:
                self._counts.update(partition_counts(self.bootstrap_servers, self.prefix, unknown))
            return {name: self._counts[name] for name in names}

    def producer(self) -> Producer:
        """The one producer of this process. Raises LogConfigError, RegistryError."""
        with self._lock:
            if self._producer is None:
                self._producer = Producer(self.bootstrap_servers, self.prefix)
            return self._producer

    def unacknowledged(self) -> int:
        """Records sent that the broker has not confirmed."""
        return self._producer.unacknowledged() if self._producer else 0
