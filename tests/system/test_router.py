"""Orders in the log become orders at the venue, once each, and what becomes of them comes back exactly."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.contracts.records import OrderType, Side, TimeInForce
from flows.stack import Stack
from tests.system.exchange_process import KEY, SECRET, Exchange
from tests.system.router_process import (
    BINARY,
    QUICK,
    SPANS_NS,
    Logs,
    Router,
    check_against_venue,
    check_reports,
    logs_of_their_own,
    market,
    statuses,
    wait_for,
)

FAR_BELOW = 1_000 * 10**9
GTC = {"order_type": OrderType.LIMIT, "time_in_force": TimeInForce.GTC}


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with market("binance") as running:
        yield running


@pytest.fixture
def logs(stack: Stack) -> Iterator[Logs]:
    with logs_of_their_own(stack) as made:
        yield made


def own(exchange: Exchange, *client_order_ids: str) -> list[dict[str, object]]:
    """The venue's orders with these ids."""
    return [one for one in exchange.control("orders")["orders"] if one["client_order_id"] in client_order_ids]


@pytest.mark.parametrize(
    ("venue", "instrument"), [("binance", "BTC-USDT"), ("binance_usdm", "BTC-USDT-PERP")], ids=["spot", "usdm"]
)
def test_a_market_order_comes_back_with_its_fills(logs: Logs, tmp_path: Path, venue: str, instrument: str) -> None:
    with market(venue) as exchange, Router(logs.settings, exchange, tmp_path):
        terms = {"venue": venue, "instrument": instrument}
        before_ns = time.time_ns()
        bought = logs.new(**terms, quantity=3_000_000_000)
        sold = logs.new(**terms, side=Side.SELL)
        for reports in logs.ended(bought, sold):
            first, last = reports[0], reports[-1]
            assert statuses(reports)[0] == "accepted"
            assert last.status.value == "filled"
            assert last.cumulative_quantity == last.order_quantity == sum(report.last_quantity for report in reports)
            assert before_ns < first.order_receive_ns < first.sent_ns < first.receive_ns < time.time_ns()
            assert last.fee_asset
            assert last.venue_order_id == first.venue_order_id is not None
        check_against_venue(logs, exchange)


def test_a_rejection_is_the_venues_own(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path):
        too_fine = logs.new(quantity=1)
        too_much = logs.new(side=Side.SELL, quantity=9_000_000_000_000_000)
        unknown = logs.new(instrument="NO-SUCH")
        not_here = logs.new(venue="binance_usdm")
        no_price = logs.new(order_type=OrderType.LIMIT)
        all_ids = [too_fine, too_much, unknown, not_here, no_price]
        reasons = {}
        for client_order_id, reports in zip(all_ids, logs.ended(*all_ids), strict=True):
            assert statuses(reports) == ["rejected"]
            reasons[client_order_id] = reports[0].reason
        assert "-1111" in reasons[too_fine]
        assert "LOT_SIZE" in reasons[too_much]
        assert "-1121" in reasons[unknown]
        assert "binance_usdm" in reasons[not_here]
        assert "price" in reasons[no_price]
        assert own(exchange, *all_ids) == []


@pytest.mark.parametrize(
    "fault",
    ["fail_before_accept", "fail_after_accept", "drop_connection_before_accept", "drop_connection_after_accept"],
)
def test_an_unknown_outcome_is_asked_about_before_anything_is_sent_again(
    logs: Logs, exchange: Exchange, tmp_path: Path, fault: str
) -> None:
    with Router(logs.settings, exchange, tmp_path, *QUICK) as router:
        exchange.control("faults", {fault: 2, "fail_queries": 2})
        ids = [logs.new() for _ in range(4)]
        for reports in logs.ended(*ids):
            assert reports[-1].status.value == "filled"
        assert len(own(exchange, *ids)) == 4
        # A venue that is slow to answer adds to them.
        wait_for("counts", lambda: router.status()["unknown_outcomes"] >= 2)
    exchange.control("faults", {fault: 0, "fail_queries": 0})


def test_a_late_answer_is_an_unknown_outcome(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path, "--request-timeout", "200ms"):
        exchange.control("faults", {"answer_delay_ms": 600})
        one = logs.new()
        assert logs.ended(one)[0][-1].status.value == "filled"
        assert len(own(exchange, one)) == 1
    exchange.control("faults", {"answer_delay_ms": 0})


