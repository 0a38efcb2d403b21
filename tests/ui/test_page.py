"""The page in a real browser: what a desk sees, with mouse and keyboard, on a phone, and when something is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from flows.connectors import clickhouse
from flows.contracts.codec import decode
from flows.contracts.records import Command, Control
from flows.contracts.registry import SchemaIds
from flows.stack import Stack
from tests import log_of
from tests.flow_process import FlowProcess
from tests.ui.browser import Browser, browser
from tests.ui.page_process import PageProcess

HOSTILE = "<script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def page(desk: Stack) -> Iterator[PageProcess]:
    with PageProcess(desk.data_dir, "--allow-actions") as started:
        yield started


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def rows(desk: Stack, sql: str) -> list[tuple[Any, ...]]:
    with clickhouse.client(desk.clickhouse_url) as client:
        return [tuple(row) for row in client.query(sql).result_rows]


def opened(window: Browser, page: PageProcess, width: int = 1600, height: int = 1000, scheme: str = "light") -> None:
    window.open(page.address, width, height, scheme)
    window.until(lambda: window.texts("#orders tbody tr") and window.run("document.querySelector('#plot rect.body')"))


def confirmed(window: Browser, token: str, *choice: str) -> str:
    """Fills the form that is open, and says yes; what was asked before that. `choice`: keys for a field before the
    reason's."""
    window.run("document.querySelector('#action [name=token]').value = ''")
    window.press(*choice, *"page test", "\ue004", *token, "\ue007")
    window.until(lambda: "Is this meant?" in window.text("#action h2"))
    asked = window.text("#action li")
    window.run("document.querySelector('#action .danger').click()")
    window.until(lambda: "It is in the log" in window.text("#action h2"))
    return asked


def test_it_shows_the_desk_and_asks_nobody_else(desk: Stack, page: PageProcess, window: Browser) -> None:
    window.driver.get("about:blank")
    window.requested()
    opened(window, page)
    assert [line.split()[0] for line in window.texts("#watch tbody tr")] == ["BTC-USDT", "ETH-USDT", "SOL-USDT"]
    [(orders, net)] = rows(desk, "SELECT (SELECT count() FROM orders), (SELECT sum(net_pnl) FROM pnl)")
    assert len(window.texts("#orders tbody tr")) == orders
    shown = f"{net.quantize(Decimal('0.01'), ROUND_HALF_UP):+}".replace("-", "\N{MINUS SIGN}")
    window.until(lambda: window.texts("#positions .figure.first b") == [shown])
    assert window.text("#accounts") == "main ● trading"
    stages = ["ingestor", "bars", "features", "signals", "risk", "router", "audit"]
    assert window.texts("#stages tbody td:first-child") == stages
    assert len(window.texts("#book .level.bid")) == 15
    assert window.run("document.querySelectorAll('#plot polygon.signal').length") > 0
    window.until(lambda: "audit 0 behind" in window.text("#sources"))
    # Not a font, not a script, not a probe: everything is this server's own.
    own = urlsplit(page.address).netloc
    asked = [urlsplit(url) for url in window.requested() if not url.startswith(("chrome:", "about:"))]
    assert {url.netloc for url in asked} == {own}
    assert {url.path for url in asked} >= {"/", "/main.js", "/layout.css", "/events"}
    assert window.complaints() == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("-3.08497", "-3.08"),
        ("3.085", "+3.09"),
        ("-0.004", "0.00"),
        ("9007199254740993.5", "+9,007,199,254,740,993.50"),
    ],
)
def test_money_is_rounded_once(page: PageProcess, window: Browser, value: str, shown: str) -> None:
    window.open(page.address)
    script = "import('/format.js').then((it) => arguments[1](it.signed(arguments[0], 2)))"
    found = window.driver.execute_async_script(script, value).replace("\N{MINUS SIGN}", "-")
    assert found == shown, "no binary fraction is between"


