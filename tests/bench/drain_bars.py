"""Runs flow `bars` over a whole topic.

Prints the seconds from opening the topic to the end: `FOLDER OUTPUT_PREFIX INTERVAL_NS...`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows import bars
from flows.config import DEFAULTS, Config
from flows.running import runner
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings
from tests.bench.drained import seconds_of


def main() -> None:
    folder, prefix = Path(sys.argv[1]), sys.argv[2]
    stages = dict(Config.load(DEFAULTS).stages)
    stages["bars"] = {**stages["bars"], "intervals_ns": [int(length) for length in sys.argv[3:]]}
    wiring = bars.wire(FlowOptions(Settings.load(folder), Config(stages), output_prefix=prefix, until_end=True))
    print(seconds_of(wiring.progress, lambda: runner.run(wiring.flow, folder / "state")))


if __name__ == "__main__":
    main()
