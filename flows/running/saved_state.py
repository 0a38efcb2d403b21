"""What a flow has saved of its partitions, read beside the flow while it runs."""

from __future__ import annotations

import pickle
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from flows.running.runner import StateUnusable
from flows.running.staged_source import State
from flows.stack.settings import Settings

# As long as the flow's own second of writing may last, and more.
_BUSY_S = 10.0
# Of what Bytewax keeps of a source, the newest of each partition; it has as many rows as epochs that are not given up.
_NEWEST = "SELECT state_key, ser_change, max(snap_epoch) FROM snaps WHERE step_id = ? GROUP BY state_key"


def store_of(settings: Settings, flow: str) -> Path:
    """Where the flow saves its state, on the machine of its first process."""
    return settings.data_dir / "state" / "flows" / flow


def saved(settings: Settings, flow: str) -> dict[int, State]:
    """By partition, the newest state: a pure function of the partition up to its offset, whatever the others have.
    Nothing where the flow has saved nothing here. Raises StateUnusable."""
    found: dict[int, State] = {}
    store = store_of(settings, flow)
    for file in sorted(store.glob("part-*.sqlite3")):
        try:
            with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=_BUSY_S)) as read:
                rows = read.execute(_NEWEST, (f"{flow}.log-in",)).fetchall()
        except sqlite3.Error as error:
            raise StateUnusable(store, str(error)) from error
        # The flow's own pickles, from the folder that it would resume from itself.
        states = {int(partition): pickle.loads(change) for partition, change, _ in rows if change is not None}
        found.update({partition: state for partition, state in states.items() if isinstance(state, tuple)})
    return found
