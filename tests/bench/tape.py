"""A plausible tape inside ClickHouse: rows for all landing tables of a desk, as INSERT ... SELECT from numbers.

Ten instruments in four partitions, a bar and two marks (one for each of two accounts) a second and instrument, a signal
for every thirteenth mark, an order for every second signal, and three reports an order. All else are ticks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

START_S = 1_767_225_600
"""2026-01-01, UTC."""
_INSTRUMENTS = 10
_PARTITIONS = 4
_ACCOUNTS = 2
_BLOCK_BARS, _BLOCK_RECORDS = 26, 31
"""Of an account's inbox: 26 marks, two signals, and the three reports of one order."""
_TICKS_A_SECOND = 348
_PIECE_ROWS = 10_000_000

_COMMON = """
    if(i % 2 = 0, 'binance', 'binance_usdm') AS venue,
    ['BTC-USDT', 'BTC-USDT-PERP', 'ETH-USDT', 'ETH-USDT-PERP', 'SOL-USDT', 'SOL-USDT-PERP', 'XRP-USDT', 'XRP-USDT-PERP',
     'BNB-USDT', 'BNB-USDT-PERP'][i + 1] AS instrument,
    -9 AS price_exponent, -9 AS quantity_exponent"""
_PRICE = "toDecimal128(toInt64(round((100 + 1000 * i) * (100 + 2 * sin(s / 3000 + i)))), 18) / 100"
_AT = f"fromUnixTimestamp64Nano(toInt64(({START_S} + s) * 1000000000), 'UTC')"
_BAR_OF_BLOCK = f"""
    n % {_BLOCK_RECORDS} AS r, intDiv(n, {_BLOCK_RECORDS}) AS block, cityHash64(block, a) AS chance,
    block * {_BLOCK_BARS} + multiIf(r < {_BLOCK_BARS}, r, r = {_BLOCK_BARS}, 24, 25) AS bar,
    toUInt8(bar % {_INSTRUMENTS}) AS i, intDiv(bar, {_INSTRUMENTS}) AS s"""


@dataclass(frozen=True)
class Tape:
    """How many rows of what."""

    rows: int
    """Of all landing tables together, about."""

    @property
    def seconds(self) -> int:
        """Of the market."""
        derived = _INSTRUMENTS * (2 + _ACCOUNTS * (_BLOCK_RECORDS + 3) / _BLOCK_BARS)
        return int(self.rows / (_TICKS_A_SECOND + derived))

    @property
    def end_s(self) -> int:
        return START_S + self.seconds


def lay(client: Client, tape: Tape) -> None:
    """Fills the landing tables, which are empty."""
    for statement in _statements(tape):
        client.command(statement, settings={"max_insert_threads": 1})


def _statements(tape: Tape) -> Iterator[str]:
    for partition in range(_PARTITIONS):
        ticks = tape.seconds * _TICKS_A_SECOND // _PARTITIONS
        for first in range(0, ticks, _PIECE_ROWS):
            yield _ticks(partition, first, min(_PIECE_ROWS, ticks - first))
        yield _bars(partition, tape.seconds)
        yield _features(partition, tape.seconds)
    blocks = tape.seconds * _INSTRUMENTS // _BLOCK_BARS
    for account in range(_ACCOUNTS):
        yield _inbox(account, blocks)
        yield _decisions(account, blocks)
        yield _orders(account, blocks)
    yield _letters(tape.seconds)


def _ticks(partition: int, first: int, rows: int) -> str:
    """One in a hundred thousand is a gap, one quote in a thousand is crossed, one locked."""
    instruments = len(range(partition, _INSTRUMENTS, _PARTITIONS))
    return f"""
INSERT INTO market_ticks (topic, partition, offset, timestamp, produced_ns, kind, venue, instrument, price_exponent,
    quantity_exponent, receive_ns, event_ns, publish_ns, trade_id, price, quantity, aggressor, update_id, bid_price,
    bid_quantity, ask_price, ask_quantity, first_update_id, final_update_id, bids, asks, stream, expected_id,
    received_id, reason)
WITH number + {first} AS n, cityHash64(n, {partition}) AS chance, intDiv(n * {_PARTITIONS}, {_TICKS_A_SECOND}) AS s,
    toUInt8({partition} + {_PARTITIONS} * (chance % {instruments})) AS i, intDiv(chance, 16) % 100 AS roll,
    fromUnixTimestamp64Nano(toInt64({START_S} * 1000000000 + intDiv(n * {_PARTITIONS} * 1000000000,
    {_TICKS_A_SECOND})), 'UTC') AS at,
    {_PRICE} AS mid, toDecimal128(0.01, 18) AS half, toDecimal128(1 + chance % 1000, 18) / 100 AS size,
    multiIf(n % 100000 = 99999, 'Gap', roll < 18, 'Trade', roll < 63, 'Quote', roll < 98, 'BookDelta',
    'Heartbeat') AS kind,
    kind IN ('Quote', 'BookDelta') AS is_top
SELECT 'market.ticks', {partition}, n, at, at + toIntervalMicrosecond(40),
    kind, {_COMMON}, at, if(kind = 'Gap', NULL, at - toIntervalMillisecond(3)), if(kind = 'Gap', NULL,
    at - toIntervalMillisecond(2)),
    if(kind = 'Trade', n, 0), if(kind = 'Trade', mid, 0), if(kind = 'Trade', size, 0),
    multiIf(kind != 'Trade', '', chance % 2, 'buy', 'sell'), if(kind = 'Quote', n, 0),
    if(is_top, mid - half, NULL), if(is_top, size, NULL),
    if(is_top, mid + half - half * multiIf(chance % 1009 = 1, 4, chance % 1013 = 1, 2, 0), NULL),
    if(is_top, size, NULL), if(kind = 'BookDelta', n, 0), if(kind = 'BookDelta', n + 3, 0),
    if(kind = 'BookDelta', [(mid - half, size), (mid - 3 * half, size)], []),
    if(kind = 'BookDelta', [(mid + half, size), (mid + 3 * half, size)], []),
    multiIf(kind != 'Gap', '', chance % 2, 'trade', 'book'), if(kind = 'Gap', n, NULL), if(kind = 'Gap',
    n + 1 + chance % 50, NULL),
    if(kind = 'Gap', 'ids are missing', '')
FROM numbers({rows})"""


