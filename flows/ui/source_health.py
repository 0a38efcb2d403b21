"""Whether a source of the page answers, and since when it does not."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flows.errors import TapeflowError

# A reading takes a fraction of a second; one that takes longer waits for somebody.
_SLOW_S = 5.0


@dataclass(slots=True)
class SourceHealth:
    """Written by the thread that reads the source, read by all."""

    name: str
    fault: str = ""
    """One line; empty while it answers."""
    answered_s: float | None = None
    """When it answered last."""
    asked_s: float | None = None
    """When it was asked for what it has not answered yet."""

    def ask(self) -> None:
        self.asked_s = time.monotonic()

    def answered(self) -> None:
        self.fault, self.asked_s, self.answered_s = "", None, time.monotonic()

    def failed(self, error: TapeflowError) -> None:
        self.fault, self.asked_s = " ".join(str(error).split()), None

    @property
    def age_s(self) -> float | None:
        """Seconds since it answered last; None if it never has."""
        return None if self.answered_s is None else time.monotonic() - self.answered_s

    def picture(self) -> dict[str, object]:
        """For the page."""
        age_s = self.age_s
        return {
            "name": self.name,
            "fault": self._slow(age_s) or self.fault,
            "age_s": None if age_s is None else round(age_s, 1),
        }

    def _slow(self, age_s: float | None) -> str:
        waits_s = 0.0 if self.asked_s is None else time.monotonic() - self.asked_s
        if waits_s <= _SLOW_S:
            return ""
        if age_s is None:
            return f"the first reading of {self.name} has taken {waits_s:.0f} s so far"
        return f"{self.name} has not answered for {waits_s:.0f} s"
