"""A cluster of brokers, each on a host of its own: an address of loopback."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.stack import ports
from flows.stack.kafka import Kafka, answers
from flows.stack.settings import BOOTSTRAP_SERVERS, Settings
from flows.stack.supervisor import Supervisor

_FIRST = """\
listeners=PLAINTEXT://{host}:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
default.replication.factor={copies}
"""
_OTHER = """\
process.roles=broker
node.id={node}
listeners=PLAINTEXT://{host}:{port}
advertised.listeners=PLAINTEXT://{host}:{port}
default.replication.factor={copies}
"""


@dataclass(frozen=True)
class Brokers:
    """What a stack says of its services."""

    folder: Path
    bootstrap_servers: str
    clickhouse_url: str = ""

    def settings(self, prefix: str) -> Settings:
        return Settings(self.folder, prefix, external={BOOTSTRAP_SERVERS: self.bootstrap_servers})


@contextmanager
def broker_cluster(folder: Path, hosts: tuple[str, ...]) -> Iterator[Brokers]:
    """One a host, every partition on all of them, until the end of the `with`."""
    port = ports.choose("kafka", 0, None, ())
    controller_port = ports.choose("controller", 0, None, [port])
    members = [
        _Member(
            folder / host,
            folder / f"{host}.log",
            port,
            controller_port,
            name=f"kafka at {host}",
            host=host,
            node=node,
            hosts=hosts,
        )
        for node, host in enumerate(hosts, start=1)
    ]
    # The first makes the cluster that the others join.
    for member in members:
        member.prepare()
    supervisor = Supervisor(members, lambda _line: None)
    try:
        supervisor.start()
        yield Brokers(folder, ",".join(f"{host}:{port}" for host in hosts))
    finally:
        supervisor.stop()


@dataclass(frozen=True, kw_only=True)
class _Member(Kafka):
    """The embedded broker, elsewhere and with others. The first of them is their controller, too."""

    host: str
    node: int
    hosts: tuple[str, ...]

    def prepare(self) -> None:
        if self.node > 1:
            self._join()
        super().prepare()
        named = {"host": self.host, "port": self.port, "controller_port": self.controller_port, "node": self.node}
        with self._settings.open("a") as settings:
            # The last word on a property counts.
            settings.write((_FIRST if self.node == 1 else _OTHER).format(**named, copies=len(self.hosts)))

    def ready(self) -> bool:
        return answers(self.host, self.port)

    def _join(self) -> None:
        """Storage as formatting makes it, of the cluster that the first one has made."""
        mine = self._log_dir / "meta.properties"
        if mine.exists():
            return
        text = (self.folder.with_name(self.hosts[0]) / self._log_dir.name / mine.name).read_text()
        directory = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        for key, value in (("node.id", str(self.node)), ("directory.id", directory)):
            text, found = re.subn(rf"(?m)^{re.escape(key)}=.*$", f"{key}={value}", text)
            assert found == 1, text
        mine.parent.mkdir(parents=True)
        mine.write_text(text)