def _of_bars(partition: int, seconds: int, topic: str, kind: str, rest: str) -> str:
    instruments = len(range(partition, _INSTRUMENTS, _PARTITIONS))
    return f"""
WITH number AS n, toUInt8({partition} + {_PARTITIONS} * (n % {instruments})) AS i, intDiv(n, {instruments}) AS s,
    {_AT} AS at, {_PRICE} AS close
SELECT 'market.{topic}', {partition}, n, at, at + toIntervalMicrosecond(600), '{kind}', {partition},
    s * 1000 + i, 0,
    {_COMMON}, 1000000000, at, at, close, {rest}
FROM numbers({seconds * instruments})"""


def _bars(partition: int, seconds: int) -> str:
    columns = """
INSERT INTO market_bars (topic, partition, offset, timestamp, produced_ns, kind, origin_partition, origin_offset,
    origin_index, venue, instrument, price_exponent, quantity_exponent, interval_ns, close_ns, receive_ns, close,
    open_ns, open, high, low, volume, notional, vwap, trade_count, buy_volume, sell_volume, quote_count, late_count,
    first_offset, last_offset)"""
    rest = """at - toIntervalSecond(1),
    close, close, close, 10, close * 10, close, 12, 6, 4, 20, n % 5000 = 1,
    s * 1000, s * 1000 + 9"""
    return columns + _of_bars(partition, seconds, "bars", "Bar", rest)


def _features(partition: int, seconds: int) -> str:
    columns = """
INSERT INTO market_features (topic, partition, offset, timestamp, produced_ns, kind, origin_partition, origin_offset,
    origin_index, venue, instrument, price_exponent, quantity_exponent, interval_ns, close_ns, receive_ns, close,
    simple_return, realised_volatility, spread_bps, ema_fast, ema_slow, rsi)"""
    rest = "sin(n) / 1000, abs(cos(n)) / 100, 1.5, toFloat64(close), toFloat64(close), 50 + 50 * sin(n)"
    return columns + _of_bars(partition, seconds, "features", "FeatureVector", rest)


def _order_terms() -> str:
    """Of the order of a block: what its signal, decision, New and reports have in common."""
    return f"""
    {_AT} AS at, {_PRICE} AS close, if(block % 3 = 0, 'rsi_reversion', 'ema_cross') AS strategy,
    if(chance % 2, 'buy', 'sell') AS side, toDecimal128(1 + chance % 100, 18) / 1000 AS wanted,
    concat('tf-0badcafe-', toString(a), '-', toString(block), '-0') AS order_id, if(a = 0, 'main',
    'hedge') AS account"""


