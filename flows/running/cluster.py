"""A flow as several processes, on one machine or on many, that share out its partitions."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.errors import TapeflowError
from flows.stack import ports

_NAME_S = 15.0
_POLL_S = 0.5


class BadCluster(TapeflowError):
    """A number of processes, or a place among them, that cannot be meant."""


class AddressUnusable(TapeflowError):
    """A process cannot listen for the others."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"cannot listen on {address} for the flow's other processes: {reason}; "
            "stop what listens there (this process, started twice?), or choose another port in --addresses"
        )


PEER_LOST = 75
"""Exit code for PeerLost: nothing is wrong with the process itself, and it may be started again."""


class PeerLost(TapeflowError):
    """Bytewax ends all processes of a cluster when one of them has ended."""

    def __init__(self, process: int) -> None:
        super().__init__(
            f"process {process} ends because another process of its flow has: look there for the reason, and start all "
            "of them again; they go on from what was saved"
        )


@dataclass(frozen=True)
class Cluster:
    """One process's place among those of its flow."""

    process: int = 0
    addresses: tuple[str, ...] = ()
    """Where each of the processes listens for the others, `host:port`, this one included; empty if it is alone."""

    @classmethod
    def here(cls, processes: int) -> Cluster:
        """The first of so many on this machine, on free loopback ports."""
        taken: list[int] = []
        while len(taken) < processes > 1:
            taken.append(ports.choose("flow", 0, None, taken))
        return cls(0, tuple(f"{ports.HOST}:{port}" for port in taken))

    @classmethod
    def of(cls, process: int | None, addresses: Sequence[str]) -> Cluster:
        """As the command line says. Raises BadCluster."""
        if not addresses:
            raise BadCluster("--process needs --addresses: host:port of each process of the flow, separated by commas")
        if process is None:
            raise BadCluster(f"--addresses names {len(addresses)} processes: say with --process which of them this is")
        if process not in range(len(addresses)):
            raise BadCluster(f"there is no process {process}: --addresses names 0 to {len(addresses) - 1}")
        for address in addresses:
            host, _, port = address.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise BadCluster(f"{address or 'nothing'} is no address: write host:port, as in 127.0.0.1:2101")
            if addresses.count(address) > 1:
                raise BadCluster(f"--addresses names {address} twice: each process needs its own")
        return cls(process, tuple(addresses) if len(addresses) > 1 else ())

    @property
    def processes(self) -> int:
        return max(1, len(self.addresses))

    def has(self, partition: int) -> bool:
        """Whether a partition of the flow's topic is this process's. It reads it, works on it, and writes what that
        makes: nothing passes from process to process but the word that a second's work is saved."""
        return partition % self.processes == self.process

    def share_out(self, topic: str, partitions: int) -> None:
        """Raises BadCluster if there is not a partition for each process."""
        if self.processes > partitions:
            raise BadCluster(
                f"{self.processes} processes are more than {topic} has partitions ({partitions}), "
                f"and the others would have nothing to do: run at most {partitions}"
            )

    def listen(self) -> None:
        """Raises AddressUnusable if this process could not listen where the others look for it.

        A name of its own may come to be known a little after the process itself: a pod's does.
        """
        if not self.addresses:
            return
        address = self.addresses[self.process]
        host, _, port = address.rpartition(":")
        try:
            family, kind, protocol, _, place = _looked_up(host, int(port))
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as error:
            raise AddressUnusable(address, error.strerror or str(error)) from error


ALONE = Cluster()


def _looked_up(host: str, port: int) -> tuple[int, int, int, str, Any]:
    """As getaddrinfo has it. Raises OSError when nobody knows the name for a while."""
    deadline_s = time.monotonic() + _NAME_S
    while True:
        try:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        except socket.gaierror:
            if time.monotonic() > deadline_s:
                raise
        time.sleep(_POLL_S)
