"""Strategies that go wrong, each in its own way, at the third bar."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from typing import Any, cast

from flows.contracts.records import FeatureVector, OrderType, Side, TimeInForce
from flows.contracts.registry import SchemaIds
from flows.kernels.strategy import Intent, Quote, Strategy

SELL = Intent(Side.SELL, OrderType.MARKET, TimeInForce.IOC, None, 1.0, "each bar", quantity=7)


class Faulty(Strategy):
    """Sells at every bar, until the fault."""

    def __init__(self, name: str, parameters: Any) -> None:
        self.name = name
        self._seen = 0

    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        self._seen += 1
        return [SELL] if self._seen < 3 else self.fault()

    def fault(self) -> list[Intent]:
        raise NotImplementedError

    def snapshot(self, ids: SchemaIds) -> bytes:
        return str(self._seen).encode()

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        self._seen = int(state)


class Raises(Faulty):
    def fault(self) -> list[Intent]:
        raise KeyError(object())


class Exits(Faulty):
    def fault(self) -> list[Intent]:
        raise SystemExit(1)


class NeverEnds(Faulty):
    def fault(self) -> list[Intent]:
        while True:
            self._seen += 1


class SwitchesTheCountOff(Faulty):
    def fault(self) -> list[Intent]:
        sys.settrace(None)
        return [SELL]


class HidesThatItNeverEnds(Faulty):
    def fault(self) -> list[Intent]:
        try:
            while True:
                self._seen += 1
        except BaseException:
            return [SELL]


class NotANumber(Faulty):
    def fault(self) -> list[Intent]:
        return [SELL, replace(SELL, strength=math.nan)]


class NotAPrice(Faulty):
    def fault(self) -> list[Intent]:
        return [replace(SELL, price=cast(Any, 1.5))]


class TooLarge(Faulty):
    def fault(self) -> list[Intent]:
        return [replace(SELL, quantity=1 << 63)]


class NotAStep(Faulty):
    def fault(self) -> list[Intent]:
        return [replace(SELL, quote=Quote(1, 0, cast(Any, 0.01), 99, 101))]


class NoText(Faulty):
    def fault(self) -> list[Intent]:
        return [replace(SELL, reason="\ud800")]


class NoList(Faulty):
    def fault(self) -> list[Intent]:
        return cast(list[Intent], SELL)


@dataclass
class Looks:
    side: str = "sell"


class NoIntent(Faulty):
    def fault(self) -> list[Intent]:
        return [cast(Any, Looks())]


class CannotCheck(Faulty):
    def risk_check(self, intent: Intent, features: FeatureVector) -> str | None:
        return cast(Any, False) if self._seen == 3 else None

    def fault(self) -> list[Intent]:
        return [SELL]


class OldShape:
    """As it was before strategies had more than one method."""

    def on_features(self, features: FeatureVector) -> list[Intent]:
        return []


class HalfShape:
    def generate_signals(self, features: FeatureVector) -> list[Intent]:
        return []