def test_a_working_order_is_followed_and_cancelled(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path):
        one = logs.new(**GTC, price=FAR_BELOW)
        wait_for("accepted", lambda: statuses(logs.reports()[one]) == ["accepted"])
        logs.modify(one)
        wait_for("turned down", lambda: statuses(logs.reports()[one]) == ["accepted", "accepted"])
        assert "not modified" in logs.reports()[one][-1].reason
        logs.cancel(one)
        reports = logs.ended(one)[0]
        assert statuses(reports) == ["accepted", "accepted", "cancelled"]
        assert reports[-1].reason == "CANCELED"


def test_after_a_kill_it_goes_on_from_the_logs_alone(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path, *QUICK) as router:
        works = logs.new(**GTC, price=FAR_BELOW)
        done = logs.new()
        logs.ended(done)
        wait_for("accepted", lambda: logs.reports()[works])
        logs.modify(works)
        wait_for("turned down", lambda: len(logs.reports()[works]) == 2)
        router.kill()
    waiting = logs.new()
    with Router(logs.settings, exchange, tmp_path, *QUICK):
        assert logs.ended(waiting)[0][-1].status.value == "filled"
        logs.cancel(works)
        assert statuses(logs.ended(works)[0]) == ["accepted", "accepted", "cancelled"]
        assert len(own(exchange, works, done, waiting)) == 3
        assert len(logs.reports()[done]) == len({report.origin.index for report in logs.reports()[done]})


def test_post_only_rests_or_is_refused(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path):
        rests = logs.new(**GTC, price=FAR_BELOW, post_only=True)
        takes = logs.new(**GTC, price=1_000_000 * 10**9, post_only=True)
        (refused,) = logs.ended(takes)[0]
        assert (refused.status.value, refused.cumulative_quantity) == ("rejected", 0)
        assert "immediately match" in refused.reason
        wait_for("accepted", lambda: statuses(logs.reports()[rests]) == ["accepted"])
        logs.cancel(rests)
        assert statuses(logs.ended(rests)[0]) == ["accepted", "cancelled"]


def until(span_ns: int) -> int:
    """A whole millisecond, as the venue counts."""
    return (time.time_ns() + span_ns) // 10**6 * 10**6


def test_good_till_a_date_ends_then_though_no_record_comes(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path, *QUICK):
        past = logs.new(**GTC, price=FAR_BELOW, expires_ns=until(-1))
        assert (statuses(logs.ended(past)[0]), own(exchange, past)) == (["expired"], [])
        for span_ns in SPANS_NS:
            until_ns = until(span_ns)
            works = logs.new(**GTC, price=FAR_BELOW, expires_ns=until_ns)
            reports = logs.ended(works, seconds=90)[0]
            if reports[0].status.value == "accepted":
                break
    assert statuses(reports) == ["accepted", "cancelled"]
    assert reports[-1].reason == "CANCELED: its time was up"
    assert reports[0].event_ns < until_ns <= reports[-1].event_ns
    check_reports({works: reports}, own(exchange, works))


def test_what_went_past_its_time_while_no_router_ran_is_cancelled_by_the_next(
    logs: Logs, exchange: Exchange, tmp_path: Path
) -> None:
    for span_ns in SPANS_NS:
        with Router(logs.settings, exchange, tmp_path, *QUICK) as router:
            until_ns = until(span_ns)
            works = logs.new(**GTC, price=FAR_BELOW, expires_ns=until_ns)
            wait_for("its first report", lambda works=works: logs.reports()[works])
            router.kill()
        if statuses(logs.reports()[works]) == ["accepted"] and time.time_ns() < until_ns:
            break
    wait_for("its time", lambda: time.time_ns() > until_ns, seconds=90)
    assert own(exchange, works)[0]["status"] == "NEW", "nobody is there to cancel it"
    with Router(logs.settings, exchange, tmp_path, *QUICK):
        reports = logs.ended(works)[0]
    assert statuses(reports) == ["accepted", "cancelled"]
    check_reports({works: reports}, own(exchange, works))


