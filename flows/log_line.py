"""A line of a program's log on stderr: text, or with TAPEFLOW_LOG_FORMAT=json an object as Rust's programs write it."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone

FORMAT = "TAPEFLOW_LOG_FORMAT"


def write(message: str, level: str = "INFO") -> None:
    """`level`: INFO, WARN or ERROR."""
    if os.environ.get(FORMAT) == "json":
        now = datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line = json.dumps({"timestamp": now, "level": level, "message": message, "target": "tapeflow"})
    else:
        line = f"tapeflow: {message}"
    print(line, file=sys.stderr, flush=True)
