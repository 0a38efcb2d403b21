"""Whether the services answer, now: what `tapeflow status` shows."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.stack import kafka, state
from flows.stack.process import resident_bytes
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, REGISTRY_URL, Settings

_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class Health:
    """One service, embedded or external."""

    name: str
    state: str
    """`up`, `not answering`, `starting`, `down`; `external`: those are not probed with the user's secrets; `file`: the
    ids of schemas/registry.jsonl are used, as with any broker of one's own where no registry is named."""
    endpoint: str
    pid: int | None = None
    resident_bytes: int | None = None
    restarts: int | None = None

    @property
    def well(self) -> bool:
        return self.state in ("up", "external", "file")


def check(settings: Settings) -> list[Health]:
    """All services of these settings, each probed in its own protocol."""
    running = settings.running
    return [
        _service("kafka", running, running.bootstrap_servers, settings.external.get(BOOTSTRAP_SERVERS)),
        _service("clickhouse", running, running.clickhouse_url, settings.external.get(CLICKHOUSE_URL)),
        _registry(settings),
    ]


def _registry(settings: Settings) -> Health:
    running, external = settings.running, settings.external
    if not running.registry_url and BOOTSTRAP_SERVERS in external and REGISTRY_URL not in external:
        return Health("registry", "file", "schemas/registry.jsonl")
    return _service("registry", running, running.registry_url, external.get(REGISTRY_URL))


def _service(name: str, running: state.State, endpoint: str, external: str | None) -> Health:
    if external:
        return Health(name, "external", without_secrets(external))
    if not endpoint:
        return Health(name, "down", "-")
    known = running.services.get(name)
    # The registry is a thread of the owner.
    identity = known.process if known else running.owner
    pid = identity.pid if identity and identity.alive() else None
    answers = pid is not None and _PROBES[name](endpoint)
    word = "up" if answers else "not answering" if running.ready else "starting"
    return Health(name, word, endpoint, pid, resident_bytes(pid) if pid else None, known.restarts if known else 0)


def without_secrets(external: str) -> str:
    """An endpoint without user and password."""
    if "://" not in external:
        return external
    parts = urlsplit(external)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _kafka_answers(endpoint: str) -> bool:
    host, _, port = endpoint.rpartition(":")
    return kafka.answers(host, int(port))


def _http_answers(endpoint: str, path: str) -> bool:
    parts = urlsplit(endpoint)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


_PROBES: dict[str, Callable[[str], bool]] = {
    "kafka": _kafka_answers,
    "clickhouse": lambda endpoint: _http_answers(endpoint, "/ping"),
    "registry": lambda endpoint: _http_answers(endpoint, "/schemas/types"),
}
