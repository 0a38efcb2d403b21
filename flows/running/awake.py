"""Keeps idle processors from falling asleep, by the kernel's own means: a record then meets a processor that is awake.

Waking one costs more than most hops of an order's way, above all on a virtual machine. The price is power: an idle
processor spins instead.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import TapeflowError

# Linux' CPU latency limit: it holds while the file is open (Documentation/power/pm_qos_interface.rst).
DEVICE = Path("/dev/cpu_dma_latency")
_LATENCY_US = struct.pack("i", 0)


class CannotKeepAwake(TapeflowError):
    """The kernel does not let this process say so."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot keep processors awake: {DEVICE}: {reason}; run as root, or leave out --keep-awake")


@contextmanager
def awake() -> Iterator[None]:
    """All processors of this machine stay awake in the `with`. Raises CannotKeepAwake."""
    try:
        device = DEVICE.open("wb", buffering=0)
    except OSError as error:
        raise CannotKeepAwake(error.strerror or str(error)) from error
    with device:
        device.write(_LATENCY_US)
        yield
