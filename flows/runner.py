"""Runs a dataflow in this process until its input ends or it is told to stop, resuming where the last run was saved."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bytewax.dataflow import Dataflow

from flows.errors import TapeflowError

_EPOCH = timedelta(seconds=1)
_KEEP_OLD_STATES = timedelta(0)
# One store for all partitions: a flow runs in one process.
_STORES = 1


class FlowRunning(TapeflowError):
    """Two processes of one flow would write everything twice."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(f"flow {name} is already running on {folder}: stop it first, or choose another --data-dir")


class StateUnusable(TapeflowError):
    """The saved state cannot be read or written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"cannot use the saved state in {folder}: {reason}; make room or mend the folder, "
            "or begin anew with --from beginning (what stands in the outputs is not written again)"
        )


def run(flow: Dataflow, store: Path | None = None, *, workers: int = 1, forget: bool = False) -> None:
    """Returns when the flow has ended and everything is saved.

    `store`: where it saves its state every second; none for a flow that keeps none. With `forget` what was saved is
    deleted first. Raises FlowRunning, StateUnusable, and what the flow's own connectors and stages raise.
    """
    from bytewax.recovery import RecoveryConfig

    if store is None:
        _run(flow, workers, None)
        return
    with _owned(flow.flow_id, store):
        try:
            _prepare(store, forget)
        except OSError as error:
            raise StateUnusable(store, error.strerror or str(error)) from error
        _run(flow, workers, RecoveryConfig(str(store), _KEEP_OLD_STATES))  # type: ignore[no-untyped-call]


def _run(flow: Dataflow, workers: int, recovery: object) -> None:
    from bytewax._bytewax import cli_main

    try:
        cli_main(  # type: ignore[no-untyped-call]
            flow, workers_per_process=workers, epoch_interval=_EPOCH, recovery_config=recovery
        )
    except Exception as error:
        # Bytewax wraps what our code raised, once for every step outwards.
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, TapeflowError):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            raise
        raise cause from error


@contextmanager
def _owned(name: str, store: Path) -> Iterator[None]:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(store.with_name(f"{store.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateUnusable(store, error.strerror or str(error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FlowRunning(name, store.parent) from None
    finally:
        os.close(lock)


def _prepare(store: Path, forget: bool) -> None:
    from bytewax.recovery import init_db_dir

    if forget and store.exists():
        shutil.rmtree(store)
    # Made beside and renamed: a crash in between leaves no half of a store.
    if not store.exists():
        scratch = store.with_name(f"{store.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        init_db_dir(scratch, _STORES)  # type: ignore[no-untyped-call]
        os.replace(scratch, store)
