"""How far each stage is, how long its records took, and which engine the log says it runs on.

A stage's own word is not asked for. What it wrote last names the record that it comes from, so what stands behind that
record in the log is what the stage has not made anything of yet: for bars that includes the bar that is still open.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows.config import STAGES
from flows.rollout.commands import heard_in
from flows.rollout.policy import Policy, Said
from flows.ui.market import TICKS
from flows.ui.tape import Offsets, Row, Tape, between

_TIMES_KEPT = 400
_POLICIES = """
SELECT partition, offset, stage, rust_percent, rust_keys, python_keys, operator, reason,
    toUnixTimestamp64Nano(assumeNotNull(event_ns)) AS event_ns
FROM market_ticks WHERE {where} AND kind = 'Rollout' ORDER BY partition, offset
"""


@dataclass(slots=True)
class Progress:
    """One stage."""

    origins: Offsets = field(default_factory=dict)
    """By partition of its sequenced topic, the newest offset that it made something of."""
    received_ns: int = 0
    """When the tick behind its newest output was received."""
    times_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_TIMES_KEPT))
    """From the receipt of the causing tick to the writing of the output, newest last."""

    def made(self, rows: Iterable[Row]) -> None:
        """Takes outputs with origin, `receive_ns` and `produced_ns`."""
        for row in rows:
            partition, offset = row["origin_partition"], row["origin_offset"]
            if partition is None:
                continue
            self.origins[partition] = max(offset, self.origins.get(partition, -1))
            self.received_ns = max(self.received_ns, row["receive_ns"])
            if row["produced_ns"] is not None:
                self.times_ns.append(row["produced_ns"] - row["receive_ns"])

    def behind(self, ends: Offsets, partitions: Iterable[int]) -> int:
        """Records of the sequenced topic behind its newest origins."""
        return sum(max(0, ends.get(p, 0) - 1 - self.origins.get(p, -1)) for p in partitions)

    def time_ns(self, share: float) -> int | None:
        """A quantile of the newest times."""
        ordered = sorted(self.times_ns)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None


class Stages:
    """All of them; each reading adds what is new."""

    def __init__(self) -> None:
        self.progress = {name: Progress() for name in STAGES}
        self.policies: dict[str, dict[int, Policy]] = {stage: {} for stage in STAGES}
        """By stage and partition, what an operator said last."""

    def read_policies(self, tape: Tape, begins: Offsets, ends: Offsets) -> None:
        """The new Rollouts of market.ticks; those of risk.inbox come with its other rows."""
        self.take_policies(TICKS, tape.rows(_POLICIES.format(where=between(begins, ends)), TICKS))

    def take_policies(self, topic: str, rows: Iterable[Row]) -> None:
        """Rollouts, in the order of the log. What a stage passed on says nothing new: only what stands where the
        operator wrote it counts."""
        for row in rows:
            if row["stage"] in self.policies and heard_in(row["stage"]) == topic:
                said = Said(row["operator"], row["reason"], row["event_ns"], row["offset"], 0)
                policy = Policy(row["rust_percent"], tuple(row["rust_keys"]), tuple(row["python_keys"]), said)
                self.policies[row["stage"]][row["partition"]] = policy


def landed(ends: Mapping[str, Offsets], log_ends: Mapping[str, Offsets]) -> dict[str, int]:
    """By topic, records that stand in the log and not in ClickHouse yet."""
    return {
        topic: sum(max(0, end - ends.get(topic, {}).get(partition, 0)) for partition, end in partitions.items())
        for topic, partitions in log_ends.items()
    }
