"""The process that owns a stack started by `tapeflow up`, and how that command starts and stops it.

`python -m flows.stack.daemon FOLDER KAFKA_PORT CLICKHOUSE_PORT REGISTRY_PORT` runs it in the foreground.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flows.errors import TapeflowError
from flows.stack import folder, state
from flows.stack.errors import StackError
from flows.stack.stack import Stack

_ERROR = "ERROR "
_STOP_TIMEOUT_S = 20.0


def log_of(data_dir: Path) -> Path:
    return data_dir / "logs" / "supervisor.log"


def run(stack: Stack, while_up: Callable[[], None] = lambda: None) -> None:
    """Owns the stack until SIGINT or SIGTERM. `while_up` is called once, when all services answer.

    Raises what `Stack.start` raises.
    """
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    stack.start(asked_to_stop)
    try:
        if not asked_to_stop.is_set():
            while_up()
            asked_to_stop.wait()
    finally:
        stack.stop()


def start_detached(data_dir: Path, ports: tuple[int, int, int], report: Callable[[str], None]) -> None:
    """Starts a process of its own that owns the stack, and returns when all services answer.

    Raises StackError with what that process said; on Ctrl-C it is stopped again.
    """
    folder.make(data_dir)
    log_of(data_dir).parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "flows.stack.daemon", str(data_dir), *map(str, ports)]
    with log_of(data_dir).open("ab") as log:
        daemon = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # Not in the terminal's process group: it stays when the terminal goes.
            start_new_session=True,
        )
    assert daemon.stdout is not None
    failure = ""
    try:
        for line in daemon.stdout:
            if line.startswith(_ERROR):
                failure = line.removeprefix(_ERROR).strip()
            else:
                report(line.rstrip())
    except KeyboardInterrupt:
        daemon.terminate()
        try:
            daemon.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            # The kernel ends the services with it.
            daemon.kill()
        raise
    found = state.read(data_dir)
    if failure or not (found.ready and found.owner and found.owner.pid == daemon.pid):
        raise StackError(failure or f"the stack ended while it started; see {log_of(data_dir)}")


def stop(data_dir: Path) -> bool:
    """Stops the stack's owner, whoever it is, and waits until all is gone; False if none was running."""
    found = state.read(data_dir)
    if found.owner is None or not found.owner.alive():
        return False
    os.kill(found.owner.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    while found.owner.alive():
        if time.monotonic() > deadline:
            found.owner.kill()
        time.sleep(0.05)
    return True


def main() -> None:
    """Reports to the log, which is standard error; until the services answer, on standard output too."""
    data_dir = Path(sys.argv[1])
    kafka_port, clickhouse_port, registry_port = map(int, sys.argv[2:5])
    # Not where both are one file, as with the supervisor of a desk.
    tells_twice = not os.path.samestat(os.fstat(sys.stdout.fileno()), os.fstat(sys.stderr.fileno()))

    def report(line: str) -> None:
        if tells_twice:
            print(line, flush=True)
        print(time.strftime("%Y-%m-%dT%H:%M:%S%z"), line, file=sys.stderr, flush=True)

    def detach() -> None:
        nonlocal tells_twice
        tells_twice = False
        # The other end of the pipe is `tapeflow up`, which takes its end as the sign that all is up.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

    stack = Stack(
        data_dir,
        kafka_port=kafka_port,
        clickhouse_port=clickhouse_port,
        registry_port=registry_port,
        report=report,
    )
    try:
        run(stack, detach)
    except TapeflowError as error:
        print(f"{_ERROR}{error}", flush=True)
        sys.exit(1)
    report("stopped")


if __name__ == "__main__":
    main()
