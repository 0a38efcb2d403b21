"""What a demo is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of `tapeflow demo`."""

    captures: tuple[Path, ...] = ()
    """Recordings to play, one after the other; none: a seeded market."""
    speed: str = "10"
    """`1` as recorded, `N` times as fast, `max` as fast as it is read."""
    venue: str | None = None
    """None: what the recording shows, else binance."""
    duration_s: float | None = None
    """Wall-clock seconds of market. None: a recording's whole length, else 30 s."""
    engine: str = "rust"
    data_dir: Path = Path(".tapeflow/demo")

    @property
    def market_seconds(self) -> float | None:
        """The wall-clock limit that holds."""
        if self.duration_s is None and not self.captures:
            return 30.0
        return self.duration_s
