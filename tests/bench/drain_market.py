"""Runs the market flow over a whole topic.

Prints the seconds from opening the topic to the end: `FOLDER OUTPUT_PREFIX`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows import market
from flows.config import DEFAULTS, Config
from flows.running import runner
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings
from tests.bench.drained import seconds_of


def main() -> None:
    folder, prefix = Path(sys.argv[1]), sys.argv[2]
    options = FlowOptions(Settings.load(folder), Config.load(DEFAULTS), output_prefix=prefix, until_end=True)
    wiring = market.wire(options)
    print(seconds_of(wiring.progress, lambda: runner.run(wiring.flow, folder / "state")))


if __name__ == "__main__":
    main()
