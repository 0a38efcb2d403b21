"""What can go wrong with the embedded stack, each with what to do about it."""

from pathlib import Path

from flows.errors import TapeflowError


class StackError(TapeflowError):
    """The embedded stack cannot do what was asked."""


class AlreadyRunning(StackError):
    """Another process owns this data folder."""

    def __init__(self, data_dir: Path, owner_pid: int | None) -> None:
        owner = f" (process {owner_pid})" if owner_pid else ""
        super().__init__(f"a stack is already running on {data_dir}{owner}: use it, or stop it with `tapeflow down`")
        self.owner_pid = owner_pid


class NotRunning(StackError):
    """No stack runs on this data folder, and no environment variable names an external service."""

    def __init__(self, data_dir: Path, wanted: str, variable: str) -> None:
        super().__init__(
            f"no {wanted}: no stack is running on {data_dir}; start one with `tapeflow up`, or set {variable}"
        )


class PortTaken(StackError):
    """A port that was asked for by number is in use."""

    def __init__(self, service: str, port: int) -> None:
        super().__init__(
            f"{service}: port {port} on 127.0.0.1 is taken; choose another with --{service}-port, or 0 for any free one"
        )


class FolderUnusable(StackError):
    """The data folder cannot be made or written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"cannot use {folder} as data folder: {reason}; choose another with --data-dir")


class DiskFull(StackError):
    """Less space than the services need to start."""

    def __init__(self, folder: Path, free_bytes: int, needed_bytes: int) -> None:
        super().__init__(
            f"disk full: {free_bytes >> 20} MB free at {folder}, at least {needed_bytes >> 20} MB needed; "
            "make room, or choose another place with --data-dir"
        )


class ServiceFailed(StackError):
    """A service ended or stayed silent before it was ready."""

    def __init__(self, service: str, reason: str, log: Path) -> None:
        super().__init__(f"{service} did not start: {reason}; its log is {log}")


class JarsMissing(StackError):
    """Kafka's files are neither here nor to be had."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"Kafka's files could not be fetched into {folder}: {reason}; "
            "run `make setup` once with a network, or set TAPEFLOW_BOOTSTRAP_SERVERS"
        )
