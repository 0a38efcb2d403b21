"""`make chaos SEED=... MINUTES=...`: rounds with one seed after the other, until the time is up or one fails."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import trial
from tests.chaos.schedule import draw

_MARKET_S = 60.0


def main() -> None:
    arguments = _arguments()
    for name in [name for name in os.environ if name.startswith("TAPEFLOW_")]:
        # The developer's own services are not for this.
        del os.environ[name]
    began_s = time.monotonic()
    seed = arguments.seed
    while True:
        if not _survives(seed, arguments.market_seconds):
            sys.exit(1)
        seed += 1
        if time.monotonic() - began_s > 60 * arguments.minutes:
            print(f"{seed - arguments.seed} rounds held, seeds {arguments.seed} to {seed - 1}")
            return


def _survives(seed: int, market_s: float) -> bool:
    folder = Path(tempfile.mkdtemp(prefix=f"tapeflow-chaos-{seed}-"))
    began_s = time.monotonic()

    def report(line: str) -> None:
        print(f"[{seed} {time.monotonic() - began_s:6.1f} s] {line}", flush=True)

    again = f"make chaos SEED={seed} MINUTES=0 MARKET_SECONDS={market_s:g}"
    try:
        verdict = trial.run(draw(seed, market_s), folder, report)
    except BaseException:
        print(f"seed {seed} came to no verdict; what it left is in {folder}; again: {again}", flush=True)
        raise
    struck = sum(verdict.struck.values())
    report(f"{verdict.records:,} records, {verdict.orders:,} orders, {struck} times struck")
    for fault in verdict.faults:
        report(f"NOT OK: {fault}")
    if verdict.faults:
        print(f"seed {seed} does not hold; what it left is in {folder}; again: {again}", flush=True)
        return False
    report("OK")
    # Only what holds is of no further interest.
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each next one counts up")
    parser.add_argument("--minutes", type=float, default=10, help="begin no round after these; 0 is one round")
    parser.add_argument("--market-seconds", type=float, default=_MARKET_S, help="how long the faults of a round take")
    return parser.parse_args()


if __name__ == "__main__":
    main()
