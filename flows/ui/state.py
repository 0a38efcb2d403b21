"""All that the page shows, as it was at the last reading: made anew when the tape is another one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import getcontext

from flows.contracts import topics
from flows.ui import baseline, desk, market
from flows.ui.desk import DECISIONS, INBOX, ORDERS, Desk
from flows.ui.market import BARS, FEATURES, TICKS, Market
from flows.ui.stages import Stages
from flows.ui.tape import Offsets, Tape
from flows.ui.trouble import Trouble

# A flow that catches up writes a million records a second: the page takes this many of each partition at a time.
_READ_AT_ONCE = 100_000
_WINDOWS = {**market.WINDOWS, **desk.WINDOWS}


class State:
    """Folded from the tape by one thread."""

    def __init__(self) -> None:
        self.market = Market()
        self.desk = Desk()
        self.stages = Stages()
        self.trouble = Trouble()
        self.ends: dict[str, Offsets] | None = None
        """By topic and partition, what ClickHouse holds."""
        self._read: dict[str, Offsets] = {topic: {} for topic in topics.load()}

    def read(self, tape: Tape) -> None:
        """Takes what has landed since the last reading. Raises what Tape raises; is then to be made anew."""
        # Prices and quantities have 18 digits behind the point: their products are exact in this many.
        getcontext().prec = 76
        is_first = self.ends is None
        self.ends = tape.ends(self.ends)
        if is_first:
            self._begin(tape, self.ends)
        upto = {
            topic: {
                partition: min(end, self._read[topic].get(partition, 0) + _READ_AT_ONCE)
                for partition, end in of.items()
            }
            for topic, of in self.ends.items()
        }
        self._take(tape, {topic: ends for topic, ends in upto.items() if ends != self._read[topic]}, upto)
        self._read = upto

    def read_back(self, tape: Tape) -> None:
        """One step towards what the newest records do not tell. Raises what Tape raises, as `read`."""
        self.market.read_books_back(tape)

    def _begin(self, tape: Tape, ends: Mapping[str, Offsets]) -> None:
        """Where to read from, and what was before."""
        for topic, window in _WINDOWS.items():
            self._read[topic] = {partition: max(0, end - window) for partition, end in ends[topic].items()}
        baseline.take_market(self.market, self.stages, tape, self._read[TICKS])
        self._read[ORDERS] = baseline.orders_begin(tape, self._read[INBOX], ends[ORDERS])
        baseline.take_desk(self.desk, self.stages, tape, self._read[INBOX], self._read[ORDERS])

    def _take(self, tape: Tape, new: Mapping[str, Offsets], upto: Mapping[str, Offsets]) -> None:
        """Orders before the reports on them, and signals before the decisions on them."""
        if TICKS in new:
            self.market.read_ticks(tape, self._read[TICKS], new[TICKS])
            self.stages.read_policies(tape, self._read[TICKS], new[TICKS])
        if BARS in new:
            self.stages.progress["bars"].made(self.market.read_bars(tape, self._read[BARS], new[BARS]))
        if FEATURES in new:
            rows = self.market.read_features(tape, self._read[FEATURES], new[FEATURES])
            self.stages.progress["features"].made(rows)
        if ORDERS in new:
            self.desk.read(tape, ORDERS, self._read[ORDERS], new[ORDERS])
        if INBOX in new:
            rows = self.desk.read(tape, INBOX, self._read[INBOX], new[INBOX])
            self.stages.progress["signals"].made(row for row in rows if row["kind"] in ("Signal", "Mark"))
            self.stages.take_policies(INBOX, (row for row in rows if row["kind"] == "Rollout"))
        if DECISIONS in new:
            rows = self.desk.read(tape, DECISIONS, self._read[DECISIONS], new[DECISIONS])
            self.stages.progress["risk"].made(rows)
        self.trouble.read(tape, self._read, upto)
