"""Policies in the log and engines in use, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from flows.contracts.records import Rollout
from flows.rollout.engines_in_use import InUse
from flows.rollout.policy import Policy

_ROW = "{:<10}{:<44}{}"


def words(policy: Policy | Rollout) -> str:
    """A policy in words."""
    percent = policy.rust_percent
    everywhere = "rust" if percent else "python"
    said = [f"{percent} % of keys in rust" if 0 < percent < 100 else everywhere]
    if policy.rust_keys and percent < 100:
        said.append(f"{', '.join(policy.rust_keys)} in rust")
    if policy.python_keys and percent > 0:
        said.append(f"{', '.join(policy.python_keys)} in python")
    return "; ".join(said)


def lines(found: Mapping[str, Mapping[int, Policy]], in_use: Sequence[InUse]) -> Iterator[str]:
    """A table of the stages."""
    yield _ROW.format("stage", "said in the log", "in use")
    for stage, by_partition in found.items():
        here = [one for one in in_use if one.stage == stage]
        running = sorted({f"{one.flow}: {_running(one)}" for one in here}) or ["-"]
        policies = _distinct(by_partition)
        texts = [_partial(policy, partitions, by_partition) for policy, partitions in policies] or ["nothing"]
        for number in range(max(len(texts), len(running))):
            text = texts[number] if number < len(texts) else ""
            yield _ROW.format(stage if not number else "", text, running[number] if number < len(running) else "")
        for policy, _ in policies:
            if policy.said:
                said = policy.said
                at = datetime.fromtimestamp(said.event_ns / 1e9, timezone.utc)
                yield f"          by {said.operator}, {at:%Y-%m-%d %H:%M:%S} UTC: {said.reason}"
    yield from fallen(in_use)


def fallen(in_use: Sequence[InUse]) -> Iterator[str]:
    """A line for every stage and partition where Python had to take over."""
    for one in in_use:
        if one.standing.fallen:
            yield f"FELL BACK: {one.stage} on partition {one.partition} of flow {one.flow}: rust {one.standing.fallen}"


def as_json(found: Mapping[str, Mapping[int, Policy]], in_use: Sequence[InUse]) -> dict[str, Any]:
    """By stage: what each partition of the log was told last, and what runs where."""
    return {
        stage: {
            "log": {str(partition): _policy(policy) for partition, policy in sorted(by_partition.items())},
            "in_use": [
                {
                    "flow": one.flow,
                    "partition": one.partition,
                    "running": list(one.standing.running),
                    "policy": _policy(one.standing.policy),
                    "fallen": one.standing.fallen,
                    "is_running": one.is_running,
                }
                for one in in_use
                if one.stage == stage
            ],
        }
        for stage, by_partition in found.items()
    }


def _running(one: InUse) -> str:
    engines = "rust and python, compared" if len(one.standing.running) > 1 else one.standing.running[0]
    return f"partition {one.partition} in {engines}{'' if one.is_running else ' (not running now)'}"


def _partial(policy: Policy, partitions: Sequence[int], by_partition: Mapping[int, Policy]) -> str:
    # A command that was cut off half-way has reached some partitions only.
    text = words(policy)
    return text if len(partitions) == len(by_partition) else f"{text} (partitions {', '.join(map(str, partitions))})"


def _distinct(by_partition: Mapping[int, Policy]) -> list[tuple[Policy, list[int]]]:
    """Policies that are the same but for the place of their record, with their partitions."""
    found: dict[tuple[object, ...], tuple[Policy, list[int]]] = {}
    for partition, policy in sorted(by_partition.items()):
        said = policy.said
        what = (policy.rust_percent, policy.rust_keys, policy.python_keys, said and (said.operator, said.event_ns))
        found.setdefault(what, (policy, []))[1].append(partition)
    return list(found.values())


def _policy(policy: Policy) -> dict[str, Any]:
    said = policy.said
    return {
        "rust_percent": policy.rust_percent,
        "rust_keys": list(policy.rust_keys),
        "python_keys": list(policy.python_keys),
        "operator": said and said.operator,
        "reason": said and said.reason,
        "event_ns": said and said.event_ns,
        "offset": said and said.offset,
    }
