"""What can go wrong while listening."""

from __future__ import annotations

from collections.abc import Mapping

from flows.errors import TapeflowError


class LiveError(TapeflowError):
    """Live updates cannot be read."""


class Lost(LiveError):
    """Records are missing before the next one: this reader was too slow, or its connection was cut.

    Iteration may go on.
    """

    def __init__(self, count: int | None, kinds: Mapping[str, int] | None = None) -> None:
        """`count` is None where nobody can know: the publisher has started again. `kinds`: how many of each kind."""
        many = "an unknown number of" if count is None else str(count)
        super().__init__(f"{many} records are missing here: read faster, ask for less, or read them from the log")
        self.count = count
        self.kinds = dict(kinds or {})


class Closed(LiveError):
    """The publisher ended the connection. `code` is that of RFC 6455, 1008 for a reader that was too slow."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the publisher closed the connection ({code} {reason}); subscribe again")
        self.code, self.reason = code, reason


class NoClient(LiveError):
    """A package that is needed for this kind of address is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'tapeflow[live]'")
