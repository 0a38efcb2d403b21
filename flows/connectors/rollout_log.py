"""Policies in the log: written into every partition that a stage reads, and found there again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flows._native import Source, partition_counts
from flows.connectors import operator
from flows.connectors.log_ends import LogEnds
from flows.connectors.operator import Message
from flows.contracts.codec import FrameError, decode, encode
from flows.contracts.records import Rollout
from flows.contracts.registry import SchemaIds
from flows.rollout.commands import heard_in
from flows.rollout.policy import Policy
from flows.stack.settings import Settings

_BATCH_RECORDS = 10_000
_WAIT_MS = 200
# What was said lately is near the end: look there first, and then in ten times as much.
_FIRST_LOOK_RECORDS = 20_000

Found = dict[str, dict[int, Policy]]
"""Newest policy by stage and partition."""


def say(settings: Settings, ids: SchemaIds, rollouts: Iterable[Rollout], partition: int | None = None) -> None:
    """Writes policies in order into every partition, or into one, and returns when the broker has confirmed them all.

    Raises CommandLost for the first that it has not, LogReadError, and NotRunning where there is no broker.
    """
    messages = _messages(settings, ids, rollouts)
    operator.deliver(settings, (one for one in messages if partition in (None, one.partition)))


def _messages(settings: Settings, ids: SchemaIds, rollouts: Iterable[Rollout]) -> Iterator[Message]:
    for rollout in rollouts:
        topic = heard_in(rollout.stage)
        value = encode(rollout, ids)
        for partition in range(_partitions(settings, topic)):
            what = f"the policy of stage {rollout.stage} for {topic}[{partition}]"
            yield Message(topic, partition, rollout.stage.encode(), value, what)


def find(settings: Settings, ids: SchemaIds, stages: Sequence[str], look_back_records: int) -> Found:
    """What the log says of these stages, each partition's last `look_back_records` read back from its end.

    Raises BrokerAway, LogReadError, NotRunning.
    """
    found: Found = {stage: {} for stage in stages}
    for topic in dict.fromkeys(heard_in(stage) for stage in stages):
        asked = [stage for stage in stages if heard_in(stage) == topic]
        ends = LogEnds(settings).read([topic])[topic]
        read_from, look_records = dict(ends), _FIRST_LOOK_RECORDS
        while any(len(found[stage]) < len(ends) for stage in asked):
            begins = {partition: max(0, end - min(look_records, look_back_records)) for partition, end in ends.items()}
            stretches = {partition: (begins[partition], end) for partition, end in read_from.items()}
            if all(begin == end for begin, end in stretches.values()):
                break
            for stage, by_partition in _read(settings, ids, topic, stretches).items():
                if stage in found:
                    found[stage] = {**by_partition, **found[stage]}
            read_from, look_records = begins, look_records * 10
    return found


def _read(settings: Settings, ids: SchemaIds, topic: str, stretches: Mapping[int, tuple[int, int]]) -> Found:
    """The newest policies within offsets of each partition."""
    found: Found = {}
    wanted = [(partition, begin, end) for partition, (begin, end) in stretches.items() if begin < end]
    source = Source(settings.bootstrap_servers, settings.topic_prefix, topic, wanted, False, False)
    open_lanes = set(range(len(wanted)))
    while open_lanes:
        for lane in sorted(open_lanes):
            batch = source.next_batch(lane, _BATCH_RECORDS, _WAIT_MS)
            if batch is None:
                open_lanes.remove(lane)
                continue
            for position in batch.positions_of(ids.all_of[Rollout.SUBJECT]):
                _, partition, offset, _, value, _, _ = batch.cut(position, position + 1).entries()[0]
                try:
                    rollout = decode(value, ids)
                except FrameError:
                    # The stage that reads it writes the dead letter.
                    continue
                found.setdefault(rollout.stage, {})[partition] = Policy.of(rollout, offset)
    return found


def _partitions(settings: Settings, topic: str) -> int:
    return partition_counts(settings.bootstrap_servers, settings.topic_prefix, [topic])[topic]
