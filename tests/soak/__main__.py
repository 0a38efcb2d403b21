"""`make soak MINUTES=... SEED=...`: an ingestor under load for so long, struck at random, and an exact count."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.trial import Trial


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("TAPEFLOW_")]:
        # The developer's own services are not for this.
        del os.environ[name]
    folder, began_s = Path(tempfile.mkdtemp(prefix="tapeflow-soak-")), time.monotonic()

    def report(line: str) -> None:
        print(f"[{time.monotonic() - began_s:6.1f} s] {line}", flush=True)

    count = Trial(folder, arguments.seed, report).run(60 * arguments.minutes)
    print(json.dumps({**vars(count), "exact": count.is_exact}, indent=1))
    if not count.is_exact:
        sys.exit(f"NOT exact; what it left is in {folder}")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
