"""A demo survives the death of its processes, and leaves nothing behind when it is interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

TAPEFLOW = [sys.executable, "-m", "flows.cli"]
# What a process's command line holds.
PROCESSES = {"market": "run market", "ingestor": "tapeflow-ingestor", "kafka": "kafka.Kafka"}


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts demos; what a failed test leaves running is killed, and its processes with it."""
    started: list[subprocess.Popen[str]] = []

    def run(data_dir: Path, *options: str) -> subprocess.Popen[str]:
        command = [*TAPEFLOW, "demo", "--data-dir", str(data_dir), *options]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        started.append(demo)
        return demo

    yield run
    for demo in started:
        demo.kill()
        demo.wait()


Start = Callable[..., subprocess.Popen[str]]


def find(demo: subprocess.Popen[str], mark: str) -> psutil.Process | None:
    """The demo's process whose command line holds `mark`."""
    for process in psutil.Process(demo.pid).children(recursive=True):
        try:
            if mark in " ".join(process.cmdline()):
                return process
        except psutil.Error:
            continue
    return None


def wait_for(what: str, found: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not found():
        assert time.monotonic() < deadline_s, f"{what} did not come within {timeout_s} s"
        time.sleep(0.1)


def left_behind(data_dir: Path) -> list[str]:
    """Command lines of processes that work on the data folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        if str(data_dir) in command and "pytest" not in command:
            found.append(command)
    return found


@pytest.mark.timeout(400)
def test_a_summary_tells_of_deaths(start: Start, tmp_path: Path) -> None:
    """Some die at once, under load; the summary says so, and still ends with an exact verify."""
    demo = start(tmp_path / "data", "--duration", "12")
    wait_for("all processes", lambda: all(find(demo, mark) for mark in PROCESSES.values()))
    # Let them work before they die.
    time.sleep(3)
    for victim in [find(demo, mark) for mark in PROCESSES.values()]:
        assert victim is not None
        victim.kill()
    output, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, output
    assert "log and ClickHouse are equal" in output
    for name in PROCESSES:
        assert f"{name}: died" in output, f"{name} did not die:\n{output}"
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("after_s", [0.5, 4, 12])
def test_ctrl_c_leaves_nothing_and_the_next_start_works(start: Start, tmp_path: Path, after_s: float) -> None:
    demo = start(tmp_path / "data")
    time.sleep(after_s)
    demo.send_signal(signal.SIGINT)
    # The broker alone has fifteen seconds to end by itself.
    output, _ = demo.communicate(timeout=60)
    if (tmp_path / "data").exists():
        assert demo.returncode == 130, output
        assert "Traceback" not in output
    else:
        # On a busy machine Python itself may not have come to our first line, and says so.
        assert demo.returncode in (130, -signal.SIGINT), output
    assert left_behind(tmp_path) == []


def test_the_owners_death_ends_everything(start: Start, tmp_path: Path) -> None:
    demo = start(tmp_path / "data", "--duration", "5")
    wait_for("the ingestor", lambda: find(demo, PROCESSES["ingestor"]) is not None)
    demo.kill()
    demo.communicate()
    wait_for("the end of all", lambda: left_behind(tmp_path) == [], timeout_s=60)
    again = start(tmp_path / "data", "--duration", "5")
    output, _ = again.communicate(timeout=120)
    assert again.returncode == 0, output
