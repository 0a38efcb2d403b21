"""A flow that was stopped, replaced and woken does no harm.

On its own data folder a successor does not even start. On another machine it does, and then both write: the same
records, since a stage is a function of its partition, so every reader drops what is not past the last origin.
"""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from flows.contracts.codec import decode, encode
from flows.contracts.records import New
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import Written, read, write
from tests.operator_records import wide_open
from tests.producers import by_source_partition
from tests.synthetic_ticks import INSTRUMENTS, messages

_IDS = SchemaIds.embedded()
_CONFIG = str(Path(__file__).with_name("nervous.toml"))
_TICKS = 12_000
_PER_SECOND = 25


def _log(stack: Stack, prefix: str) -> Settings:
    settings = replace(stack.settings, topic_prefix=prefix)
    topics.create(settings)
    write(settings, "risk.inbox", [(b"main", encode(command, _IDS)) for command in wide_open(INSTRUMENTS)])
    return settings


def _once(records: Iterable[Written]) -> list[Written]:
    """As a reader takes them: of one producer, what is past its last origin."""
    taken, last = [], {}
    for record in records:
        made = decode(record.value, _IDS)
        origin = getattr(made, "origin", None)
        if origin is not None:
            lane, here = (record.partition, origin.partition, type(made)), (origin.offset, origin.index)
            if here <= last.get(lane, (-1, -1)):
                continue
            last[lane] = here
        taken.append(record)
    return taken


def test_a_successor_on_the_same_folder_does_not_start(stack: Stack, tmp_path: Path) -> None:
    _log(stack, "stalled-same.")
    with FlowProcess(stack, tmp_path, "stalled-same.", "market") as first:
        # It has its lock, and is past the start, in which it could not end in time.
        first.until(lambda: bool(first.positions("market.ticks")))
        first.process.send_signal(signal.SIGSTOP)
        with FlowProcess(stack, tmp_path, "stalled-same.", "market") as second:
            assert second.process.wait(60) == 1
        assert "already running" in first.log.read_text()
        first.process.send_signal(signal.SIGCONT)
        assert first.interrupt() < 10


def test_a_successor_elsewhere_writes_the_same(stack: Stack, tmp_path: Path) -> None:
    prefix = "stalled."
    settings = _log(stack, prefix)
    ticks = list(messages(_TICKS, seed=13, per_second=_PER_SECOND))
    thirds = [ticks[: _TICKS // 3], ticks[_TICKS // 3 : 2 * _TICKS // 3], ticks[2 * _TICKS // 3 :]]
    config = ("--config", _CONFIG)
    with FlowProcess(stack, tmp_path / "first", prefix, "market", *config) as first:
        written = write(settings, "market.ticks", thirds[0])
        first.until(lambda: first.done("market.ticks") > 0)
        first.process.send_signal(signal.SIGSTOP)
        with FlowProcess(stack, tmp_path / "second", prefix, "market", *config) as second:
            written += write(settings, "market.ticks", thirds[1])
            second.until(lambda: second.done("market.ticks") == written)
            first.process.send_signal(signal.SIGCONT)
            written += write(settings, "market.ticks", thirds[2])
            second.until(lambda: second.done("market.ticks") == written)
            first.until(lambda: first.done("market.ticks") == written)
    bars = read(settings, "market.bars")
    assert len(_once(bars)) < len(bars), "both wrote, else this shows nothing"

    calm = _log(stack, f"calm-{prefix}")
    for flow, (reads, writes) in {"market": (prefix, f"calm-{prefix}"), "risk": (f"calm-{prefix}", None)}.items():
        arguments = (flow, "--until-end", *config, *(("--output-prefix", writes) if writes else ()))
        with FlowProcess(stack, tmp_path / f"calm-{flow}", reads, *arguments) as process:
            process.ended()
    for name in ("market.bars", "market.features", "market.violations", "risk.inbox"):
        assert by_source_partition(_once(read(settings, name))) == by_source_partition(read(calm, name)), name

    # Orders are what would hurt: risk, reading the doubled inbox, makes each of them once.
    with FlowProcess(stack, tmp_path / "risk", prefix, "risk", "--until-end", *config) as process:
        process.ended()
    made, expected = (_by_strategy(read(each, "execution.orders")) for each in (settings, calm))
    assert sum(map(len, expected.values())) > 20
    assert made == expected


def _by_strategy(orders: Iterable[Written]) -> dict[str, list[object]]:
    """Orders without their positions in the inbox: repeats have moved them, and it keeps no order of strategies."""
    found: dict[str, list[object]] = defaultdict(list)
    for written in orders:
        order = decode(written.value, _IDS)
        assert isinstance(order, New)
        found[order.strategy].append(replace(order, origin=None, signal=None, client_order_id=""))
    return found
