"""A seeded market in the mix of the recordings: 25 % trades, 65 % quotes, 10 % book deltas. Some quotes are
crossed, and bars that end with one break a rule of features.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from flows.contracts.codec import Record, encode
from flows.contracts.records import BookDelta, Heartbeat, Instrument, InstrumentClass, Level, Quote, Side, Trade
from flows.contracts.registry import SchemaIds

INSTRUMENTS = ("BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "ADA-USDT", "LTC-USDT")
START_NS = 1_723_075_200_000_000_000
_EXPONENT = -9
_TICK = 10_000_000
_LOT = 10_000
PER_SECOND = 270
"""Ticks of one instrument in a second of the recordings."""
_BOOK_LEVELS = 8
# Shares no factor with the number of instruments: each has its crossed quotes.
_CROSSED_EVERY = 5


def ticks(
    count: int, seed: int = 1, instruments: tuple[str, ...] = INSTRUMENTS, per_second: int = PER_SECOND
) -> Iterator[tuple[str, Record]]:
    """Instrument name and record: the terms of each instrument, then `count` ticks in turn, then a heartbeat each."""
    dice = random.Random(seed)
    for name in instruments:
        yield name, _terms(name)
    mid = {name: 60_000 * 10**9 // (1 + rank * 7) // _TICK * _TICK for rank, name in enumerate(instruments)}
    now_ns = START_NS
    for number in range(count):
        name = instruments[number % len(instruments)]
        now_ns += 10**9 // (per_second * len(instruments))
        mid[name] += dice.choice((-1, 0, 0, 1)) * _TICK
        yield name, _tick(dice, name, mid[name], now_ns, number)
    for name in instruments:
        yield name, Heartbeat(venue="binance", instrument=name, event_ns=now_ns + 10**11, receive_ns=now_ns)


def messages(
    count: int, seed: int = 1, instruments: tuple[str, ...] = INSTRUMENTS, per_second: int = PER_SECOND
) -> Iterator[tuple[bytes, bytes]]:
    """Key and framed value of each record of `ticks`."""
    ids = SchemaIds.embedded()
    for name, record in ticks(count, seed, instruments, per_second):
        yield name.encode(), encode(record, ids)


def _tick(dice: random.Random, name: str, mid: int, now_ns: int, number: int) -> Record:
    kind = dice.random()
    if kind < 0.25:
        return Trade(
            venue="binance",
            instrument=name,
            price_exponent=_EXPONENT,
            quantity_exponent=_EXPONENT,
            event_ns=now_ns - 2_000_000,
            publish_ns=now_ns - 1_000_000,
            receive_ns=now_ns,
            trade_id=number,
            price=mid + dice.choice((0, _TICK)),
            quantity=dice.randint(1, 10_000) * _LOT,
            aggressor=dice.choice((Side.BUY, Side.SELL)),
            trade_type="",
            flags=0,
        )
    if kind < 0.9:
        return Quote(
            venue="binance",
            instrument=name,
            price_exponent=_EXPONENT,
            quantity_exponent=_EXPONENT,
            event_ns=None,
            publish_ns=None,
            receive_ns=now_ns,
            update_id=number,
            bid_price=mid,
            bid_quantity=dice.randint(1, 50_000) * _LOT,
            ask_price=mid + (_TICK if number % _CROSSED_EVERY else -_TICK),
            ask_quantity=dice.randint(1, 50_000) * _LOT,
            flags=0,
        )
    return BookDelta(
        venue="binance",
        instrument=name,
        price_exponent=_EXPONENT,
        quantity_exponent=_EXPONENT,
        event_ns=now_ns - 2_000_000,
        publish_ns=now_ns - 1_000_000,
        receive_ns=now_ns,
        first_update_id=number,
        final_update_id=number,
        previous_update_id=None,
        bids=[Level(mid - depth * _TICK, dice.randint(0, 9) * _LOT) for depth in range(_BOOK_LEVELS)],
        asks=[Level(mid + (1 + depth) * _TICK, dice.randint(0, 9) * _LOT) for depth in range(_BOOK_LEVELS)],
        bid_price=mid,
        bid_quantity=_LOT,
        ask_price=mid + _TICK,
        ask_quantity=_LOT,
        flags=0,
    )


def _terms(name: str) -> Instrument:
    base, _, quote = name.partition("-")
    return Instrument(
        venue="binance",
        instrument=name,
        price_exponent=_EXPONENT,
        quantity_exponent=_EXPONENT,
        receive_ns=START_NS,
        venue_symbol=base + quote,
        base=base,
        quote=quote,
        instrument_class=InstrumentClass.SPOT,
        tick_size=_TICK,
        lot_size=_LOT,
        min_quantity=_LOT,
        max_quantity=10**15,
        min_notional=5 * 10**18,
        contract_currency="",
        contract_exponent=0,
        contract_size=0,
    )
