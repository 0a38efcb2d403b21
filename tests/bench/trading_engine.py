"""TradingEngine: tick to decision, and recorded ticks in one call, beside its twin, hftbacktest and nautilus_trader.

`make bench BENCH=trading_engine`. All get the ticks of one recording (Binance, BTC-USDT: best prices and trades), and
run five strategies on bars of a second. What each does for a tick:

- TradingEngine: decodes the Avro record, adds to bars of three lengths with their order flow; where one closes it makes
  the bar, its features, marks and signals, ten risk checks a signal, orders, all as framed records with their origins.
  It matches nothing.
- hftbacktest: changes its two books (a quote is about two rows of depth), queue positions, its own orders; floats. Its
  strategies are compiled by Numba and look at the mid price once a second.
- nautilus_trader: takes ready objects over its message bus into its cache and its matching; bars of a second. Its
  strategies are Python.

And the same tape under many names, so that several partitions have work: on one thread and on two, in turns. How much
that wins is said and not held to a target: it depends on what else the machine does.

Rounds take turns; the median counts. The peers' own conversion of the ticks is not timed, nor is ours to frames.
"""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from flows._native import SchemaIds
from flows.config import Config
from flows.contracts.codec import Record
from flows.contracts.records import Control, Quote, Side, Trade
from flows.engine import Batch, TradingEngine, batch_of
from tests.bench.market_programs import PROJECT, built, lines_of, python_with
from tests.parity.recorded import ticks
from tests.parity.streams import SECOND
from tests.parity.test_recording import opening
from tests.parity.test_signals import strategy
from tests.recordings import recording

RECORDING = "binance/spot/btcusdt_20240808.gz"
PEERS = {"hftbacktest": "hftbacktest==2.4.4", "nautilus": "nautilus_trader==1.231.0"}
SOURCES = PROJECT / "tests" / "bench" / "engine_peers"
ROUNDS = 3
RUNS = 15
"""Of each program in a round."""
TARGET_PER_S, TARGET_P99_NS, TARGET_OF_TWIN = 3e6, 50_000, 50
STRATEGIES = [
    strategy("cross", "ema_cross", quantity="0.001"),
    strategy("slow cross", "ema_cross", quantity="0.001", interval_ns=5 * SECOND),
    strategy("reversion", "rsi_reversion", quantity="0.001"),
    strategy("nervous reversion", "rsi_reversion", quantity="0.001", parameters={"low": 45, "high": 55}),
    strategy("slow reversion", "rsi_reversion", quantity="0.001", interval_ns=5 * SECOND),
]
SYMBOLS, PARTITIONS, TURNS = 16, 8, 7
CONFIG = Config({"bars": {}, "features": {}, "signals": {"strategies": STRATEGIES}, "risk": {}})


def test_trading_engine(tmp_path: Path) -> None:
    tape = ticks(recording(RECORDING))
    words: list[Control] = opening()
    day = placed([*words, *tape])
    (tmp_path / "ours.batch").write_bytes(day.to_bytes())
    np.save(tmp_path / "ticks.npy", rows(tape))
    stages = [CONFIG.json(stage) for stage in ("bars", "features", "signals")]
    ours = [str(built("tapeflow-venues") / "engine_speed"), str(tmp_path / "ours.batch"), *stages, str(RUNS)]
    peers = {
        name: [python_with(package), "-W", "ignore", str(SOURCES / f"{name}_speed.py"), str(tmp_path / "ticks.npy")]
        for name, package in PEERS.items()
    }
    rates: dict[str, list[float]] = {name: [] for name in ("tapeflow", *PEERS)}
    for _ in range(ROUNDS):
        (said,) = lines_of(ours)
        rates["tapeflow"].append(said["ticks"] / statistics.median(said["seconds"]))
        for name, command in peers.items():
            found = lines_of([*command, str(RUNS if name == "hftbacktest" else 1)])
            rates[name].append(statistics.median(one["ticks"] / one["seconds"] for one in found))
    figures = {name: statistics.median(found) for name, found in rates.items()}
    print(f"\n{len(tape):,} ticks, {len(STRATEGIES)} strategies; rounds, ticks/s: {shown(rates)}")
    print(
        f"execute_ticks, Rust: {figures['tapeflow']:,.0f} ticks/s; hftbacktest {figures['hftbacktest']:,.0f} "
        f"({figures['tapeflow'] / figures['hftbacktest']:.2f} times), nautilus_trader {figures['nautilus']:,.0f} "
        f"({figures['tapeflow'] / figures['nautilus']:.0f} times)"
    )
    for name, spread in (("tick to decision", said["decision_ns"]), ("any tick", said["tick_ns"])):
        print(
            f"execute_tick, Rust, {name}: p50 {spread['p50'] / 1e3:.2f} us, p99 {spread['p99'] / 1e3:.2f} us, "
            f"p99.9 {spread['p999'] / 1e3:.2f} us, of {spread['count']:,}"
        )
    of_twin = from_python(tape, words, day)
    assert figures["tapeflow"] >= TARGET_PER_S
    assert said["decision_ns"]["p99"] < TARGET_P99_NS
    assert of_twin >= TARGET_OF_TWIN


