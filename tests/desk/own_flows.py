"""Flows as users write them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.desk.desk_at import DeskAt
from tests.log_of import write
from tests.synthetic_ticks import messages

NEEDS = "a gate needs a flow that is one flows.running.wiring.Wiring and nothing else"
_RECORDS = 300


def staged(folder: Path, only_interval_ns: int | None = None) -> None:
    """One of Tapeflow's stages, wired by hand; with bars of the configuration's lengths, or of one."""
    bars = f'{{"intervals_ns": [{only_interval_ns}]}}' if only_interval_ns else 'options.config.stages["bars"]'
    folder.mkdir()
    (folder / "flow.py").write_text(
        "from dataclasses import replace\n\n"
        "from flows.config import Config\n"
        "from flows.running.flow import Flow\n"
        "from flows.running.wiring import Wiring\n\n"
        "def get_flow(options):\n"
        f"    config = Config({{**options.config.stages, 'bars': {bars}}})\n"
        '    return Wiring(Flow("pairs", "market.ticks", ("bars",)), replace(options, config=config)).flow\n'
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