def test_an_order_explains_itself_to_the_keyboard(desk: Stack, page: PageProcess, window: Browser) -> None:
    opened(window, page)
    reached = []
    for _ in range(30):
        window.press("\ue004")
        reached.append(window.run("document.activeElement.closest('section, header, nav')?.id"))
        if reached[-1] == "orders":
            break
    assert {"head", "watch", "chart", "orders"} <= set(reached), reached
    window.press("\ue015")
    second = window.run("[...document.querySelectorAll('#orders tbody tr')].indexOf(document.activeElement)")
    assert second == 1
    outline = window.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "what has the focus is seen"
    id = window.run("document.querySelectorAll('#orders tbody tr')[1].lastChild.textContent")
    window.press("\ue007")
    window.until(lambda: window.run("document.getElementById('order').open"))
    assert id in window.text("#order-facts")
    window.until(lambda: window.run("!document.getElementById('order-page').hidden"))
    window.driver.switch_to.frame("order-page")
    explained = window.text("body")
    window.driver.switch_to.default_content()
    assert id in explained
    assert "identical, bit for bit" in explained
    assert window.complaints() == []
    window.press("\ue00c")
    assert not window.run("document.getElementById('order').open")
    again = window.run("[...document.querySelectorAll('#orders tbody tr')].indexOf(document.activeElement)")
    assert again == 1, "Escape leads back to the row"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1600, 1000)])
