"""The one face of a subscription, whatever carries it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from typing_extensions import Self

from flows.contracts.codec import FrameError, Record, decode
from flows.contracts.registry import SchemaIds
from flows.live.errors import LiveError, Lost

OnLost = Literal["raise", "yield"]


@dataclass(frozen=True)
class Wanted:
    """Which records; an empty list means all."""

    venues: Sequence[str] = ()
    instruments: Sequence[str] = ()
    kinds: Sequence[str] = ()

    def wants(self, record: Record) -> bool:
        return (
            (not self.venues or record.venue in self.venues)
            and (not self.instruments or record.instrument in self.instruments)
            and (not self.kinds or type(record).__name__ in self.kinds)
        )


@dataclass(frozen=True)
class Settings:
    """What is asked for, and how it is given."""

    wanted: Wanted = field(default_factory=Wanted)
    timeout_s: float | None = None
    on_lost: OnLost = "raise"
    ids: SchemaIds = field(default_factory=SchemaIds.embedded)


class Subscription(ABC):
    """Records as they come. Use it as an iterator, and in a `with` block to have it closed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.conflated = 0
        """How many quotes were left out so far because a newer one of the same instrument was there."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Record:
        """The next record. Raises Lost, after which it may be called again; Closed; LiveError; StopIteration after
        `timeout_s` without anything."""
        timeout_s = self._settings.timeout_s
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s < 0:
                raise StopIteration
            got = self._receive(left_s)
            if isinstance(got, Lost):
                if self._settings.on_lost == "raise":
                    raise got
                return got
            if got is not None:
                return got

    @abstractmethod
    def _receive(self, timeout_s: float | None) -> Record | Lost | None:
        """A record or a loss; None where neither came in time, or what came is not wanted."""

    @abstractmethod
    def close(self) -> None:
        """Ends the connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decoded(self, message: bytes) -> Record:
        try:
            return decode(message, self._settings.ids)
        except FrameError as error:
            raise LiveError(f"what came is no record of ours ({error}): is this a Tapeflow publisher?") from error
        except KeyError as error:
            raise LiveError(f"a record of unknown schema {error}: update this program, or pass its `ids`") from error
