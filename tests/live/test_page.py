"""The example of `docs/broadcast.md` runs, and its messages are what the code reads."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from flows import live
from flows.contracts.records import Side, Trade
from tests.live.published import Publisher, frame, serving

_PAGE = (Path(__file__).parents[2] / "docs" / "broadcast.md").read_text()
_JSON = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", _PAGE, re.DOTALL)]


class Enough(Exception):
    """The example goes on for ever."""


def test_the_example_prints_a_trade() -> None:
    example = re.search(r"```python\n(.*?)```", _PAGE, re.DOTALL)
    assert example is not None
    printed: list[Any] = []

    def once(*values: Any) -> None:
        printed.extend(values)
        raise Enough

    # The trade that the page shows as JSON.
    record = _JSON[0]["record"]
    trade = Trade(**{**record, "aggressor": Side(record["aggressor"])})
    with Publisher() as publisher:
        code = example[1].replace("tcp://127.0.0.1:9302", publisher.url)
        code = code.replace("live.subscribe(", "subscribe(")

        def subscribe(*arguments: Any, **options: Any) -> live.Subscription:
            subscription = live.subscribe(*arguments, **options)
            publisher.subscribed()
            publisher.send(trade, 0)
            return subscription

        with pytest.raises(Enough):
            exec(compile(code, "docs/broadcast.md", "exec"), {"print": once, "subscribe": subscribe})
    assert printed == [trade.trade_id, trade.price, trade.price_exponent]


def test_the_messages_shown_are_real() -> None:
    update, lost = _JSON
    assert list(update["record"]) == [field.name for field in dataclasses.fields(Trade)]
    text = json.dumps(lost).encode()
    with serving(lambda _: frame(1, text)) as url, live.subscribe(url, on_lost="yield", timeout_s=10) as records:
        got = next(records)
        assert isinstance(got, live.Lost)
        assert (got.count, got.kinds, records.conflated) == (lost["lost"], lost["kinds"], lost["conflated"])
