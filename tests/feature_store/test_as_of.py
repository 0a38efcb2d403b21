"""The proof: an as-of read is what the flow had by then, field for field and bit for bit.

What it had is told without the store: the log is read tick by tick, up to the first that was not received yet.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flows.contracts.codec import decode, encode
from flows.contracts.records import FeatureVector, Origin, OwnFeature
from flows.engine import TradingEngine
from flows.feature_store import FeatureStore
from tests.feature_store.conftest import IDS, VENUES, Landed, vector_of
from tests.log_of import Written

SECOND = 1_000_000_000
SERIES = [
    (venue, instrument, interval_ns, series)
    for venue in VENUES
    for instrument in ("BTC-USDT", "ETH-USDT")
    for interval_ns, series in ((SECOND, ""), (5 * SECOND, ""), (0, "tick:20"), (0, "renko:0.02"))
]
OWN = ("adx_5", "upper")
Key = tuple[str, str, int, str]
Had = dict[Key, FeatureVector]


def key_of(vector: FeatureVector) -> Key:
    return vector.venue, vector.instrument, vector.interval_ns, vector.series


def asked_of(key: Key) -> dict[str, Any]:
    """The terms that name this series and no other."""
    venue, instrument, interval_ns, series = key
    which = {"series": series} if series else {"interval": interval_ns}
    return {"instrument": instrument, "venue": venue, "exact": True, **which}


class Flow:
    """What a flow has emitted last in each series, as far as it has read."""

    def __init__(self, landed: Landed) -> None:
        self.ticks = ticks = landed.ticks
        self.had: Had = {}
        self._engine = TradingEngine(landed.config)
        self._received = [int(decode(one.value, IDS).receive_ns) for one in ticks]
        self._read = 0

    def read_next(self) -> None:
        one = self.ticks[self._read]
        made = self._engine.execute_tick(one.value, partition=one.partition, offset=one.offset)
        for vector in made.records(FeatureVector):
            self.had[key_of(vector)] = vector
        self._read += 1

    def until(self, moment_ns: int) -> Had:
        """It reads on as long as the next tick was received by then."""
        while self._read < len(self.ticks) and self._received[self._read] <= moment_ns:
            self.read_next()
        return self.had


def moments_of(ticks: list[Written]) -> list[int]:
    """Every receive time, the nanosecond before it, and the middle of each pause: ascending."""
    received = sorted({int(decode(one.value, IDS).receive_ns) for one in ticks})
    between = [(one + other) // 2 for one, other in pairwise(received)]
    return sorted({*received, *(one - 1 for one in received), *between, received[-1] + 60 * SECOND})


def record(row: dict[str, Any]) -> bytes:
    """A row as the record that the flow wrote, framed."""
    fields = {name: row[name] for name in FeatureVector.__slots__ if name not in ("origin", "own")}
    fields["own"] = [OwnFeature(name, row[name]) for name in OWN if row[name] is not None]
    for name in ("close_ns", "receive_ns"):
        fields[name] = fields[name].value
    origin = Origin(row["origin_partition"], row["origin_offset"], row["origin_index"])
    return encode(FeatureVector(origin=origin, **fields), IDS)


def rows_of(table: Any) -> Iterator[dict[str, Any]]:
    return iter(table.to_pylist())


def test_at_every_moment_it_is_what_an_engine_had_that_read_the_log(here: Landed) -> None:
    moments = moments_of(here.ticks)
    flow = Flow(here)
    had = [dict(flow.until(moment)) for moment in moments]
    store = FeatureStore(here.stack.data_dir)
    settled = 0
    for key in SERIES:
        asked = asked_of(key)
        rows = list(rows_of(store.as_of(moments, to="arrow", **asked)))
        assert len(rows) == len(moments)
        for row, known in zip(rows, had, strict=True):
            vector = known.get(key)
            assert row["status"] == ("known" if vector else "none")
            assert (record(row) == encode(vector, IDS)) if vector else (row["close"] is None)
        assert {row["status"] for row in rows} == {"known", "none"}
        settled += sum(row["settled"] for row in rows)
        assert not rows[-1]["settled"], "nobody knows yet whether more will come"
    assert settled > len(moments) * len(SERIES) * 0.9
    assert all(vector.bid_depth_slope and vector.ask_depth_slope for vector in flow.had.values()), "books are in step"
    of_seconds = [vector for vector in flow.had.values() if vector.interval_ns == SECOND]
    assert all(len(vector.own) == len(OWN) for vector in of_seconds), "their user's own features are warm"


def test_one_moment_is_the_same_as_among_many(here: Landed) -> None:
    """A question reads no more of the log than it needs, and that changes nothing."""
    store = FeatureStore(here.stack.data_dir)
    moments = moments_of(here.ticks)
    asked: dict[str, Any] = {"instrument": "BTC-USDT", "venue": VENUES[1], "interval": "1s", "to": "arrow"}
    whole = store.as_of(moments, **asked).to_pylist()
    for place in random.Random(1).sample(range(len(moments)), 5):
        some = slice(place, place + 200)
        assert store.as_of(moments[place], **asked).to_pylist() == [whole[place]]
        assert store.as_of(moments[some], **asked).to_pylist() == whole[some]


def test_at_every_position_it_is_what_the_log_says(here: Landed) -> None:
    store = FeatureStore(here.stack.data_dir)
    offsets = [one.offset for one in here.ticks]
    for key in SERIES:
        written = [one for one in here.vectors if key_of(vector_of(one)) == key]
        causes = [vector_of(one).origin.offset for one in written]
        asked = asked_of(key)
        table = store.as_of_offsets(offsets, partition=here.ticks[0].partition, to="arrow", **asked)
        for row in rows_of(table):
            place = bisect_right(causes, row["at_offset"])
            assert (record(row) == written[place - 1].value) if place else row["status"] == "none"


def test_a_range_is_every_vector_once_as_the_log_has_it(here: Landed) -> None:
    """Also where a process wrote some of them twice."""
    assert here.repeated
    store = FeatureStore(here.stack.data_dir)
    first, last = "2024-01-01", "2025-01-01"
    for key in SERIES[::3]:
        asked = asked_of(key)
        table = store.range(first, last, to="arrow", **asked)
        made = [record(row) for row in rows_of(table)]
        assert made == [one.value for one in here.vectors if key_of(vector_of(one)) == key]
        known = table.column("known_ns").to_pylist()
        assert known == sorted(known)
        # Cut anywhere, the parts are the whole: the end belongs to the next one.
        cut = known[len(known) // 2]
        parts = [store.range(*ends, to="arrow", **asked) for ends in ((first, cut), (cut, last))]
        assert [record(row) for part in parts for row in rows_of(part)] == made
        assert len(parts[0]) > 0
        assert all(row["known_ns"] >= cut for row in rows_of(parts[1]))


def test_where_the_clock_stepped_back_a_vector_is_known_later_than_its_tick_says(here: Landed) -> None:
    """And never earlier: who asks by its own receive time, or by the end of its bar, does not get it yet."""
    store = FeatureStore(here.stack.data_dir)
    asked: dict[str, Any] = {"instrument": "BTC-USDT", "venue": "binance", "interval": "1s"}
    rows = list(rows_of(store.range("2024-01-01", "2025-01-01", to="arrow", **asked)))
    behind = [row for row in rows if row["known_ns"] > row["receive_ns"]]
    assert 0 < len(behind) < len(rows)
    assert all(row["known_ns"] >= row["receive_ns"] for row in rows)
    assert any(row["close_ns"] < row["receive_ns"] for row in rows)
    at = [row["receive_ns"] for row in behind]
    earlier = list(rows_of(store.as_of(at, to="arrow", **asked)))
    assert all(was["origin_offset"] < row["origin_offset"] for was, row in zip(earlier, behind, strict=True))
