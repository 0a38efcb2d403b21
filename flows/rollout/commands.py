"""An operator's words about engines as Rollout records. The clock is read here, before the log; never after."""

from __future__ import annotations

import getpass
import time
from collections.abc import Sequence

from flows.config import STAGES
from flows.contracts import topics
from flows.contracts.records import Rollout
from flows.operator_commands import BadCommand


def policy(
    stage: str, rust_percent: int | None, rust_keys: Sequence[str], python_keys: Sequence[str], reason: str
) -> Rollout:
    """A whole policy for one stage. Without a percentage, all keys that are not named run in the other engine.

    Raises BadCommand.
    """
    if stage not in STAGES:
        raise BadCommand(f"there is no stage {stage}: the stages are {', '.join(STAGES)}")
    if rust_percent is None:
        if bool(rust_keys) == bool(python_keys):
            raise BadCommand("say which keys run in Rust: give --rust-percent, or one of --rust and --python")
        rust_percent = 0 if rust_keys else 100
    if not 0 <= rust_percent <= 100:
        raise BadCommand(f"--rust-percent: {rust_percent} is not between 0 and 100")
    twice = sorted(set(rust_keys) & set(python_keys))
    if twice:
        raise BadCommand(f"{twice[0]} stands in both --rust and --python: choose one engine for it")
    if "" in (*rust_keys, *python_keys):
        raise BadCommand("--rust and --python name instruments (BTC-USDT), or accounts for stage risk; one is empty")
    if not reason.strip():
        raise BadCommand("give --reason: it stands in the log")
    return Rollout(
        origin=None,
        stage=stage,
        rust_percent=rust_percent,
        rust_keys=sorted(set(rust_keys)),
        python_keys=sorted(set(python_keys)),
        operator=getpass.getuser(),
        reason=reason,
        event_ns=time.time_ns(),
    )


def fallback(reason: str) -> list[Rollout]:
    """Python for every key of every stage. Raises BadCommand."""
    return [policy(stage, 0, [], [], reason) for stage in STAGES]


def heard_in(stage: str) -> str:
    """The sequenced topic at the head of the stage's chain, without prefix: what is said there reaches the stage."""
    topic = next(topic for topic in topics.load().values() if stage in topic.consumers)
    return topic.name if topic.sequenced else heard_in(topic.producers[0])
