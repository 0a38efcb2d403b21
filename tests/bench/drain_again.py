"""Goes over a whole topic of ticks once more with the flow market.

Prints the seconds from opening the topic to the end: `FOLDER replay OUTPUT_PREFIX`, `FOLDER count ENGINE TO` or
`FOLDER shadow`, which is the Rust engine against itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows import replay
from flows.comparison.fields import Tolerance
from flows.comparison.runs import Asked, Run
from flows.comparison.sides import Chosen
from flows.config import DEFAULTS, Config
from flows.market import FLOW
from flows.running import runner
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings
from flows.stretch import END, Stretch, find
from flows.stretch import Asked as Stretched
from tests.bench.drained import seconds_of


def main() -> None:
    folder, what, *more = sys.argv[1:]
    options = FlowOptions(Settings.load(Path(folder)), Config.load(DEFAULTS))
    match what:
        case "replay":
            print(replayed(FlowOptions(options.services, options.config, output_prefix=more[0])))
        case "count":
            wiring = replay.to_nowhere(FLOW, options.with_engines(more[0], {}), stretch(options, more[1]))
            print(seconds_of(wiring.progress, lambda: runner.run(wiring.flow)))
        case _:
            print(shadowed(options))


def replayed(options: FlowOptions) -> float:
    wiring = replay.to_topics(FLOW, options, stretch(options, END))
    return seconds_of(wiring.progress, lambda: runner.run(wiring.flow))


def shadowed(options: FlowOptions) -> float:
    asked = Asked(FLOW, Stretched(), Chosen("rust"), Chosen("rust"), Tolerance())
    with Run(options, asked, print) as run:
        flow, progress = run.wire()
        return seconds_of(progress, lambda: run.run(flow))


def stretch(options: FlowOptions, end: str) -> Stretch:
    return find(options.services, FLOW.topic, Stretched(end=end))


if __name__ == "__main__":
    main()
