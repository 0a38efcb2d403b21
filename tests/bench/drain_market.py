"""Runs the market flow over a whole topic.

Prints the seconds from opening the topic to the end: `FOLDER OUTPUT_PREFIX`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flows import market, runner
from flows.config import DEFAULTS, Config
from flows.flow_options import FlowOptions
from flows.stack.settings import Settings


def main() -> None:
    folder, prefix = Path(sys.argv[1]), sys.argv[2]
    options = FlowOptions(Settings.load(folder), Config.load(DEFAULTS), output_prefix=prefix, until_end=True)
    wiring = market.wire(options)
    opened_s: list[float] = []
    begins = wiring.progress.begins

    def timed(partition: int, position: int) -> None:
        opened_s.append(time.monotonic())
        begins(partition, position)

    wiring.progress.begins = timed  # type: ignore[method-assign]
    runner.run(wiring.flow, folder / "state")
    print(time.monotonic() - opened_s[0])


if __name__ == "__main__":
    main()
