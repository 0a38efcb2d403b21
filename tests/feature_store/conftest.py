"""A market that real flows have worked through and audited: two venues, two instruments, and clocks that step back."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flows.config import Config
from flows.connectors import clickhouse
from flows.contracts.codec import decode, encode
from flows.contracts.records import BookDelta, BookSnapshot, FeatureVector, Level
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests import log_of
from tests.flow_process import FlowProcess
from tests.log_of import Written
from tests.synthetic_ticks import ticks as seeded

PREFIX = "asof."
SECOND = 1_000_000_000
MIXED = "MIX-USDT"
IDS = SchemaIds.embedded()
VENUES = ("binance", "binance_usdm")
# One group, so that all share a partition.
_KEY = b"group"
_TICKS, _PER_SECOND = 2_000, 10
# Many ticks share a receive time, and for a while the clock is behind what it had said.
_RESOLUTION_NS = 200_000_000
_BARS = """[bars]
depth_levels = 4
intervals_ns = [1_000_000_000, 5_000_000_000]
series = [{ name = "tick:20" }, { name = "renko:0.02" }]
[features]
limits = [{ feature = "trade_imbalance", low = "-0.9", high = "0.9" }]
"""
# As the page has them.
[OWN] = re.findall(
    r"```toml\n(\[\[features.own\]\].*?)```",
    (Path(__file__).parents[2] / "docs" / "features.md").read_text(),
    re.DOTALL,
)
_STEPS_BACK = {500: 3_000_000_000, 640: 0, 1_000: 800_000_000, 1_500: 2_000_000_000}


@dataclass(frozen=True)
class Landed:
    """What stands in the log, and in ClickHouse."""

    stack: Stack
    settings: Settings
    config: Config
    """With which its features were made."""
    ticks: list[Written]
    vectors: list[Written]
    """Each origin once."""
    violations: list[Written]
    repeated: int
    """Vectors that stand in the log a second time."""

    def rows(self, table: str) -> int:
        """Of this log, in ClickHouse."""
        with clickhouse.client(self.stack.clickhouse_url) as client:
            asked = f"SELECT count() FROM {table} WHERE startsWith(topic, '{PREFIX}')"
            return int(client.query(asked).result_rows[0][0])


@pytest.fixture(scope="session")
def landed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Landed:
    settings = replace(stack.settings, topic_prefix=PREFIX)
    topics.create(settings)
    log_of.write(settings, "market.ticks", _messages())
    folder = tmp_path_factory.mktemp("asof")
    config = folder / "made.toml"
    config.write_text(_BARS + OWN)
    with FlowProcess(stack, folder, PREFIX, "market", "--until-end", "--config", str(config)) as process:
        process.ended()
    vectors = log_of.read(settings, "market.features")
    # As a process that died would have written late.
    late = [(_KEY, one.value) for one in vectors[10:200]]
    log_of.write(settings, "market.features", late)
    log_of.write(settings, "market.features", list(_of_two_configurations(vectors)))
    ticks = log_of.read(settings, "market.ticks")
    violations = log_of.read(settings, "market.violations")
    found = Landed(stack, settings, Config.load(config), ticks, vectors, violations, len(late))
    expected = {
        "market_ticks": len(found.ticks),
        "market_features": len(vectors) + len(late) + len(list(_of_two_configurations(vectors))),
        "market_violations": len(violations),
    }
    with FlowProcess(stack, folder, PREFIX, "audit") as process:
        process.until(lambda: all(found.rows(table) == count for table, count in expected.items()))
        process.interrupt()
    return found


@pytest.fixture
def here(landed: Landed, monkeypatch: pytest.MonkeyPatch) -> Landed:
    """As its user's environment has it, for one test."""
    monkeypatch.setenv("TAPEFLOW_TOPIC_PREFIX", PREFIX)
    return landed


def vector_of(one: Written) -> FeatureVector:
    found = decode(one.value, IDS)
    assert isinstance(found, FeatureVector)
    return found


def _of_two_configurations(vectors: list[Written]) -> Iterator[tuple[bytes, bytes]]:
    """Of an instrument of its own, as a flow writes them that was begun anew amid the log with another rsi."""
    found = [vector_of(one) for one in vectors]
    of_one = [one for one in found if (one.venue, one.instrument, one.interval_ns) == (VENUES[0], "BTC-USDT", SECOND)]
    for place, one in enumerate(of_one):
        text = one.configuration if place < len(of_one) // 2 else one.configuration.replace('"rsi":14', '"rsi":7')
        yield _KEY, encode(replace(one, instrument=MIXED, configuration=text), IDS)


def _messages() -> Iterator[tuple[bytes, bytes]]:
    dice = random.Random(3)
    behind_ns = 0
    books: dict[tuple[str, str], _Book] = {}
    for number, (_, record) in enumerate(seeded(_TICKS, 5, ("BTC-USDT", "ETH-USDT"), _PER_SECOND)):
        behind_ns = _STEPS_BACK.get(number, behind_ns)
        receive_ns = (record.receive_ns - behind_ns) // _RESOLUTION_NS * _RESOLUTION_NS
        told = replace(record, receive_ns=receive_ns)
        is_terms = number < 2
        # The terms and the last heartbeats of both venues; ticks of one of them.
        said_by = VENUES if is_terms or number >= _TICKS + 2 else (dice.choice(VENUES),)
        for venue in said_by:
            said = replace(told, venue=venue)
            if isinstance(said, BookDelta):
                said = books.setdefault((venue, said.instrument), _Book()).told(said)
            yield _KEY, encode(said, IDS)


class _Book:
    """One that is in step, as an ingestor writes it: a snapshot, then what changes to other levels."""

    def __init__(self) -> None:
        self._number = 0
        self._bids: list[Level] = []
        self._asks: list[Level] = []

    def told(self, delta: BookDelta) -> BookDelta | BookSnapshot:
        """`delta` has all levels that there are from now on."""
        old_bids, old_asks = self._bids, self._asks
        self._number += 1
        self._bids, self._asks = ([one for one in side if one.quantity] for side in (delta.bids, delta.asks))
        if self._number == 1:
            place = {name: getattr(delta, name) for name in BookSnapshot.__slots__ if hasattr(delta, name)}
            place |= {"bids": self._bids, "asks": self._asks, "final_update_id": self._number}
            return BookSnapshot(**place, depth_max=None)
        bid, ask = (side[0] if side else None for side in (self._bids, self._asks))
        return replace(
            delta,
            first_update_id=self._number,
            final_update_id=self._number,
            bids=[*(Level(one.price, 0) for one in old_bids), *self._bids],
            asks=[*(Level(one.price, 0) for one in old_asks), *self._asks],
            bid_price=bid and bid.price,
            bid_quantity=bid and bid.quantity,
            ask_price=ask and ask.price,
            ask_quantity=ask and ask.quantity,
        )
