"""The raw WebSocket captures of ../shared/data/captures: first lines that name endpoint and configuration, then
`<receive seconds>: <json>`. Prices and quantities stay text until somebody says what they count."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from flows.contracts.records import Level
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_sequence import SeqIds
from flows.kernels.scale import Scale

Pairs = Sequence[Sequence[str]]
"""Price, quantity, and what else the venue says of a level."""


class BookMessage(NamedTuple):
    """A snapshot or the changes of one message, of one instrument."""

    instrument: str
    is_snapshot: bool
    bids: Pairs
    asks: Pairs
    checksum: int | None = None
    sequence: SeqIds | None = None


def received(path: Path) -> Iterator[Any]:
    """What the venue sent, in order."""
    return map(json.loads, texts(path))


def texts(path: Path) -> Iterator[str]:
    """The same, as it was written."""
    with gzip.open(path, "rt") as file:
        for line in file:
            seconds, colon, body = line.partition(": ")
            if colon and seconds.replace(".", "", 1).isdigit():
                yield body.strip()


def answers(path: Path) -> Iterator[tuple[str, Any]]:
    """(URL, answer) of the REST requests of a `.http.` file."""
    with gzip.open(path, "rt") as file:
        for line in file:
            url, arrow, answer = line.partition(" -> ")
            if arrow:
                yield url, json.loads(answer.partition(": ")[2])


def decimals(messages: Iterable[BookMessage]) -> dict[str, KrakenDecimals]:
    """The most decimals that each instrument's prices and quantities are written with."""
    found: dict[str, KrakenDecimals] = {}
    for message in messages:
        before = found.get(message.instrument, KrakenDecimals(0, 0))
        written = [(_places(pair[0]), _places(pair[1])) for pair in (*message.bids, *message.asks)]
        found[message.instrument] = KrakenDecimals(*map(max, zip(before, *written, strict=True)))
    return found


def scale_of(places: KrakenDecimals) -> Scale:
    """Units that hold every decimal. No finer ones: captures have prices such as 9,999,999,997, which 1e-9 cannot."""
    return Scale(-places.price, -places.quantity)


def levels(pairs: Pairs, scale: Scale) -> list[Level]:
    """Levels as the books take them."""
    return [Level(units(pair[0], scale.price_exponent), units(pair[1], scale.quantity_exponent)) for pair in pairs]


def units(text: str, exponent: int) -> int:
    """A decimal as a count of 10^exponent; what is finer fails."""
    count = Decimal(text).scaleb(-exponent)
    assert count == int(count), f"{text} is finer than 1e{exponent}"
    return int(count)


def kraken_messages(path: Path) -> Iterator[BookMessage]:
    """`book` of WebSocket v1: `[channel, part, (part,) name, pair]`."""
    for message in received(path):
        if isinstance(message, list) and message[-2].startswith("book"):
            parts: dict[str, Any] = {}
            for part in message[1:-2]:
                parts |= part
            is_snapshot = "as" in parts or "bs" in parts
            bids, asks = (parts.get(f"{side}s" if is_snapshot else side, []) for side in "ba")
            yield BookMessage(message[-1], is_snapshot, bids, asks, int(parts["c"]) if "c" in parts else None)


def okx_messages(path: Path) -> Iterator[BookMessage]:
    """`books` and its like of API v5."""
    for message in received(path):
        if "action" in message:
            (data,) = message["data"]
            sequence = SeqIds(int(data["prevSeqId"]), int(data["seqId"])) if "seqId" in data else None
            instrument, is_snapshot = message["arg"]["instId"], message["action"] == "snapshot"
            yield BookMessage(instrument, is_snapshot, data["bids"], data["asks"], int(data["checksum"]), sequence)


def coinbase_messages(path: Path) -> Iterator[BookMessage]:
    """`level2`."""
    for message in received(path):
        yield from coinbase_message(message)


def coinbase_message(message: Any) -> list[BookMessage]:
    """The one message if it is of `level2`. In changes `side` is the maker's."""
    match message["type"]:
        case "snapshot":
            return [BookMessage(message["product_id"], True, message["bids"], message["asks"])]
        case "l2update":
            changes = message["changes"]
            bids, asks = ([pair for maker, *pair in changes if maker == side] for side in ("buy", "sell"))
            return [BookMessage(message["product_id"], False, bids, asks)]
    return []


def _places(text: str) -> int:
    return len(text.partition(".")[2])
