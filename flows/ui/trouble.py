"""Dead letters, and what shadows found to differ."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.ui.tape import Offsets, Row, Tape, between

LETTERS, DIFFS = "ops.dead_letters", "shadow.diffs"
_KEPT = 60

_LETTER_COUNTS = "SELECT stage, reason, count() AS letters FROM ops_dead_letters WHERE {where} GROUP BY stage, reason"
_LETTERS = f"""
SELECT partition, offset, toUnixTimestamp64Milli(timestamp) AS at_ms, stage, source, reason, detail, origin_partition,
    origin_offset
FROM ops_dead_letters WHERE {{where}} AND kind = 'DeadLetter' ORDER BY partition, offset DESC LIMIT {_KEPT}
"""
_DIFF_COUNTS = """
SELECT run, compared_topic, difference, field, count() AS records, max(toUnixTimestamp64Milli(timestamp)) AS at_ms
FROM shadow_diffs WHERE {where} GROUP BY run, compared_topic, difference, field
"""
_DIFFS = f"""
SELECT toUnixTimestamp64Milli(timestamp) AS at_ms, run, compared_topic, difference, field, baseline, candidate,
    origin_partition, origin_offset, origin_index
FROM shadow_diffs WHERE {{where}} AND kind = 'Diff' ORDER BY timestamp DESC LIMIT {_KEPT}
"""


@dataclass(slots=True)
class Trouble:
    """Counts of all there is, and the newest of each."""

    letters: deque[Row] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """Newest first."""
    letter_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By stage and reason."""
    diffs: deque[Row] = field(default_factory=lambda: deque(maxlen=_KEPT))
    diff_counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """By run, topic, difference and field."""
    run_ms: dict[str, int] = field(default_factory=dict)
    """When each run found its last difference."""

    def read(self, tape: Tape, begins: Mapping[str, Offsets], ends: Mapping[str, Offsets]) -> None:
        """Takes what is new."""
        where = between(begins[LETTERS], ends[LETTERS])
        if begins[LETTERS] != ends[LETTERS]:
            for row in tape.rows(_LETTER_COUNTS.format(where=where), LETTERS):
                self.letter_counts[row["stage"], row["reason"]] += row["letters"]
            self.letters.extendleft(reversed(tape.rows(_LETTERS.format(where=where), LETTERS)))
        where = between(begins[DIFFS], ends[DIFFS])
        if begins[DIFFS] != ends[DIFFS]:
            for row in tape.rows(_DIFF_COUNTS.format(where=where), DIFFS):
                key = (row["run"], row["compared_topic"], row["difference"], row["field"])
                self.diff_counts[key] += row["records"]
                self.run_ms[row["run"]] = max(row["at_ms"], self.run_ms.get(row["run"], 0))
            self.diffs.extendleft(reversed(tape.rows(_DIFFS.format(where=where), DIFFS)))
