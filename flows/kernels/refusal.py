"""Why a record is not processed. Words and texts are part of the outputs: both twins write the same."""

from __future__ import annotations

from typing import ClassVar

from flows.contracts.records import FeatureVector
from flows.kernels.scale import Scale


class Refusal(Exception):
    """Why a record went to `ops.dead_letters`; its text is the letter's `detail`."""

    reason: ClassVar[str]
    """The short word in `DeadLetter.reason`."""


class Unparsed(Refusal):
    """Bytes that are none of our records."""

    reason = "parse"

    @classmethod
    def short(cls, length: int) -> Unparsed:
        return cls(f"a message of {length} bytes has no schema id")

    @classmethod
    def bad_magic(cls, found: int) -> Unparsed:
        return cls(f"the message begins with byte {found}, not with 0")

    @classmethod
    def bad_body(cls, kind: str) -> Unparsed:
        """Where the body goes wrong is the codec's own business: the twins' codecs differ there."""
        return cls(f"the bytes after the schema id are not a {kind}")


class UnknownSchema(Refusal):
    reason = "unknown_schema"

    def __init__(self, id: int) -> None:
        super().__init__(f"schema id {id} is none of ours")


class UnexpectedKind(Refusal):
    reason = "unexpected_kind"

    def __init__(self, kind: str) -> None:
        super().__init__(f"a {kind} does not belong into this topic")


class ScaleChanged(Refusal):
    """A record has other exponents than its instrument began with."""

    reason = "scale_changed"

    def __init__(self, venue: str, instrument: str, found: Scale, known: Scale) -> None:
        super().__init__(
            f"{venue} {instrument}: exponents are {found.price_exponent} and {found.quantity_exponent}, "
            f"the log began with {known.price_exponent} and {known.quantity_exponent}"
        )


class BadValue(Refusal):
    reason = "bad_value"

    def __init__(self, field: str, value: int, problem: str) -> None:
        super().__init__(f"{field} {value} {problem}")


class Muted(Refusal):
    """A strategy went wrong and is given no more bars of this instrument."""

    reason = "muted"

    def __init__(self, strategy: str, features: FeatureVector, why: str) -> None:
        super().__init__(f"strategy {strategy} is muted on {features.venue} {features.instrument}: {why}")


class Withheld(Refusal):
    """A strategy's own risk check stopped what it wanted."""

    reason = "withheld"

    def __init__(self, strategy: str, features: FeatureVector, why: str) -> None:
        super().__init__(f"strategy {strategy} withholds a signal on {features.venue} {features.instrument}: {why}")


class BadSize(Refusal):
    reason = "bad_size"

    def __init__(self, series: str, venue: str, instrument: str) -> None:
        super().__init__(
            f"series {series}: the size is no whole count of the units of {venue} {instrument}: configure it for the "
            "instruments that it is meant for"
        )


class Overflow(Refusal):
    reason = "overflow"

    def __init__(self, what: str, venue: str, instrument: str) -> None:
        super().__init__(f"{what} of {venue} {instrument} does not fit its type")


class OutOfOrder(Refusal):
    reason = "out_of_order"

    def __init__(self, what: str, found: int, newest: int) -> None:
        super().__init__(f"{what} {found} is not past {newest}")


class BadControl(Refusal):
    reason = "bad_control"


class LogIdChanged(Refusal):
    reason = "log_id_changed"

    def __init__(self, account: str, log_id: str, known: str) -> None:
        super().__init__(f"account {account} is open as {known}; {log_id} would let one client id stand for two orders")


class ClientIdTooLong(Refusal):
    reason = "client_id_too_long"

    def __init__(self, client_order_id: str) -> None:
        super().__init__(f"client id {client_order_id} is longer than venues take")


class UnknownOrder(Refusal):
    reason = "unknown_order"

    def __init__(self, client_order_id: str) -> None:
        super().__init__(f"order {client_order_id} is not known here; what it filled counts")


class OrderMismatch(Refusal):
    reason = "order_mismatch"

    def __init__(self, client_order_id: str) -> None:
        super().__init__(f"order {client_order_id} has another instrument or side than the report")


class FillMismatch(Refusal):
    reason = "fill_mismatch"

    def __init__(self, client_order_id: str, quantity: int, price: int) -> None:
        super().__init__(
            f"order {client_order_id} grew by {quantity}, which is not what the report says it filled; "
            f"counted at {price}"
        )
