"""What the simulated exchange trades, and how far its market is: its own words, over HTTP."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Listing:
    """An exchange that is up."""

    venue: str
    address: str
    """host:port on loopback."""
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Playback:
    """How far the market is."""

    state: str
    """waiting, playing, ended."""
    drained: bool
    """Ended, and everything is written to the clients' sockets."""
    lines_played: int
    sent_messages: int


def read_listing(address_file: Path) -> Listing:
    """The exchange that wrote `address_file`. Raises OSError while it cannot be reached."""
    ready = json.loads(address_file.read_text())
    status = _status(ready["listening"])
    symbols = tuple(listed["symbol"] for listed in status["symbols"])
    return Listing(ready["venue"], ready["listening"], symbols)


def read_playback(address: str) -> Playback:
    """Raises OSError while the exchange cannot be reached."""
    status = _status(address)
    return Playback(status["state"], status["drained"], status["lines_played"], status["sent_messages"])


def _status(address: str) -> Any:
    with urllib.request.urlopen(f"http://{address}/tapeflow/status", timeout=5) as answer:
        return json.load(answer)
