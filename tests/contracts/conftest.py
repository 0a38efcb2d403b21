"""Strategies that make any record of any kind, from its schema."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from flows.contracts import records, registry

RUST = Path(__file__).resolve().parents[2] / "rust_ingest"


def values(schema: Any, named: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Values of a schema, bounds included."""
    match schema:
        case str() if schema in named:
            return named[schema]
        case "boolean":
            return st.booleans()
        case "int":
            return st.integers(-(2**31), 2**31 - 1)
        case "long" | {"type": "long"}:
            return st.integers(-(2**63), 2**63 - 1)
        case "double":
            return st.floats(allow_nan=False)
        case "string":
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
        case "bytes":
            return st.binary(max_size=200)
        case [_, branch]:
            return st.none() | values(branch, named)
        case {"type": "array", "items": item}:
            return st.lists(values(item, named), max_size=30)
        case {"type": "fixed"}:
            made: st.SearchStrategy[Any] = st.integers(-(2**127), 2**127 - 1)
        case {"type": "enum", "name": name}:
            made = st.sampled_from(list(getattr(records, name)))
        case {"type": "record", "name": name, "fields": fields}:
            parts = {field["name"]: values(field["type"], named) for field in fields}
            made = st.builds(getattr(records, name), **parts)
        case _:
            raise NotImplementedError(f"no strategy for {schema}")
    named[f"{schema['namespace']}.{schema['name']}"] = made
    return made


def any_record(subject: str) -> st.SearchStrategy[Any]:
    """Any record of one kind."""
    return values(registry.schema(subject), {})


@pytest.fixture(scope="session")
def recode() -> Callable[[list[bytes]], list[bytes]]:
    """Messages through the Rust codec: decoded and encoded again; b"" for what it refuses."""
    build = ["cargo", "build", "--quiet", "--release", "--package", "tapeflow-contracts", "--example", "recode"]
    subprocess.run(build, cwd=RUST, check=True)
    program = RUST / "target" / "release" / "examples" / "recode"

    def run(messages: list[bytes]) -> list[bytes]:
        framed = b"".join(struct.pack(">I", len(message)) + message for message in messages)
        output = subprocess.run([program], input=framed, stdout=subprocess.PIPE, check=True).stdout
        answers, at = [], 0
        while at < len(output):
            (length,) = struct.unpack_from(">I", output, at)
            answers.append(output[at + 4 : at + 4 + length])
            at += 4 + length
        return answers

    return run
