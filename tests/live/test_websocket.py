"""By WebSocket: the same records by the same calls; the publisher says what is missing, and why it ends."""

from __future__ import annotations

import struct
from urllib.parse import parse_qs, urlsplit

import pytest

from flows import live
from flows.contracts.codec import encode
from tests.live.published import IDS, beat, frame, serving

LOST = b'{"lost":12,"kinds":{"BookDelta":2,"Trade":10},"conflated":57}'
CONFLATED = b'{"lost":0,"kinds":{},"conflated":3}'


def test_records_and_losses_at_their_place() -> None:
    asked = []

    def answer(path: str) -> bytes:
        asked.append(path)
        frames = [(2, encode(beat(1), IDS)), (9, b"there?"), (1, LOST), (1, CONFLATED), (2, encode(beat(2), IDS))]
        return b"".join(frame(*one) for one in frames)

    wanted = {"instruments": ["BTC-USDT", "ETH-USDT"], "kinds": ["Heartbeat"], "timeout_s": 10}
    with serving(answer) as url, live.subscribe(url, on_slow="close", **wanted) as records:
        assert next(records) == beat(1)
        with pytest.raises(live.Lost) as lost:
            next(records)
        assert (lost.value.count, lost.value.kinds) == (12, {"BookDelta": 2, "Trade": 10})
        assert next(records) == beat(2)
        assert records.conflated == 60
    url_parts = urlsplit(asked[0])
    query = {"instruments": ["BTC-USDT,ETH-USDT"], "kinds": ["Heartbeat"], "format": ["avro"], "on_slow": ["close"]}
    assert (url_parts.path, parse_qs(url_parts.query)) == ("/stream", query)


def test_losses_among_the_records() -> None:
    frames = frame(1, LOST) + frame(2, encode(beat(1), IDS))
    with serving(lambda _: frames) as url, live.subscribe(url, on_lost="yield", timeout_s=10) as records:
        lost = next(records)
        assert isinstance(lost, live.Lost)
        assert lost.count == 12
        assert next(records) == beat(1)


def test_the_end_says_why() -> None:
    frames = frame(8, struct.pack(">H", 1008) + b"too slow")
    with serving(lambda _: frames) as url, live.subscribe(url, timeout_s=10) as records:
        with pytest.raises(live.Closed, match="1008 too slow") as closed:
            next(records)
        assert closed.value.code == 1008


def test_silence_ends_the_iteration_when_it_was_asked_to() -> None:
    with serving(lambda _: b"") as url, live.subscribe(url, timeout_s=0.05) as records:
        assert list(records) == []


def test_where_nobody_listens() -> None:
    with pytest.raises(live.LiveError, match="--broadcast-listen"):
        live.subscribe("ws://127.0.0.1:1")


def test_what_is_no_message_of_ours() -> None:
    with (
        serving(lambda _: frame(1, b"hello")) as url,
        live.subscribe(url, timeout_s=10) as records,
        pytest.raises(live.LiveError, match="no message of a Tapeflow publisher"),
    ):
        next(records)
