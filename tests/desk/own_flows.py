"""Flows as users write them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.desk.desk_at import DeskAt
from tests.log_of import write
from tests.synthetic_ticks import messages

_RECORDS = 300


def staged(folder: Path, stages: tuple[str, ...] = ("bars",), change: str = "") -> None:
    """Tapeflow's stages, wired by hand. `change`: a line about `options` before that."""
    folder.mkdir(exist_ok=True)
    (folder / "flow.py").write_text(
        "from dataclasses import replace\n\n"
        "from flows.config import Config\n"
        "from flows.running.flow import Flow\n"
        "from flows.running.wiring import Wiring\n\n"
        "def get_flow(options):\n"
        f"    {change or 'pass'}\n"
        f'    return Wiring(Flow("pairs", "market.ticks", {stages!r}), options).flow\n'
    )


def plain(folder: Path) -> None:
    """A package that uses nothing of Tapeflow's."""
    folder.mkdir()
    (folder / "__init__.py").write_text("from .clock import flow\n")
    (folder / "clock.py").write_text(
        textwrap.dedent("""\
            from datetime import timedelta

            from bytewax import operators as op
            from bytewax.connectors.stdio import StdOutSink
            from bytewax.dataflow import Dataflow
            from bytewax.inputs import SimplePollingSource

            class Clock(SimplePollingSource):
                def next_item(self):
                    return "tick"

            flow = Dataflow("clock")
            op.output("out", op.input("in", flow, Clock(timedelta(seconds=1))), StdOutSink())
            """)
    )


def some_ticks(desk: DeskAt) -> Iterator[int]:
    """Writes some more at each step, and says how many there are then."""
    total = 0
    for seed in count(1):
        total += write(desk.settings, "market.ticks", messages(_RECORDS, seed=seed))
        yield total
