"""Runs a dataflow in this process until its input ends or it is told to stop, resuming where the last run was saved."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bytewax.dataflow import Dataflow

from flows.connectors.pace import EPOCH
from flows.errors import TapeflowError
from flows.running.cluster import ALONE, Cluster, PeerLost

# A panic of Rust's as PyO3 shows it, by a class that cannot be imported.
_PANIC = "PanicException"
_KEEP_OLD_STATES = timedelta(0)
# One for all partitions, and it is the first process's: however many a flow is resumed by, one of them is the first.
_STORES = 1


class FlowRunning(TapeflowError):
    """Two processes in one place would write everything twice."""

    def __init__(self, name: str, process: int, folder: Path) -> None:
        which = f" (its process {process})" if process else ""
        super().__init__(
            f"flow {name}{which} is already running on {folder}: stop it first, or choose another --data-dir"
        )


class StateUnusable(TapeflowError):
    """The saved state cannot be read or written."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"cannot use the saved state in {folder}: {reason}; make room or mend the folder, "
            "or begin anew with --from beginning (what stands in the outputs is not written again)"
        )


def run(
    flow: Dataflow, store: Path | None = None, *, workers: int = 1, forget: bool = False, cluster: Cluster = ALONE
) -> None:
    """Returns when the flow has ended and everything is saved; of a cluster, when it has in all processes.

    `store`: where it saves its state every second; none for a flow that keeps none. The first process saves what all
    of them tell it to, and gives it back when they resume; what others have there is left alone. With `forget` what was
    saved is deleted first. Raises FlowRunning, StateUnusable, AddressUnusable, PeerLost, and what the flow's own
    connectors and stages raise.
    """
    if store is None:
        _run(flow, workers, cluster, None)
        return
    with _owned(flow.flow_id, cluster.process, store):
        try:
            if cluster.process == 0:
                _prepare(store, forget)
                _run(flow, workers, cluster, store)
            else:
                with TemporaryDirectory() as nothing:
                    _run(flow, workers, cluster, Path(nothing))
        except OSError as error:
            raise StateUnusable(store, error.strerror or str(error)) from error


def _run(flow: Dataflow, workers: int, cluster: Cluster, store: Path | None) -> None:
    from bytewax._bytewax import cli_main
    from bytewax.recovery import InconsistentPartitionsError, RecoveryConfig

    cluster.listen()
    recovery = RecoveryConfig(str(store), _KEEP_OLD_STATES) if store else None  # type: ignore[no-untyped-call]
    try:
        cli_main(  # type: ignore[no-untyped-call]
            flow,
            workers_per_process=workers,
            process_id=cluster.process,
            addresses=list(cluster.addresses) or None,
            epoch_interval=EPOCH,
            recovery_config=recovery,
        )
    except BaseException as error:
        # Bytewax wraps what it and our code raised, once for every step outwards.
        for cause in _causes(error):
            if isinstance(cause, TapeflowError):
                raise cause from error
            if store and isinstance(cause, (FileNotFoundError, InconsistentPartitionsError)):
                raise StateUnusable(store, str(cause)) from error
        if cluster.addresses and type(error).__name__ == _PANIC:
            raise PeerLost(cluster.process) from error
        raise


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


@contextmanager
def _owned(name: str, process: int, store: Path) -> Iterator[None]:
    which = f".{process}" if process else ""
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(store.with_name(f"{store.name}{which}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StateUnusable(store, error.strerror or str(error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise FlowRunning(name, process, store.parent) from None
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
