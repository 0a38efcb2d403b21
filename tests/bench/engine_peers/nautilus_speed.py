"""nautilus_trader over recorded ticks: `nautilus_speed.py TICKS.npy ROUNDS`; prints a JSON object for each round.

Its BacktestEngine takes quotes and trades that are made before the clock starts, matches orders on the best prices, and
makes bars of a second from the trades; five of its own average crosses, in Python as its users write them, trade those
bars.
"""

import json
import sys
import time
from decimal import Decimal

import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.examples.strategies.ema_cross import EMACross, EMACrossConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import BarType, QuoteTick, TradeTick
from nautilus_trader.model.enums import AccountType, AggressorSide, OmsType
from nautilus_trader.model.identifiers import TradeId, Venue
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider

SPANS = [(12, 26), (5, 20), (10, 40), (20, 60), (30, 90)]
INSTRUMENT = TestInstrumentProvider.btcusdt_binance()


def ticks_of(rows: np.ndarray) -> list:
    made = []
    id = INSTRUMENT.id
    for number, (kind, at_ns, price, quantity, ask, ask_quantity, side) in enumerate(rows.tolist()):
        first, size = Price(price / 1e9, 2), Quantity(quantity / 1e9, 6)
        if kind == 1:
            taker = AggressorSide.BUYER if side == 1 else AggressorSide.SELLER
            made.append(TradeTick(id, first, size, taker, TradeId(str(number)), at_ns, at_ns))
        else:
            made.append(QuoteTick(id, first, Price(ask / 1e9, 2), size, Quantity(ask_quantity / 1e9, 6), at_ns, at_ns))
    return made


def run(ticks: list) -> tuple[float, int]:
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        Venue("BINANCE"),
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=None,
        starting_balances=[Money(10_000_000, USDT), Money(100, BTC)],
    )
    engine.add_instrument(INSTRUMENT)
    engine.add_data(ticks)
    bars = BarType.from_str(f"{INSTRUMENT.id}-1-SECOND-LAST-INTERNAL")
    for number, (fast, slow) in enumerate(SPANS):
        config = EMACrossConfig(
            instrument_id=INSTRUMENT.id,
            bar_type=bars,
            trade_size=Decimal("0.001"),
            fast_ema_period=fast,
            slow_ema_period=slow,
            order_id_tag=str(number),
        )
        engine.add_strategy(EMACross(config))
    began_s = time.perf_counter()
    engine.run()
    took_s = time.perf_counter() - began_s
    orders = engine.cache.orders_total_count()
    engine.dispose()
    return took_s, orders


made = ticks_of(np.load(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    seconds, orders = run(made)
    print(json.dumps({"ticks": len(made), "seconds": seconds, "orders": orders}), flush=True)
