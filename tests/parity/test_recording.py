"""Both engines make the same of a real market, from the tick to the order, handing their states over on the way."""

from __future__ import annotations

from collections import Counter

from flows.contracts.records import Command, Control
from flows.kernels.stage import Output
from tests.recordings import recording

from .recorded import EXPONENT, ticks
from .streams import SECOND
from .twins import Twins, entry, follow, records

RECORDING = "binance/spot/btcusdt_20240808.gz"
PIECES = 4


def test_twins_agree_from_tick_to_order() -> None:
    tape = ticks(recording(RECORDING))[:20_000]
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)]
    bars, features, signals, risk = (Twins(name, {}) for name in ("bars", "features", "signals", "risk"))
    made: list[Output] = risk.feed([entry("risk.inbox", offset, word) for offset, word in enumerate(opening())])
    counts = dict.fromkeys(("market.bars", "market.features", "risk.inbox"), 0)
    counts["risk.inbox"] = len(opening())
    step = len(entries) // PIECES + 1
    for start in range(0, len(entries), step):
        outputs = bars.feed(entries[start : start + step])
        for topic, stage in (("market.bars", features), ("market.features", signals), ("risk.inbox", risk)):
            made += outputs
            followed = follow(topic, outputs, counts[topic])
            counts[topic] += len(followed)
            outputs = stage.feed(followed)
        made += outputs
        for stage in (bars, features, signals, risk):
            stage.swap()
    kinds = Counter(type(record).__name__ for record in records(made))
    assert "DeadLetter" not in kinds
    assert kinds["FeatureVector"] == kinds["Bar"] > 150
    assert kinds["Signal"] == kinds["Decision"] >= 5
    assert 0 < kinds["New"] < kinds["Decision"], "some pass, and the position limit stops some"


def opening() -> list[Control]:
    """An account that may hold two orders' worth."""
    common = {"account": "main", "operator": "test", "reason": "test", "event_ns": SECOND, "client_order_id": ""}
    none = dict.fromkeys(
        ("max_order_quantity", "max_position", "max_order_notional", "max_gross_notional", "max_price_age_ns")
    )
    lot, thousand = 10**6, 1000 * 10**18
    wide = dict(zip(none, (lot, 2 * lot, thousand, thousand, 60 * SECOND), strict=True))
    exponents = {"price_exponent": EXPONENT, "quantity_exponent": EXPONENT}
    place = {"venue": "binance", "instrument": "BTC-USDT"}
    return [
        Control(**common, command=Command.OPEN, log_id="a1b2c3d4", venue="", instrument="", **exponents, **none),
        Control(**common, command=Command.LIMITS, log_id=None, **place, **exponents, **wide),
    ]