def test_many_symbols_on_threads() -> None:
    plain = batch_of(ticks(recording(RECORDING)), SchemaIds.embedded()).entries()
    known = b"BTC-USDT"
    # Of one length, so that the frames stay whole.
    names = [f"S{number:02}-USDT".encode() for number in range(SYMBOLS)]
    rows = [
        (topic, -1, -1, name, message.replace(known, name), origin)
        for topic, _, _, _, message, origin, _ in plain
        for name in names
    ]
    tape = Batch.placed(rows)
    spent: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(TURNS):
        for threads, found in spent.items():
            engine = TradingEngine(CONFIG, partitions={"market.ticks": PARTITIONS}, threads=threads)
            began_s = time.perf_counter()
            events = engine.execute_ticks(tape)
            found.append(time.perf_counter() - began_s)
    one_s, two_s = (statistics.median(found) for found in spent.values())
    print(
        f"\n{len(rows):,} ticks of {SYMBOLS} symbols in {PARTITIONS} partitions, {len(STRATEGIES)} strategies on each, "
        f"{len(events):,} events: {len(rows) / one_s:,.0f} ticks/s on one thread, {len(rows) / two_s:,.0f} on two, "
        f"{one_s / two_s:.2f} times"
    )


def from_python(tape: list[Trade | Quote], words: list[Control], day: Batch) -> float:
    """The calls as Python makes them, and how many times as long the Python twin takes."""
    messages = [message for _, _, _, _, message, _, _ in day.entries()][len(words) :]
    engine = TradingEngine(CONFIG)
    for word in words:
        engine.execute_control(word)
    all_ns, deciding_ns = [], []
    for message in messages:
        began_ns = time.perf_counter_ns()
        events = engine.execute_tick(message)
        took_ns = time.perf_counter_ns() - began_ns
        all_ns.append(took_ns)
        if "risk.decisions" in events.batch.counts():
            deciding_ns.append(took_ns)
    for name, found in (("tick to decision", deciding_ns), ("any tick", all_ns)):
        p50, p99 = np.percentile(found, [50, 99]) / 1e3
        print(f"execute_tick from Python, framed, {name}: p50 {p50:.2f} us, p99 {p99:.2f} us, of {len(found):,}")
    rust_s = min(seconds("rust", day) for _ in range(RUNS))
    python_s = seconds("python", day)
    print(
        f"execute_ticks from Python: {len(day) / rust_s:,.0f} ticks/s in Rust, {len(day) / python_s:,.0f} in Python, "
        f"{python_s / rust_s:.0f} times"
    )
    return python_s / rust_s


def seconds(engine: str, day: Batch) -> float:
    one = TradingEngine(CONFIG, engine=engine)
    began_s = time.perf_counter()
    one.execute_ticks(day)
    return time.perf_counter() - began_s


def placed(records: list[Record]) -> Batch:
    """As they stand in their topics: each with its partition and, of ticks, its offset."""
    made, offset = [], 0
    probe = TradingEngine(CONFIG)
    for topic, _, _, key, message, _, _ in batch_of(records, SchemaIds.embedded()).entries():
        if topic == "market.ticks":
            if not offset:
                probe.execute_tick(message)
            (partition,) = probe.snapshot()[topic]
            made.append((topic, partition, offset, key, message, (partition, offset, 0)))
            offset += 1
        else:
            made.append((topic, -1, -1, key, message, (-1, -1, 0)))
    return Batch.placed(made)


def rows(tape: list[Trade | Quote]) -> Any:
    """The ticks as numbers: kind (1: trade), time, price and quantity of bid or trade, then of the ask, and side."""
    made, now_ns = [], 0
    for tick in tape:
        if isinstance(tick, Trade):
            now_ns = max(now_ns, tick.event_ns)
            made.append((1, now_ns, tick.price, tick.quantity, 0, 0, 1 if tick.aggressor is Side.BUY else 2))
        elif now_ns:
            # Binance's spot quotes bear no time: that of the trade before.
            made.append((0, now_ns, tick.bid_price, tick.bid_quantity, tick.ask_price, tick.ask_quantity, 0))
    return np.array(made, dtype=np.int64)


def shown(rates: dict[str, list[float]]) -> str:
    return json.dumps({name: [round(rate) for rate in found] for name, found in rates.items()})
