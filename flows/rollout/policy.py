"""Which engine runs which key of a stage: an operator's word, and where a partition stands by it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flows.contracts.records import Rollout

RUST, PYTHON = "rust", "python"


@dataclass(frozen=True, slots=True)
class Said:
    """Who said it, and the place of the record in which it was said."""

    operator: str
    reason: str
    event_ns: int
    offset: int
    """In the sequenced topic."""
    index: int
    """0, or the origin's index where a stage passed it on."""

    @property
    def place(self) -> tuple[int, int]:
        return self.offset, self.index


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy for one stage. Keys are those of the stage's input: instruments, or accounts for risk."""

    rust_percent: int
    rust_keys: tuple[str, ...] = ()
    python_keys: tuple[str, ...] = ()
    said: Said | None = None
    """None for the engine that the flow was started with."""

    @classmethod
    def only(cls, engine: str) -> Policy:
        """One engine for every key."""
        return cls(100 if engine == RUST else 0)

    @classmethod
    def of(cls, rollout: Rollout, offset: int) -> Policy:
        """`offset`: of the record, which counts for the operator's own; what was passed on names it in its origin."""
        place = (rollout.origin.offset, rollout.origin.index) if rollout.origin else (offset, 0)
        said = Said(rollout.operator, rollout.reason, rollout.event_ns, *place)
        return cls(rollout.rust_percent, tuple(rollout.rust_keys), tuple(rollout.python_keys), said)

    def engine_of(self, key: str) -> str:
        """A pure function of policy and key: named keys first, Python's before Rust's; then CRC-32 of the key, modulo
        100, against the percentage."""
        if key in self.python_keys:
            return PYTHON
        in_rust = key in self.rust_keys or zlib.crc32(key.encode()) % 100 < self.rust_percent
        return RUST if in_rust else PYTHON

    @property
    def everywhere(self) -> str | None:
        """The engine of every key there can be; None if it depends on the key."""
        if self.rust_percent <= 0 and not self.rust_keys:
            return PYTHON
        return RUST if self.rust_percent >= 100 and not self.python_keys else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A stage on one partition: its policy, and what runs."""

    policy: Policy
    running: tuple[str, ...]
    """The engines at work; with two, their outputs are compared."""
    fallen: str | None = None
    """Why Python runs whatever the policy says, until the next one is said."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Standing:
        policy = found["policy"]
        said = Said(**policy["said"]) if policy["said"] else None
        keys = tuple(policy["rust_keys"]), tuple(policy["python_keys"])
        return cls(Policy(policy["rust_percent"], *keys, said), tuple(found["running"]), found["fallen"])
