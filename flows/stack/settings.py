"""Where the log, ClickHouse and the registry are: what the environment says, else the data folder's running stack."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.stack import folder, state
from flows.stack.errors import NotRunning

BOOTSTRAP_SERVERS = "TAPEFLOW_BOOTSTRAP_SERVERS"
CLICKHOUSE_URL = "TAPEFLOW_CLICKHOUSE_URL"
REGISTRY_URL = "SCHEMA_REGISTRY_URL"
TOPIC_PREFIX = "TAPEFLOW_TOPIC_PREFIX"
EXTERNAL = {BOOTSTRAP_SERVERS, CLICKHOUSE_URL, REGISTRY_URL}
"""Those that name a service in place of an embedded one."""
_KAFKA_PROPERTY = "TAPEFLOW_KAFKA_"


@dataclass(frozen=True)
class Settings:
    """Endpoints and names, made by `load`. One that is neither set nor running is an error when it is asked for."""

    data_dir: Path
    topic_prefix: str = ""
    kafka_properties: Mapping[str, str] = field(default_factory=dict, repr=False)
    """librdkafka properties for every client, from TAPEFLOW_KAFKA_*. May hold secrets, so it is not in the repr."""
    external: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Not in the repr either. What the environment names instead of an embedded service, by variable."""
    running: state.State = field(default_factory=state.State)

    @classmethod
    def load(cls, data_dir: Path | str | None = None) -> Settings:
        """Reads the environment and the data folder. Raises StackError if stack.json cannot be read."""
        resolved = folder.resolve(data_dir)
        environment = os.environ
        found = state.read(resolved)
        return cls(
            data_dir=resolved,
            topic_prefix=environment.get(TOPIC_PREFIX, ""),
            kafka_properties={
                name[len(_KAFKA_PROPERTY) :].lower().replace("_", "."): value
                for name, value in environment.items()
                if name.startswith(_KAFKA_PROPERTY)
            },
            external={name: environment[name] for name in EXTERNAL if environment.get(name)},
            running=found if found.owner_alive() else state.State(),
        )

    @property
    def bootstrap_servers(self) -> str:
        """`host:port`, comma-separated. Raises NotRunning."""
        return self._endpoint(BOOTSTRAP_SERVERS, self.running.bootstrap_servers, "broker")

    @property
    def clickhouse_url(self) -> str:
        """`http[s]://[user:password@]host:port/database`. Raises NotRunning."""
        return self._endpoint(CLICKHOUSE_URL, self.running.clickhouse_url, "ClickHouse")

    @property
    def registry_url(self) -> str:
        """Raises NotRunning."""
        return self._endpoint(REGISTRY_URL, self.running.registry_url, "schema registry")

    def topic(self, name: str) -> str:
        """The topic's name in the broker."""
        return self.topic_prefix + name

    def kafka(self) -> dict[str, str]:
        """librdkafka's configuration for any client. Raises NotRunning."""
        return {**self.kafka_properties, "bootstrap.servers": self.bootstrap_servers}

    def environment(self) -> dict[str, str]:
        """What a child process needs to find the same services. Raises NotRunning.

        The registry is named only where it is external: schema ids are in schemas/registry.jsonl otherwise.
        """
        found = {
            BOOTSTRAP_SERVERS: self.bootstrap_servers,
            CLICKHOUSE_URL: self.clickhouse_url,
            TOPIC_PREFIX: self.topic_prefix,
            folder.VARIABLE: str(self.data_dir),
        }
        if REGISTRY_URL in self.external:
            found[REGISTRY_URL] = self.external[REGISTRY_URL]
        return found

    def _endpoint(self, variable: str, embedded: str, wanted: str) -> str:
        found = self.external.get(variable) or embedded
        if not found:
            raise NotRunning(self.data_dir, wanted, variable)
        return found
