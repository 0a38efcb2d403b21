"""Kernels are pure: no clock, no randomness, no I/O, no environment, no threads, no order that depends on a hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.kernel_rules import breaches

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_ROOT = Path(__file__).parents[2]
_INDICATORS = _ROOT / "flows" / "indicators"
_PYTHON = sorted(
    [
        *(_ROOT / "flows" / "kernels").rglob("*.py"),
        # Twins in folders of their families; beside them stands what users call.
        *(file for file in _INDICATORS.glob("*/*.py") if file.parent.name not in ("calls", "table")),
    ]
)
_RUST = _ROOT / "rust_ingest" / "kernels"
_RULES = tomllib.loads((_RUST / "clippy.toml").read_text())

_BAD_PYTHON = {
    "import time": "import of time",
    "import datetime": "import of datetime",
    "from datetime import tzinfo": "import of datetime",
    "datetime.now(zone)": "now asks the clock",
    "date.today()": "today asks the clock",
    "datetime.fromtimestamp(0)": "fromtimestamp asks for the machine's time zone",
    "zone = ZoneInfo('Europe/Berlin')": "ZoneInfo reads the machine's rules of time zones",
    "import random": "import of random",
    "from secrets import token_hex": "import of secrets",
    "import uuid": "import of uuid",
    "import os": "import of os",
    "import sys": "import of sys",
    "from sys import settrace, stdin": "import of sys",
    "from pathlib import Path": "import of pathlib",
    "import threading": "import of threading",
    "import asyncio": "import of asyncio",
    "from flows.connectors import kafka_log": "import of flows.connectors",
    "from bytewax.dataflow import Dataflow": "import of bytewax.dataflow",
    "from .. import wiring": "import of ..",
    "open('x')": "open does I/O",
    "print('x')": "print does I/O",
    "list(map(print, records))": "print does I/O",
    "eval('1')": "eval runs what nobody has read",
    "hash('x')": "hash differs from process to process",
    "sorted(records, key=id)": "id differs from process to process",
    "def on():\n    global seen": "global seen: state that no snapshot holds",
    "for one in {1, 2}: ...": "order of a set: {1, 2}",
    "for one in set(names): ...": "order of a set: set(names)",
    "[one for one in {name for name in names}]": "order of a set: {name for name in names}",
    "[one for one in frozenset(names) | other]": "order of a set: frozenset(names) | other",
    "list(set(names))": "order of a set: set(names)",
    "','.join({*names})": "order of a set: {*names}",
    "dict.fromkeys(set(names))": "order of a set: set(names)",
    "print_all(*set(names))": "order of a set: set(names)",
    "first, second = {1, 2}": "order of a set: {1, 2}",
    "known = {1, 2}\nfor one in known: ...": "order of a set: known",
    "known: set[str] = make()\nfor one in known: ...": "order of a set: known",
    "self.known = set()\n[one for one in self.known]": "order of a set: self.known",
    "def on(known: frozenset[str]):\n    return tuple(known)": "order of a set: known",
    "def known() -> set[str]: ...\nfor one in known(): ...": "order of a set: known()",
    "first = set()\nsecond = first\nsecond.pop()": "order of a set: second.pop()",
}
_GOOD_PYTHON = (
    "import math\nfrom collections.abc import Mapping\nfrom flows.kernels.emit import Emit",
    "from sys import settrace",
    "from zoneinfo import ZoneInfo\nZoneInfo.from_file(made)",
    "for one in sorted({1, 2}): ...",
    "known = {1, 2}\nif one in known and len(known): ...",
    "for name, value in {'a': 1}.items(): ...",
    "queue.pop()",
    "order.id",
)
_BAD_RUST = {
    "std::env::var": 'let _ = std::env::var("X");',
    "std::env::var_os": 'let _ = std::env::var_os("X");',
    "std::env::vars": "let _ = std::env::vars();",
    "std::env::args": "let _ = std::env::args();",
    "std::env::current_dir": "let _ = std::env::current_dir();",
    "std::fs::read": 'let _ = std::fs::read("x");',
    "std::fs::read_to_string": 'let _ = std::fs::read_to_string("x");',
    "std::fs::write": 'let _ = std::fs::write("x", "y");',
    "std::io::stdin": "let _ = std::io::stdin();",
    "std::io::stdout": "let _ = std::io::stdout();",
    "std::io::stderr": "let _ = std::io::stderr();",
    "std::process::id": "let _ = std::process::id();",
    "std::process::exit": "std::process::exit(1);",
    "std::thread::spawn": "std::thread::spawn(|| {});",
    "std::thread::scope": "std::thread::scope(|_| {});",
    "std::thread::current": "let _ = std::thread::current();",
    "std::thread::sleep": "std::thread::sleep(std::time::Duration::ZERO);",
    "std::print": 'print!("x");',
    "std::println": 'println!("x");',
    "std::eprint": 'eprint!("x");',
    "std::eprintln": 'eprintln!("x");',
    "std::dbg": "let _ = dbg!(1);",
    "std::thread_local": "thread_local! { static X: u8 = const { 1 }; }",
}


@pytest.mark.parametrize("path", _PYTHON, ids=lambda path: path.name)
def test_python_kernels_keep_the_rules(path: Path) -> None:
    assert breaches(path.read_text()) == []


@pytest.mark.parametrize("source", _BAD_PYTHON)
def test_rules_for_python_bite(source: str) -> None:
    assert [breach.partition(": ")[2] for breach in breaches(source)] == [_BAD_PYTHON[source]]


@pytest.mark.parametrize("source", _GOOD_PYTHON)
def test_rules_for_python_let_pass(source: str) -> None:
    assert breaches(source) == []


def test_rust_kernels_depend_on_nothing_impure() -> None:
    """What clippy.toml does not name must not come in by a crate: randomness and clocks have crates of their own."""
    manifest = tomllib.loads((_RUST / "Cargo.toml").read_text())
    assert set(manifest["dependencies"]) == {
        "bytemuck",
        "contracts",
        "crc32fast",
        # Without its default features: no hasher of its own, so no seed.
        "hashbrown",
        # Arithmetic alone: it depends on nothing.
        "indicators",
        # Without its default features: no clock, and no rules of the machine's zones.
        "jiff",
        "serde",
        "serde_json",
        "thiserror",
    }


def test_rules_for_rust_bite(tmp_path: Path) -> None:
    """Every line of clippy.toml, on a line of its own. `make lint` holds the kernels themselves to it."""
    if shutil.which("clippy-driver") is None:
        pytest.skip("no clippy here: whether its rules bite was not tried")
    lines = {path: f"pub use {path} as T{number};" for number, path in enumerate(_named("disallowed-types"))}
    for number, path in enumerate((*_named("disallowed-methods"), *_named("disallowed-macros"))):
        lines[path] = f"pub fn f{number}() {{ {_BAD_RUST[path]} }}"
    source = tmp_path / "bad.rs"
    source.write_text("\n".join(lines.values()) + "\n")
    command = ["clippy-driver", "--crate-type=lib", "--edition=2024", "--emit=metadata", f"--out-dir={tmp_path}"]
    environment = {**os.environ, "CLIPPY_CONF_DIR": str(_RUST)}
    told = subprocess.run([*command, str(source)], env=environment, capture_output=True, text=True, timeout=60).stderr
    bitten = set(re.findall(r"disallowed (?:type|method|macro) `([^`]+)`", told))
    assert bitten == set(lines), told


def _named(list_name: str) -> list[Any]:
    return [rule["path"] for rule in _RULES[list_name]]
