"""Every report once more, from the log's records in plain Python and exact fractions: no SQL, no ClickHouse."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from flows.journal import Flag
from tests.reports.whole_log import Fill, Log, grouped, money

MINUTE_NS = 60_000_000_000
ENDED = ("filled", "expired", "cancelled", "rejected")
KINDS = {"Trade": "trades", "Quote": "quotes", "BookDelta": "book_deltas", "Gap": "gaps"}
QUANTILES = {"50": 0.5, "90": 0.9, "95": 0.95, "99": 0.99, "999": 0.999}


def value(fills: Iterable[Fill], mark: Fraction) -> dict[str, Fraction]:
    """What fills brought, with what is left valued at `mark`."""
    bought = sold = paid = received = fees = Fraction(0)
    for fill in fills:
        fees += fill.fee
        if fill.report.side.value == "buy":
            bought, paid = bought + fill.quantity, paid + fill.quantity * fill.price
        else:
            sold, received = sold + fill.quantity, received + fill.quantity * fill.price
    gross = received - paid + (bought - sold) * mark
    realised = min(bought, sold) * (received / sold - paid / bought) if bought and sold else Fraction(0)
    return {
        "position": bought - sold, "gross_pnl": gross, "realised_pnl": realised, "unrealised_pnl": gross - realised,
        "fees": fees, "net_pnl": gross - fees,
    }  # fmt: skip


def pnl(log: Log) -> Iterator[dict[str, Any]]:
    by_instrument = grouped(log.fills, lambda fill: fill.key)
    for (account, venue, instrument), fills in sorted(by_instrument.items()):
        mark = log.mark((account, venue, instrument))
        yield {"account": account, "venue": venue, "instrument": instrument, "fills": len(fills), "mark_price": mark,
               **value(fills, mark)}  # fmt: skip


def equity(log: Log) -> Iterator[dict[str, Any]]:
    """Minute after minute, from the first fill of an account on; all here is in one currency."""
    for account, fills in sorted(grouped(log.fills, lambda fill: fill.report.account).items()):
        keys = {fill.key for fill in fills}
        first = {key: min(fill.report.receive_ns for fill in fills if fill.key == key) // MINUTE_NS for key in keys}
        minutes = {fill.report.receive_ns // MINUTE_NS for fill in fills}
        for entry in log.of("risk.inbox", "Mark"):
            mark = entry.record
            key = (mark.account, mark.venue, mark.instrument)
            if key in keys and mark.receive_ns // MINUTE_NS >= first[key]:
                minutes.add(mark.receive_ns // MINUTE_NS)
        peak = worst = Fraction(0)
        for minute in sorted(minutes):
            until_ns = (minute + 1) * MINUTE_NS
            net = sum(
                (value(made, log.mark(key, until_ns))["net_pnl"]
                 for key in keys
                 if (made := [fill for fill in fills if fill.key == key and fill.report.receive_ns < until_ns])),
                Fraction(0),
            )  # fmt: skip
            peak = max(peak, net)
            worst = max(worst, peak - net)
            yield {"account": account, "net_pnl": net, "drawdown": peak - net, "max_drawdown": worst}


def strategies(log: Log) -> Iterator[dict[str, Any]]:
    by_strategy = grouped(log.fills, lambda fill: (fill.strategy, *fill.key))
    for (strategy, *key), fills in sorted(by_strategy.items()):
        turnover = sum((fill.quantity * fill.price for fill in fills), Fraction(0))
        yield {"strategy": strategy, "fills": len(fills), "turnover": turnover,
               **value(fills, log.mark((key[0], key[1], key[2])))}  # fmt: skip


def orders(log: Log) -> Iterator[dict[str, Any]]:
    last = {report.client_order_id: report.status.value for report in log.reports}
    by_group = grouped(log.orders.values(), lambda entry: (entry.record.strategy, entry.record.instrument))
    for (strategy, instrument), group in sorted(by_group.items()):
        ids = {entry.record.client_order_id for entry in group}
        ends = Counter(last.get(name, "") for name in ids)
        told_of = {name: [one for one in log.reports if one.client_order_id == name] for name in ids}
        lives = sorted(
            max(one.receive_ns for one in told) - min(one.sent_ns for one in told) for told in told_of.values() if told
        )
        ordered = sum((money(one.record.quantity, one.record.quantity_exponent) for one in group), Fraction(0))
        filled = [fill for fill in log.fills if fill.report.client_order_id in ids]
        quantity = sum((fill.quantity for fill in filled), Fraction(0))
        yield {
            "strategy": strategy, "instrument": instrument, "orders": len(group), "filled": ends["filled"],
            "expired": ends["expired"], "cancelled": ends["cancelled"], "rejected": ends["rejected"],
            "open": sum(count for status, count in ends.items() if status not in ENDED),
            "median_life_ms": lives[len(lives) // 2] / 1e6,
            "ordered_quantity": ordered, "filled_quantity": quantity, "fill_ratio": float(quantity / ordered),
            "filled_notional": sum((fill.quantity * fill.price for fill in filled), Fraction(0)),
        }  # fmt: skip


def order_ends(log: Log) -> Iterator[dict[str, Any]]:
    last = {report.client_order_id: (report.status.value, report.reason) for report in log.reports}
    counted = Counter(last.get(name, ("no report", "")) for name in log.orders)
    for (status, reason), count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        yield {"status": status, "reason": reason, "orders": count}


def slippage(log: Log) -> Iterator[dict[str, Any]]:
    """Perold: the paper portfolio's return less the real one's, at the last mark."""
    by_group = grouped(log.orders.values(), lambda entry: (entry.record.strategy, entry.record.instrument))
    for (strategy, instrument), group in sorted(by_group.items()):
        paper = real = fees = ordered = at_arrival = cost = Fraction(0)
        fills = 0
        for entry in group:
            order = entry.record
            sign = 1 if order.side.value == "buy" else -1
            arrival = money(order.reference_price, order.price_exponent)
            wanted = money(order.quantity, order.quantity_exponent)
            final = log.mark((order.account, order.venue, order.instrument))
            paper += sign * wanted * (final - arrival)
            ordered += wanted * arrival
            for fill in log.fills:
                if fill.report.client_order_id == order.client_order_id:
                    fills += 1
                    real += sign * fill.quantity * (final - fill.price)
                    cost += sign * fill.quantity * (fill.price - arrival)
                    at_arrival += fill.quantity * arrival
                    fees += fill.fee
        yield {
            "strategy": strategy, "instrument": instrument, "orders": len(group), "fills": fills,
            "ordered_notional": ordered, "execution_cost": cost, "fees": fees, "shortfall": paper - real + fees,
            "slippage_bps": float(cost / at_arrival * 10_000),
            "shortfall_bps": float((paper - real + fees) / ordered * 10_000),
        }  # fmt: skip


def slippage_distribution(log: Log) -> Iterator[dict[str, Any]]:
    counted: Counter[int] = Counter()
    for fill in log.fills:
        order = log.orders[fill.report.client_order_id].record
        worse = fill.price / money(order.reference_price, order.price_exponent) - 1
        bps = float(worse) * (10_000 if order.side.value == "buy" else -10_000)
        counted[round(max(-50.0, min(50.0, bps)))] += 1
    return ({"bps": bps, "fills": count} for bps, count in sorted(counted.items()))


def risk(log: Log) -> Iterator[dict[str, Any]]:
    decisions = [entry.record for entry in log.of("risk.decisions", "Decision")]
    for (strategy, instrument), group in sorted(grouped(decisions, lambda one: (one.strategy, one.instrument)).items()):
        accepted = sum(one.verdict.value == "accepted" for one in group)
        yield {"strategy": strategy, "instrument": instrument, "decisions": len(group), "accepted": accepted,
               "stopped": len(group) - accepted}  # fmt: skip


def risk_stops(log: Log) -> list[dict[str, Any]]:
    stopped = []
    for entry in log.of("risk.decisions", "Decision"):
        failed = [check for check in entry.record.checks if not check.passed]
        if failed:
            stopped.append((failed[0], entry.record))
    found = []
    for (check, strategy), group in grouped(stopped, lambda one: (one[0].name.value, one[1].strategy)).items():
        worst, _ = max(group, key=lambda one: abs(one[0].measured - one[0].limit))
        found.append({"check": check, "strategy": strategy, "stopped": len(group),
                      "limit": money(worst.limit, worst.exponent),
                      "worst_measured": money(worst.measured, worst.exponent)})  # fmt: skip
    return sorted(found, key=lambda row: (-row["stopped"], row["check"], row["strategy"]))


def latency(log: Log) -> Iterator[dict[str, Any]]:
    signals = {origin(entry.record.origin): entry for entry in log.of("risk.inbox", "Signal")}
    bars = {(one.record.origin.partition, one.record.origin.offset, one.record.interval_ns, one.record.instrument): one
            for one in log.of("market.bars", "Bar")}  # fmt: skip
    hops: dict[str, list[int]] = defaultdict(list)
    for name, entry in log.orders.items():
        signal = signals[origin(entry.record.signal)]
        said = signal.record
        bar = bars[said.origin.partition, said.origin.offset, said.interval_ns, said.instrument]
        reports = [report for report in log.reports if report.client_order_id == name]
        times = {"tick received": entry.record.receive_ns, "bar written": bar.produced_ns,
                 "signal written": signal.produced_ns, "order written": entry.produced_ns}  # fmt: skip
        if reports:
            times["order sent"] = min(report.sent_ns for report in reports)
            times["report received"] = min(report.receive_ns for report in reports)
        steps = list(times)
        pairs = [
            *itertools.pairwise(steps),
            ("tick received", "order sent"),
            ("tick received", "report received"),
        ]
        for begin, end in pairs:
            if end in times:
                hops[f"{begin} -> {end}"].append(times[end] - times[begin])
    for hop, taken in hops.items():
        ranked = sorted(taken)
        yield {"hop": hop, "orders": len(ranked), "max_ms": ranked[-1] / 1e6,
               **{f"p{digits}_ms": ranked[min(int(level * len(ranked)), len(ranked) - 1)] / 1e6
                  for digits, level in QUANTILES.items()}}  # fmt: skip


def data_quality(log: Log) -> Iterator[dict[str, Any]]:
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for entry in log.entries["market.ticks"]:
        record, kind = entry.record, entry.kind
        if kind != "Rollout":
            counted = kinds[record.venue, record.instrument]
            counted["records"] += 1
            counted[
                {"Trade": "trades", "Quote": "quotes", "BookDelta": "book_deltas", "Gap": "gaps"}.get(kind, "")
            ] += 1
            bid, ask = getattr(record, "bid_price", None), getattr(record, "ask_price", None)
            if bid is not None and ask is not None:
                counted["crossed"] += bid > ask != 0
                counted["locked"] += bid == ask != 0
            counted["out_of_order"] += bool(getattr(record, "flags", 0) & Flag.OUT_OF_ORDER)
    late: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for entry in log.of("market.bars", "Bar"):
        late[entry.record.venue, entry.record.instrument][entry.record.interval_ns] += entry.record.late_count
    for (venue, instrument), counted in sorted(kinds.items()):
        names = ("records", "trades", "quotes", "book_deltas", "gaps", "crossed", "locked", "out_of_order")
        yield {"venue": venue, "instrument": instrument, **{name: counted[name] for name in names},
               "late_trades": max(late[venue, instrument].values(), default=0)}  # fmt: skip


def feed(log: Log) -> Iterator[dict[str, Any]]:
    minutes = Counter(
        entry.record.receive_ns // MINUTE_NS for entry in log.entries["market.ticks"] if entry.kind != "Rollout"
    )
    return ({"records": count} for _, count in sorted(minutes.items()))


def origin(found: Any) -> tuple[int, int, int]:
    return found.partition, found.offset, found.index
