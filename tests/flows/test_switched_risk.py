"""The risk desk changes its engine between two records: the same decisions, the same orders."""

from __future__ import annotations

import random
from pathlib import Path

from flows.config import DEFAULTS, Config
from flows.contracts.codec import encode
from flows.contracts.records import Rollout
from flows.contracts.registry import SchemaIds
from flows.contracts.topics import load
from flows.kernels.emit import Entry
from flows.operator_commands import Limits, limits, opening
from flows.rollout import switched_chain
from flows.running import chain
from flows.running.chain import Chain, Outputs
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings
from tests.parity.twins import batch
from tests.synthetic_ticks import INSTRUMENTS, messages

IDS = SchemaIds.embedded()
OPTIONS = FlowOptions(Settings(Path()), Config.load(DEFAULTS))


def counts(names: list[str]) -> dict[str, int]:
    return {name: load()[name].partitions for name in names}


def entries(topic: str, values: list[tuple[bytes, bytes]]) -> list[Entry]:
    return [Entry(topic, 1, offset, key, value, (1, offset, 0)) for offset, (key, value) in enumerate(values)]


def inbox() -> list[Entry]:
    """What an operator, and signals over some minutes, say to risk; and now and then which engine is to judge it."""
    most = Limits("1000000", "10000000", "1000000000", "10000000000", 10.0**9)
    said = [opening("main", "test", "0badcafe")]
    said += [limits("main", "test", "binance", instrument, most) for instrument in INSTRUMENTS]
    values = [(b"main", encode(command, IDS)) for command in said]
    market = chain.make(["bars", "features", "signals"], OPTIONS, counts)
    ticks = entries("market.ticks", list(messages(16_000, seed=7, per_second=25)))
    for stage, made in market.process(batch(ticks)):
        if stage == "signals":
            values += [(key, value) for _, _, _, key, value, _, _ in made.entries()]
    policies = {40: (0, [], []), 90: (50, [], []), 200: (0, ["main"], []), 330: (100, [], []), 450: (100, [], ["main"])}
    for at in sorted(policies, reverse=True):
        percent, rust, python = policies[at]
        assert at < len(values)
        values.insert(at, (b"risk", encode(Rollout(None, "risk", percent, rust, python, "test", "test", 1), IDS)))
    return entries("risk.inbox", values)


def run(desk: Chain, tape: list[Entry], seed: int = 0) -> list[tuple[object, ...]]:
    dice = random.Random(seed)
    outputs: Outputs = []
    begin = 0
    while begin < len(tape):
        end = begin + (dice.randint(1, 60) if seed else len(tape))
        outputs += desk.process(batch(tape[begin:end]))
        begin = end
    return [entry for _, made in outputs for entry in made.entries()]


def test_decisions_and_orders_are_the_same() -> None:
    tape = inbox()
    expected = run(chain.make(["risk"], OPTIONS, counts), tape)
    assert sum(entry[0] == "execution.orders" for entry in expected) > 20
    desk = switched_chain.make(["risk"], OPTIONS, counts)
    assert run(desk, tape, 1) == expected
    standing = desk.standing["risk"]
    assert (standing.running, standing.fallen) == (("rust", "python"), None)
    # The word that named the account for Python: both ran until nothing asked for Rust any more.
    desk.snapshot()
    assert desk.standing["risk"].running == ("python",)
