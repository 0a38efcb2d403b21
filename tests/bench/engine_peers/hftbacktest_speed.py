"""hftbacktest over recorded ticks: `hftbacktest_speed.py TICKS.npy ROUNDS`; prints a JSON object for each round.

A quote is the rows that a feed of best prices needs: the price that left its side at quantity 0, and the one that is
there. It keeps both its books (the exchange's and, by a latency of 0, the strategy's), queue positions and orders. Five
average crosses look at the mid price once a second, and trade it with immediate orders.
"""

import json
import sys
import time

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    LOCAL_EVENT,
    SELL_EVENT,
    TRADE_EVENT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
)
from hftbacktest.order import IOC, LIMIT
from hftbacktest.types import event_dtype
from numba import njit

SECOND = 1_000_000_000
SPANS = np.array([[12, 26], [5, 20], [10, 40], [20, 60], [30, 90]], dtype=np.float64)


def rows_of(ticks: np.ndarray) -> np.ndarray:
    both = EXCH_EVENT | LOCAL_EVENT
    rows = []
    best = {BUY_EVENT: None, SELL_EVENT: None}
    for kind, at_ns, price, quantity, ask, ask_quantity, side in ticks.tolist():
        if kind == 1:
            taker = BUY_EVENT if side == 1 else SELL_EVENT
            rows.append((TRADE_EVENT | both | taker, at_ns, at_ns, price / 1e9, quantity / 1e9, 0, 0, 0.0))
            continue
        for of, place, size in ((BUY_EVENT, price, quantity), (SELL_EVENT, ask, ask_quantity)):
            gone = best[of]
            if gone is not None and gone != place:
                rows.append((DEPTH_EVENT | both | of, at_ns, at_ns, gone / 1e9, 0.0, 0, 0, 0.0))
            rows.append((DEPTH_EVENT | both | of, at_ns, at_ns, place / 1e9, size / 1e9, 0, 0, 0.0))
            best[of] = place
    return np.array(rows, dtype=event_dtype)


@njit
def trade(backtest, spans):
    count = len(spans)
    averages = np.zeros((count, 2))
    above = np.zeros(count, dtype=np.int64)
    order_id = orders = looks = 0
    while backtest.elapse(SECOND) == 0:
        looks += 1
        depth = backtest.depth(0)
        mid = (depth.best_bid + depth.best_ask) / 2.0
        for number in range(count):
            for which in range(2):
                average = averages[number, which]
                weight = 2.0 / (spans[number, which] + 1.0)
                averages[number, which] = mid if looks == 1 else average + (mid - average) * weight
            now = 1 if averages[number, 0] > averages[number, 1] else -1
            if looks > 1 and now != above[number]:
                order_id += 1
                if now == 1 and backtest.position(0) < 0.02:
                    backtest.submit_buy_order(0, order_id, depth.best_ask, 0.001, IOC, LIMIT, False)
                    orders += 1
                elif now == -1 and backtest.position(0) > -0.02:
                    backtest.submit_sell_order(0, order_id, depth.best_bid, 0.001, IOC, LIMIT, False)
                    orders += 1
            above[number] = now
        backtest.clear_inactive_orders(0)
        backtest.clear_last_trades(0)
    return looks, orders


def run(rows: np.ndarray) -> tuple[float, int, int]:
    asset = (
        BacktestAsset()
        .data(rows)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(0.01)
        .lot_size(0.00001)
    )
    backtest = HashMapMarketDepthBacktest([asset])
    began_s = time.perf_counter()
    looks, orders = trade(backtest, SPANS)
    took_s = time.perf_counter() - began_s
    backtest.close()
    return took_s, looks, orders


ticks = np.load(sys.argv[1])
rows = rows_of(ticks)
run(rows[:1_000])
for _ in range(int(sys.argv[2])):
    took_s, looks, orders = run(rows)
    print(json.dumps({"ticks": len(ticks), "rows": len(rows), "seconds": took_s, "looks": looks, "orders": orders}))
