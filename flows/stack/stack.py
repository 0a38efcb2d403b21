"""The embedded stack of one data folder, owned by this process and gone with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from flows.stack import files, folder, jars, ports, state
from flows.stack.clickhouse import ClickHouse
from flows.stack.errors import StackError
from flows.stack.kafka import Kafka
from flows.stack.process import Identity, Process
from flows.stack.registry import Registry
from flows.stack.service import Service
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, REGISTRY_URL, Settings
from flows.stack.supervisor import Supervisor


class Stack:
    """Kafka, ClickHouse and the schema registry on loopback.

    `with Stack(folder) as stack:` starts what the environment does not name elsewhere, waits until all of it answers,
    and stops it at the end. Services that die meanwhile are started again on the same port.
    """

    def __init__(
        self,
        data_dir: Path | str | None = None,
        *,
        kafka_port: int = 0,
        clickhouse_port: int = 0,
        registry_port: int = 0,
        report: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Port 0: the one of last time if it is free, else any. `report` takes one line about every event."""
        self.data_dir = folder.resolve(data_dir)
        self._asked = {"kafka": kafka_port, "clickhouse": clickhouse_port, "registry": registry_port}
        self._report = report
        self._state = state.State()
        self._external = Settings.load(self.data_dir).external
        self._registry: Registry | None = None
        self._supervisor: Supervisor | None = None
        self._lock: state.Lock | None = None

    def __enter__(self) -> Stack:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        return self._external.get(BOOTSTRAP_SERVERS) or self._state.bootstrap_servers

    @property
    def clickhouse_url(self) -> str:
        return self._external.get(CLICKHOUSE_URL) or self._state.clickhouse_url

    @property
    def registry_url(self) -> str:
        return self._external.get(REGISTRY_URL) or self._state.registry_url

    @property
    def settings(self) -> Settings:
        """What clients and child processes of this stack use."""
        return Settings.load(self.data_dir)

    def start(self, give_up: threading.Event | None = None) -> None:
        """Starts and waits until all answer, or until `give_up` is set: then call `stop`.

        Raises AlreadyRunning, FolderUnusable, DiskFull, PortTaken, ServiceFailed, JarsMissing; nothing runs then.
        """
        folder.make(self.data_dir)
        self._lock = state.Lock(self.data_dir)
        try:
            self._clear_stale()
            services = self._services()
            self._supervisor = Supervisor(services, self._report, self._save_if_possible)
            self._save()
            if self._registry:
                self._registry.start()
            self._supervisor.start(give_up)
            self._state.ready = not (give_up and give_up.is_set())
            self._save()
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise StackError(f"{self.data_dir}: {error.strerror or error}") from error
            raise

    def stop(self) -> None:
        """Stops all, in seconds. Harmless if nothing runs."""
        if self._registry:
            self._registry.stop()
            self._registry = None
        if self._supervisor:
            self._supervisor.stop()
            self._supervisor = None
        if self._lock:
            lock, self._lock = self._lock, None
            try:
                state.write(self.data_dir, state.State(ports=self._state.ports))
            finally:
                lock.release()

    def process(self, service: str) -> Process | None:
        """The process of `kafka` or `clickhouse`; None while it is down."""
        return self._running().process(service)

    def take_down(self, service: str) -> None:
        """Stops one service and keeps it down."""
        self._running().take_down(service)

    def bring_up(self, service: str) -> None:
        """Starts it again, and waits until it answers."""
        self._running().bring_up(service)

    def _running(self) -> Supervisor:
        if not self._supervisor:
            raise StackError(f"the stack of {self.data_dir} is not started")
        return self._supervisor

    def _clear_stale(self) -> None:
        """A former owner was killed: takes its ports over, and ends what it may have left where no kernel did."""
        former = state.read(self.data_dir)
        self._state = state.State(owner=Identity.of_this_process(), ports=former.ports)
        if former.owner is None:
            return
        self._report(f"the former owner, process {former.owner.pid}, ended without stopping the stack: clearing up")
        for service in former.services.values():
            if service.process:
                service.process.kill()

    def _services(self) -> list[Service]:
        logs = self.data_dir / "logs"
        services: list[Service] = []
        if BOOTSTRAP_SERVERS not in self._external:
            # Here, where Ctrl-C reaches it: the first time it is a download.
            jars.ensure(self._report)
            kafka = Kafka(
                folder=self.data_dir / "kafka",
                log=logs / "kafka.log",
                port=self._port("kafka"),
                controller_port=self._port("controller"),
                progress=self._report,
            )
            self._state.bootstrap_servers = kafka.bootstrap_servers
            self._add(kafka, kafka.bootstrap_servers, services)
        if CLICKHOUSE_URL not in self._external:
            clickhouse = ClickHouse(
                folder=self.data_dir / "clickhouse", log=logs / "clickhouse.log", port=self._port("clickhouse")
            )
            self._state.clickhouse_url = clickhouse.url
            self._add(clickhouse, clickhouse.url, services)
        if REGISTRY_URL not in self._external:
            self._registry = Registry(files.REGISTRY_FILE, self._port("registry"))
            self._state.registry_url = self._registry.url
        return services

    def _add(self, service: Service, endpoint: str, services: list[Service]) -> None:
        services.append(service)
        self._state.services[service.name] = state.ServiceState(endpoint, str(service.log))

    def _port(self, name: str) -> int:
        taken = {port for other, port in self._state.ports.items() if other != name}
        chosen = ports.choose(name, self._asked.get(name, 0), self._state.ports.get(name), taken)
        self._state.ports[name] = chosen
        return chosen

    def _save_if_possible(self) -> None:
        """A full disk must not end services that still run."""
        try:
            self._save()
        except OSError as error:
            self._report(f"cannot write {state.path(self.data_dir)}: {error.strerror}")

    def _save(self) -> None:
        for name, service in self._state.services.items():
            process = self._running().process(name)
            service.process = process.identity if process else None
            service.restarts = self._running().restarts(name)
        state.write(self.data_dir, self._state)
