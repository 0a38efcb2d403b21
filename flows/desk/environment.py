"""What comes from the environment: where the services are. Passwords are never among what is shown or kept."""

from __future__ import annotations

import os
from collections.abc import Iterator

from flows.connectors.clickhouse import without_secret
from flows.stack import folder
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, REGISTRY_URL, TOPIC_PREFIX, Settings

EMBEDDED = "embedded"
_SERVICES = {
    "services.bootstrap_servers": BOOTSTRAP_SERVERS,
    "services.clickhouse_url": CLICKHOUSE_URL,
    "services.registry_url": REGISTRY_URL,
    "services.topic_prefix": TOPIC_PREFIX,
    "services.data_dir": folder.VARIABLE,
}


def values(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Key, value and origin of each, for `tapeflow config show`."""
    found = {**services(settings), "services.data_dir": str(settings.data_dir)}
    for key, variable in _SERVICES.items():
        yield key, found[key], f"environment variable {variable}" if os.environ.get(variable) else "default"


def services(settings: Settings) -> dict[str, str]:
    """Which broker, ClickHouse and registry are used, without secrets: `embedded` where none is named."""

    def shown(variable: str) -> str:
        found = settings.external.get(variable, "")
        return without_secret(found) if "://" in found else found or EMBEDDED

    return {
        "services.bootstrap_servers": shown(BOOTSTRAP_SERVERS),
        "services.clickhouse_url": shown(CLICKHOUSE_URL),
        "services.registry_url": shown(REGISTRY_URL),
        "services.topic_prefix": settings.topic_prefix,
    }