def _inbox(account: int, blocks: int) -> str:
    """An order is filled in two parts, or in one and expires, or is rejected."""
    return f"""
INSERT INTO risk_inbox (topic, partition, offset, timestamp, produced_ns, kind, origin_partition, origin_offset,
    origin_index,
    account, strategy, venue, instrument, price_exponent, quantity_exponent, interval_ns, event_ns, receive_ns, side,
    order_type,
    time_in_force, quantity, price, reference_price, strength, reason, client_order_id, venue_order_id, status,
    order_quantity,
    last_quantity, last_price, cumulative_quantity, fee, fee_exponent, fee_asset, trade_id, order_receive_ns, sent_ns)
WITH number AS n, {account} AS a, {_BAR_OF_BLOCK}, {_order_terms()},
    r < {_BLOCK_BARS} AS is_mark, r >= 28 AS is_report, r IN (26, 27) AS is_signal, r - 28 AS step, chance % 4 AS fate,
    is_report AND (step = 1 OR step = 2 AND fate < 2) AS is_fill, if(is_fill, wanted / 2, 0) AS filled
SELECT 'risk.inbox', a, n, at, at + toIntervalMicrosecond(1500),
    multiIf(is_mark, 'Mark', is_signal, 'Signal', 'ExecutionReport'),
    if(is_report, a, i % {_PARTITIONS}), if(is_report, block, s * 1000 + i), if(is_report, step, is_signal),
    account, if(is_signal, strategy, ''), {_COMMON}, if(is_signal, 1000000000, 0), at,
    if(is_report, at + toIntervalMicrosecond(5000 + chance % 20000 + 1000 * step), at),
    if(is_mark, '', side), if(is_signal, 'limit', ''), if(is_signal, 'ioc', ''), if(is_signal, wanted, 0),
    if(is_report, NULL, close), if(is_signal, close, 0), is_signal, if(is_signal, 'fast over slow', ''),
    if(is_report, order_id, ''), if(is_report, toString(block), NULL),
    multiIf(NOT is_report, '', step = 0, 'accepted', step = 1, 'partially_filled', fate < 2, 'filled', 'expired'),
    if(is_report, wanted, 0), filled,
    if(is_fill, close + toDecimal128(if(side = 'buy', 0.02, -0.02), 18), NULL),
    if(is_report, least(step, if(fate < 2, 2, 1)) * wanted / 2, 0),
    if(is_fill, filled / 100, 0), -18, if(is_fill, 'USDT', ''), if(is_fill, toString(n), NULL),
    at, at + toIntervalMicrosecond(3000 + chance % 9000)
FROM numbers({blocks * _BLOCK_RECORDS})"""


def _decisions(account: int, blocks: int) -> str:
    """Of the two signals of a block the first becomes an order, the second is stopped by one of three checks."""
    return f"""
INSERT INTO risk_decisions (topic, partition, offset, timestamp, produced_ns, kind, origin_partition, origin_offset,
    origin_index,
    account, strategy, venue, instrument, price_exponent, quantity_exponent, signal_partition, signal_offset,
    signal_index,
    event_ns, receive_ns, verdict, checks, client_order_id, side, quantity, price)
WITH number AS d, {account} AS a, intDiv(d, 2) * {_BLOCK_RECORDS} + {_BLOCK_BARS} + d % 2 AS n, {_BAR_OF_BLOCK},
    {_order_terms()},
    d % 2 AS is_stopped, chance % 3 AS why
SELECT 'risk.decisions', a, d, at, at + toIntervalMicrosecond(2000), 'Decision', a, n, 0, account, strategy, {_COMMON},
    i % {_PARTITIONS}, s * 1000 + i, 1, at, at, if(is_stopped, 'rejected', 'accepted'),
    [('order_quantity', toDecimal256(if(is_stopped AND why = 0, 0.001, 1), 36), toDecimal256(wanted, 36), -9,
    NOT (is_stopped AND why = 0)),
     ('position', toDecimal256(5, 36), toDecimal256(if(is_stopped AND why = 1, 6, 1), 36), -9,
     NOT (is_stopped AND why = 1)),
     ('gross_notional', toDecimal256(100000, 36), toDecimal256(if(is_stopped AND why = 2, 100001, 5000), 36), -18,
     NOT (is_stopped AND why = 2))],
    if(is_stopped, NULL, order_id), side, wanted, close
FROM numbers({2 * blocks})"""


def _orders(account: int, blocks: int) -> str:
    return f"""
INSERT INTO execution_orders (topic, partition, offset, timestamp, produced_ns, kind, origin_partition,
    origin_offset, origin_index,
    account, strategy, client_order_id, venue, instrument, price_exponent, quantity_exponent, side, order_type,
    time_in_force,
    quantity, price, reference_price, signal_partition, signal_offset, signal_index, event_ns, receive_ns)
WITH number * {_BLOCK_RECORDS} + {_BLOCK_BARS} AS n, {account} AS a, {_BAR_OF_BLOCK}, {_order_terms()}
SELECT 'execution.orders', a, number, at, at + toIntervalMicrosecond(2000), 'New', a, n, 1, account, strategy,
    order_id, {_COMMON},
    side, 'limit', 'ioc', wanted, close, close, i % {_PARTITIONS}, s * 1000 + i, 1, at, at
FROM numbers({blocks})"""


def _letters(seconds: int) -> str:
    return f"""
INSERT INTO ops_dead_letters (topic, partition, offset, timestamp, produced_ns, kind, stage, source, reason, detail,
    receive_ns)
WITH number * 60 AS s, {_AT} AS at
SELECT 'ops.dead_letters', 0, number, at, at, 'DeadLetter', 'ingestor', 'binance trade', 'parse', 'no JSON', at
FROM numbers({seconds // 60})"""