def test_an_order_that_waited_too_long_expires_unsent(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    late = logs.new()
    time.sleep(1.1)
    with Router(logs.settings, exchange, tmp_path, *QUICK, "--order-deadline", "1s"):
        reports = logs.ended(late)[0]
        assert statuses(reports) == ["expired"]
        assert reports[0].sent_ns == 0
        assert own(exchange, late) == []


def test_what_an_order_of_an_earlier_run_needs_is_said(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    one = logs.new(venue="binance_usdm", instrument="BTC-USDT-PERP")
    router = Router(logs.settings, exchange, tmp_path)
    assert router.process.wait(timeout=60) == 1
    assert one in router.log.read_text()
    assert "--venue" in router.log.read_text()


def test_a_repeated_record_is_one_order(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path):
        logs.new()
        one = logs.new()
        logs.write(logs.read("execution.orders")[-1])
        after = logs.new()
        logs.ended(one, after)
        assert len(own(exchange, one)) == 1
        assert logs.dead_letters() == []


def test_only_one_router_works_a_log(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path) as former, Router(logs.settings, exchange, tmp_path) as latter:
        assert former.process.wait(timeout=60) == 1
        assert "took over" in former.log.read_text()
        one = logs.new()
        assert logs.ended(one)[0][-1].status.value == "filled"
        assert len(own(exchange, one)) == 1
        assert latter.process.poll() is None
        waited = "has not given its claim back"
        assert waited in latter.log.read_text()
        # It gives it back, so that the next one need not wait.
        latter.stop()
    with Router(logs.settings, exchange, tmp_path) as next_one:
        assert waited not in next_one.log.read_text()


def test_a_router_that_was_frozen_and_replaced_does_not_send(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path, *QUICK) as former:
        logs.ended(logs.new())
        former.process.send_signal(signal.SIGSTOP)
        waiting = [logs.new() for _ in range(3)]
        with Router(logs.settings, exchange, tmp_path, *QUICK):
            later = [logs.new() for _ in range(3)]
            former.process.send_signal(signal.SIGCONT)
            assert former.process.wait(timeout=60) == 1
            assert "took over" in former.log.read_text()
            logs.ended(*waiting, *later)
            assert len(own(exchange, *waiting, *later)) == 6


def test_what_cannot_be_worked_is_kept(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    logs.write(b"\xff garbage")
    with Router(logs.settings, exchange, tmp_path) as router:
        logs.cancel("tf-0badcafe-0-77-0")
        letters = wait_for("dead letters", lambda: found if len(found := logs.dead_letters()) == 2 else None)
        assert [letter.reason for letter in letters] == ["parse", "unknown_order"]
        assert {letter.stage for letter in letters} == {"router"}
        assert letters[0].value == b"\xff garbage"
        router.stop()
    with Router(logs.settings, exchange, tmp_path):
        logs.ended(logs.new())
        assert len(logs.dead_letters()) == 2


def test_it_stops_within_seconds_and_says_how_far_it_is(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    with Router(logs.settings, exchange, tmp_path) as router:
        ended = logs.ended(*[logs.new() for _ in range(5)])
        # Two of each order, and one more where the market's best level did not suffice.
        reports = sum(map(len, ended))
        assert reports >= 10
        told = {"open": 0, "lag": 0, "records": 5, "sent": 5, "reports": reports}
        told |= {"positions": {"execution.orders": {"0": 5, "1": 0}}}
        # All of it in one word of its own: the one before may be from amid the orders.
        wait_for("its word of all", lambda: {name: router.status()[name] for name in told} == told)
        logs.new(**GTC, price=FAR_BELOW)
        assert router.stop() < 5


def test_keys_are_nowhere_to_be_seen(logs: Logs, exchange: Exchange, tmp_path: Path) -> None:
    wrong = {"TAPEFLOW_VENUE_KEY": KEY, "TAPEFLOW_VENUE_SECRET": "another-secret-word"}
    with Router(logs.settings, exchange, tmp_path, keys=wrong) as router:
        reports = logs.ended(logs.new())[0]
        assert statuses(reports) == ["rejected"]
        assert "-1022" in reports[0].reason
        said = router.log.read_text() + router.status_file.read_text() + repr(reports)
        said += Path(f"/proc/{router.process.pid}/cmdline").read_text()
        assert "another-secret-word" not in said
        assert KEY not in said
        assert SECRET not in said


def test_without_a_key_it_says_where_to_put_it(tmp_path: Path) -> None:
    command = [str(BINARY), "--venue", "binance", "--bootstrap-servers", "127.0.0.1:1"]
    found = subprocess.run(command, env={}, capture_output=True, text=True, timeout=10)
    assert found.returncode == 1
    assert "TAPEFLOW_VENUE_KEY" in found.stderr
    key_file = tmp_path / "key"
    key_file.write_text("only-the-key-word\n")
    found = subprocess.run([*command, "--key-file", str(key_file)], env={}, capture_output=True, text=True, timeout=10)
    assert found.returncode == 1
    assert "second line" in found.stderr
    assert "only-the-key-word" not in found.stderr
