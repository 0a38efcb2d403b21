"""Strategy overnight_range: buys when the close rises above what the market traded at between two of its sessions,
sells when it falls below; once a session, with a stop and a target by the average true range, and out at the session's
end.

An opening-range breakout (T. Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout, 1990) whose
range is the night's. The session is a day's, from `open` to `close` by the clock of its place (`day_session`); what
begins outside it is the night before the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.contracts.codec import encode
from flows.contracts.records import FeatureVector, OvernightRangeState, Side
from flows.contracts.registry import SchemaIds
from flows.errors import StageConfigError
from flows.kernels import atr
from flows.kernels.checked import INT64_MAX, INT64_MIN
from flows.kernels.config import Fields
from flows.kernels.day_session import DaySession, Session
from flows.kernels.snapshot import open_state
from flows.kernels.strategy import Intent, Strategy, take_touch

_PERIOD_MAX = 10_000
_HUNDREDTHS_MAX = 100_000


class OvernightRange(Strategy):
    """One order a session, behind the first night that it saw begin. A bar without high and low counts for nothing."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        """Raises StageConfigError."""
        self.name = name
        fields = Fields(parameters, f"strategies.{name}.parameters")
        self._days = DaySession.within_a_day(fields)
        self._period = fields.whole("atr", 14)
        stop, target = fields.whole("stop_atr_hundredths", 150), fields.whole("target_atr_hundredths", 300)
        fields.end()
        if not (1 <= self._period <= _PERIOD_MAX and 0 < min(stop, target) <= max(stop, target) <= _HUNDREDTHS_MAX):
            raise StageConfigError(
                f"{fields.at('atr')}, stop_atr_hundredths, target_atr_hundredths: need 1 <= atr <= {_PERIOD_MAX} and "
                f"hundredths from 1 to {_HUNDREDTHS_MAX}"
            )
        self._stop, self._target = float(stop) / 100.0, float(target) / 100.0
        self._state = OvernightRangeState(session_ns=None, high=None, low=None, done=True, atr=atr.EMPTY)

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        high, low = features.high, features.low
        if high is None or low is None:
            return []
        moved = atr.add(self._state.atr, self._period, high, low, features.close)
        start_ns = max(INT64_MIN, features.close_ns - features.interval_ns)
        session = self._days.of(start_ns)
        state = replace(self._state, atr=moved)
        if state.session_ns != session.open_ns:
            # Of the first night only a part may have been seen.
            is_first = state.session_ns is None
            state = replace(state, session_ns=session.open_ns, high=None, low=None, done=is_first)
        if start_ns < session.open_ns:
            state = replace(
                state,
                high=high if state.high is None else max(state.high, high),
                low=low if state.low is None else min(state.low, low),
            )
        self._state = state
        if start_ns < session.open_ns or features.close_ns >= session.close_ns or state.done:
            return []
        intents = self._break(features, session)
        if intents:
            self._state = replace(state, done=True)
        return intents

    def _break(self, features: FeatureVector, session: Session) -> list[Intent]:
        """The order where the close broke out."""
        range_high, range_low, close = self._state.high, self._state.low, features.close
        true_range = atr.average(self._state.atr, self._period)
        if range_high is None or range_low is None or true_range is None:
            return []
        if close > range_high:
            strength = float(close - range_high) / float(close)
            intents = take_touch(features, Side.BUY, strength, "close rose above the overnight range")
        elif close < range_low:
            strength = float(range_low - close) / float(close)
            intents = take_touch(features, Side.SELL, strength, "close fell below the overnight range")
        else:
            return []
        return [one for intent in intents if (one := self._with_exits(intent, true_range, session))]

    def _with_exits(self, intent: Intent, true_range: float, session: Session) -> Intent | None:
        """None where stop or target is no price."""
        direction = 1 if intent.side is Side.BUY else -1
        price = intent.price or 0
        stop = price - direction * max(1, int(self._stop * true_range))
        target = price + direction * max(1, int(self._target * true_range))
        if min(stop, target) <= 0 or max(stop, target) > INT64_MAX:
            return None
        return replace(intent, stop_price=stop, target_price=target, exit_ns=session.close_ns)

    def snapshot(self, ids: SchemaIds) -> bytes:
        return encode(self._state, ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._state = open_state(ids, state, OvernightRangeState)
