"""What the page's server refuses, and how HTTP says it."""

from __future__ import annotations

from flows.errors import TapeflowError


class PortInUse(TapeflowError):
    """Another program listens there."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} on 127.0.0.1 is taken; choose another with --port, or 0 for any free one")


class NoTerminal(TapeflowError):
    """The token for actions would go into a file, or down a pipe."""

    def __init__(self) -> None:
        super().__init__(
            "--allow-actions shows its token on a terminal alone: start it in one, without a pipe or a file"
        )


class Refused(TapeflowError):
    """A request that is not answered; `status` is HTTP's."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
