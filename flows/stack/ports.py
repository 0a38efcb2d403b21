"""Choice of loopback ports."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

from flows.stack.errors import PortTaken, StackError

HOST = "127.0.0.1"

# Below the kernel's ephemeral range: a client that retries a dead service's port could otherwise be given that very
# port as its own, connect to itself, and keep the service from coming back.
_RANGE = range(20_000, 32_000)
_TRIES = 200


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that just closed do not count, listeners do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(service: str, asked: int, remembered: int | None, taken: Collection[int]) -> int:
    """The port asked for, else the one remembered from last time if it is free, else any free one.

    Raises PortTaken if the port asked for is in use.
    """
    if asked:
        if asked in taken or not is_free(asked):
            raise PortTaken(service, asked)
        return asked
    if remembered and remembered not in taken and is_free(remembered):
        return remembered
    for _ in range(_TRIES):
        port = random.choice(_RANGE)
        if port not in taken and is_free(port):
            return port
    raise StackError(f"{service}: found no free port on {HOST} between {_RANGE.start} and {_RANGE.stop}")
