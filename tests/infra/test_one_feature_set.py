"""No dependency is built twice: programs, extension module and tests ask for the same features of it."""

from __future__ import annotations

import subprocess
from collections import defaultdict

import pytest

from tests.system.exchange_process import ROOT

_PROGRAMS = ("--workspace", "--exclude", "tapeflow-native")
# As the Makefile builds them, one after the other in one target folder.
_NEXT = {
    "extension": ("--package", "tapeflow-native", "--edges", "no-dev"),
    "tests": (*_PROGRAMS, "--edges", "normal,build,dev"),
}


def _features(*packages: str) -> dict[str, set[str]]:
    """Name and version -> each set of features that it is built with: build scripts may have one of their own."""
    command = ["cargo", "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}|", *packages]
    told = subprocess.run(command, cwd=ROOT / "rust_ingest", capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    found = defaultdict(set)
    for line in told.stdout.splitlines():
        if line:
            package, features, _ = line.split("|")
            found[package].add(features)
    return found


@pytest.mark.parametrize("name", _NEXT)
def test_nothing_is_built_twice(name: str) -> None:
    built = _features(*_PROGRAMS, "--edges", "no-dev")
    again = {
        f"{package}: {sorted(built[package])} and then {sorted(features - built[package])}"
        for package, features in _features(*_NEXT[name]).items()
        if package in built and not features <= built[package]
    }
    assert not again, "name the missing features in rust_ingest/unified/Cargo.toml:\n" + "\n".join(sorted(again))