def test_it_fits_the_screen_in_the_colours_of_the_system(
    page: PageProcess, window: Browser, width: int, height: int, scheme: str
) -> None:
    opened(window, page, width, height, scheme)
    assert window.run("document.documentElement.scrollWidth") <= width
    sections = window.run(
        "[...document.querySelectorAll('main > section')].map(s => [s.id, s.clientWidth, s.clientHeight])"
    )
    assert all(wide > 100 and high > 30 for _, wide, high in sections), sections
    low_contrast = window.run(_CONTRAST)
    assert low_contrast == []
    ground = window.run("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, ground[4:-1].split(","))) < 60) == (scheme == "dark")


# Text of which the colour differs too little from the ground behind it (WCAG AA, 4.5 to 1).
_CONTRAST = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => [0, 1, 2].reduce((sum, i) => sum + linear(c[i] / 255) * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > .9) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll('h1,h2,h3,p,th,td,span,b,button,li,a,time')) {
    const text = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!text || !e.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) low.push([e.className, e.textContent.slice(0, 30), (a + .05) / (b + .05)]);
  }
  return low;
})()"""


def test_numbers_read_as_people_write_them(page: PageProcess, window: Browser) -> None:
    opened(window, page)
    said = window.driver.execute_async_script(
        "const done = arguments[0]; import('/format.js').then(f => done([f.number('1234.5', 2), f.signed(-0.001, 2),"
        "f.signed('12.346', 2), f.signed(-7, 0), f.number(null), f.number('0.00001'), f.length(0.25), f.length(1234),"
        "f.interval(60e9), f.interval(5e9), f.percent(0.0123), f.ago(61000)]))"
    )
    minus, dash = "\N{MINUS SIGN}", "\N{EN DASH}"
    amounts = ["1,234.50", "0.00", "+12.35", f"{minus}7", dash, "0.00001"]
    times = ["250 µs", "1.2 s", "1 min", "5 s", "+1.23 %", "61 s ago"]
    assert said == amounts + times


def test_buy_and_sell_differ_without_colour(page: PageProcess, window: Browser) -> None:
    opened(window, page)
    sides = {text[0] + text[-1] for text in window.texts("#orders tbody td:nth-child(3)")}
    assert sides <= {"▲y", "▼l"}
    assert all(text[0] in "▲▼" for text in window.texts("#trades .level:not(.names) > span:nth-of-type(2)"))
    up, down = (f"getComputedStyle(document.querySelector('#plot .body.{kind}')).fill" for kind in ("up", "down"))
    panel = window.run("getComputedStyle(document.getElementById('chart')).backgroundColor")
    assert window.run(up) == panel, "rising bars are hollow"
    assert window.run(down) != panel


def test_what_comes_from_outside_is_text(desk: Stack, page: PageProcess, window: Browser) -> None:
    opened(window, page)
    title = window.driver.title
    with clickhouse.client(desk.clickhouse_url) as client:
        common = {"topic": "market.ticks", "partition": 3, "kind": "Trade", "venue": HOSTILE, "instrument": HOSTILE}
        trade = {**common, "offset": 0, "price": 1, "quantity": 1, "aggressor": "buy", "event_ns": 1, "receive_ns": 1}
        client.insert("market_ticks", [list(trade.values())], column_names=list(trade))
        letter = {"topic": "ops.dead_letters", "partition": 0, "offset": 0, "kind": "DeadLetter", "stage": HOSTILE}
        letter |= {"source": HOSTILE, "reason": HOSTILE, "detail": HOSTILE, "timestamp": datetime.now(timezone.utc)}
        client.insert("ops_dead_letters", [list(letter.values())], column_names=list(letter))
    try:
        window.until(lambda: HOSTILE in window.text("#watch") and HOSTILE in window.text("#trouble"))
        window.run("document.querySelector('#watch tbody tr').click()")
        window.until(lambda: window.run("document.getElementById('chart-title').textContent") == HOSTILE)
        assert window.driver.title == title
        assert window.run("document.querySelectorAll('main script').length") == 0
        assert window.complaints() == []
    finally:
        with clickhouse.client(desk.clickhouse_url) as client:
            client.command("DELETE FROM market_ticks WHERE topic = 'market.ticks' AND partition = 3")
            client.command("DELETE FROM ops_dead_letters WHERE topic = 'ops.dead_letters'")
    # Rows that are gone are no fault of the page's: it begins anew.
    window.until(lambda: HOSTILE not in window.text("#watch"))


def test_a_kill_is_asked_twice_and_goes_through_the_log(desk: Stack, page: PageProcess, window: Browser) -> None:
    token = page.said(r"token for actions, shown once: (\S+)")
    opened(window, page)
    before = len(log_of.read(desk.settings, "risk.inbox"))
    window.until(lambda: window.texts("#risk .account button") == ["Kill…"])
    window.run("document.querySelector('#risk .account button').focus()")
    heard = window.text("#clock")
    window.until(lambda: window.text("#clock") not in ("", heard))
    assert window.run("document.activeElement.innerText") == "Kill…", "a new picture takes no focus away"
    window.press("\ue007")
    window.until(lambda: window.run("document.getElementById('action').open"))
    window.press(*"page test", "\ue004", *"a wrong token", "\ue007")
    window.until(lambda: "that is not the token" in window.text("#action .fault"))
    refused = window.complaints()
    assert len(refused) == 1
    assert "403" in refused[0]
    window.run("document.querySelector('#action [name=token]').value = arguments[0]", token)
    window.press("\ue007")
    window.until(lambda: "Is this meant?" in window.text("#action h2"))
    assert "Kill account main: every further signal is rejected" in window.text("#action li")
    assert len(log_of.read(desk.settings, "risk.inbox")) == before, "nothing is written before the second answer"
    window.run("document.querySelector('#action .danger').click()")
    window.until(lambda: "It is in the log" in window.text("#action h2"))
    control = decode(log_of.read(desk.settings, "risk.inbox")[-1].value, SchemaIds.embedded())
    assert isinstance(control, Control)
    assert (control.command, control.account, control.reason) == (Command.KILL, "main", "page test")
    addresses = "\n".join(window.requested())
    assert token not in addresses
    assert window.run("JSON.stringify([localStorage, sessionStorage, document.cookie])").find(token) == -1


def test_an_open_order_can_be_cancelled(desk: Stack, page: PageProcess, window: Browser) -> None:
    token = page.said(r"token for actions, shown once: (\S+)")
    opened(window, page)
    end = len(log_of.read(desk.settings, "execution.orders"))
    place = {"topic": "execution.orders", "partition": 1, "offset": end, "kind": "New", "account": "main"}
    order = {**place, "client_order_id": "tf-0badcafe-2-0-1", "venue": "binance", "instrument": "BTC-USDT"}
    order |= {"strategy": "by hand", "side": "buy", "order_type": "limit", "time_in_force": "gtc", "quantity": 1}
    order |= {"price": 1, "reference_price": 1, "event_ns": 1, "receive_ns": datetime.now(timezone.utc)}
    with clickhouse.client(desk.clickhouse_url) as client:
        client.insert("execution_orders", [list(order.values())], column_names=list(order))
    try:
        window.until(lambda: "by hand" in window.text("#orders tbody tr"))
        window.run("document.querySelector('#orders tbody tr').click()")
        window.until(lambda: window.text("#order [data-cancel]") == "Cancel order…")
        window.run("document.querySelector('#order [data-cancel]').click()")
        window.until(lambda: window.text("#action h2") == "Cancel order tf-0badcafe-2-0-1")
        assert "Cancel order tf-0badcafe-2-0-1 of account main" in confirmed(window, token)
    finally:
        with clickhouse.client(desk.clickhouse_url) as client:
            client.command("DELETE FROM execution_orders WHERE strategy = 'by hand'")
    window.until(lambda: "by hand" not in window.text("#orders tbody tr"))
    control = decode(log_of.read(desk.settings, "risk.inbox")[-1].value, SchemaIds.embedded())
    assert (control.command, control.client_order_id) == (Command.CANCEL, "tf-0badcafe-2-0-1")


@pytest.mark.parametrize(("service", "called"), [("clickhouse", "ClickHouse"), ("kafka", "the broker at 127.0.0.1:")])
def test_it_says_what_is_away_and_finds_it_again(
    desk: Stack, page: PageProcess, window: Browser, service: str, called: str
) -> None:
    opened(window, page)
    shown = window.texts("#orders tbody tr")
    desk.take_down(service)
    window.until(lambda: "Stale since" in window.text("#stale") and called in window.text("#stale"))
    assert window.texts("#orders tbody tr") == shown, "the last picture stays"
    assert window.run("document.body.classList.contains('is-stale')")
    desk.bring_up(service)
    window.until(lambda: not window.text("#stale"))
    assert window.texts("#orders tbody tr") == shown


def test_engines_are_changed_and_changed_back(desk: Stack, page: PageProcess, window: Browser, tmp_path: Path) -> None:
    """The flow that runs meanwhile changes over, and the page shows it."""
    token = page.said(r"token for actions, shown once: (\S+)")
    opened(window, page)
    with FlowProcess(desk, tmp_path / "market", "", "market") as market, FlowProcess(desk, tmp_path, "", "audit"):
        assert running(market) == dict.fromkeys(("bars", "features", "signals"), "rust")
        before = engine_shown(window, "bars")
        changed(window, token, "bars", "p")
        market.until(lambda: running(market)["bars"] == "python")
        assert running(market) == {"bars": "python", "features": "rust", "signals": "rust"}
        window.until(lambda: engine_shown(window, "bars").startswith("python"))
        assert "page test" in engine_shown(window, "bars")
        assert engine_shown(window, "features") == before

        window.run("[...document.querySelectorAll('#stages button')].at(-1).click()")
        window.until(lambda: window.text("#action h2") == "All stages to Python")
        assert confirmed(window, token).count("every key in python") == 4
        market.until(lambda: set(running(market).values()) == {"python"})
        stages = ("bars", "features", "signals", "risk")
        window.until(lambda: all(engine_shown(window, stage).startswith("python") for stage in stages))

        for stage in ("bars", "risk"):
            window.run("document.getElementById('action').close()")
            changed(window, token, stage, "r")
        market.until(lambda: running(market)["bars"] == "rust")
        assert running(market) == {"bars": "rust", "features": "python", "signals": "python"}
        window.until(lambda: [engine_shown(window, stage)[0] for stage in stages] == ["r", "p", "p", "r"])
    assert window.complaints() == []


_ROW = "[...document.querySelectorAll('#stages tbody tr')].find(row => row.cells[0].innerText === arguments[0])"


def changed(window: Browser, token: str, stage: str, key: str) -> None:
    """By the stage's own button; `key` chooses the engine."""
    window.run(f"{_ROW}.querySelector('button').click()", stage)
    window.until(lambda: window.text("#action h2") == f"Engine of stage {stage}")
    engine = {"p": "python", "r": "rust"}[key]
    assert f"Stage {stage}: every key in {engine}. Reason: page test" in confirmed(window, token, key, "\ue004")


def engine_shown(window: Browser, stage: str) -> str:
    """What the page says of a stage's engine."""
    return str(window.run(f"{_ROW}.cells[5].innerText", stage))


def running(market: FlowProcess) -> dict[str, str]:
    """By stage, the engines that run it on all partitions, by the flow's own word."""
    market.until(lambda: market.status_file.exists() and bool(json.loads(market.status_file.read_text())["engines"]))
    found: dict[str, set[str]] = {}
    for stages in json.loads(market.status_file.read_text())["engines"].values():
        for stage, standing in stages.items():
            found.setdefault(stage, set()).update(standing["running"])
    return {stage: "+".join(sorted(engines)) for stage, engines in found.items()}
