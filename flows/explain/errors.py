"""Why something cannot be explained, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from flows.errors import TapeflowError


class CannotExplain(TapeflowError):
    """The log does not hold what was asked for."""


class MalformedId(CannotExplain):
    """Text that is no order's id."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is no order: give a client id as tf-0badcafe-1-4711-1 (log id, partition, offset, index), "
            "the venue's own order id, or last"
        )


class UnknownOrder(CannotExplain):
    """No order of that id stands in this log."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            f"no order {text}: {why}; list orders with "
            '`tapeflow query "SELECT client_order_id, venue_order_id, status FROM orders"`, '
            "or choose another log with --data-dir"
        )


class OutsideRetention(CannotExplain):
    """The log begins after a record that is needed."""

    def __init__(self, what: str, topic: str, partition: int, offset: int, low: int) -> None:
        super().__init__(
            f"{what} stood at {topic}[{partition}] offset {offset}, and the log now begins at {low}: it is outside "
            "retention; explain a later order, restore the topic from a backup, or keep sequenced topics for ever "
            "(retention.ms=-1)"
        )


class MissingRecord(CannotExplain):
    """A link of the chain is not in its topic."""

    def __init__(self, what: str, topic: str, partition: int, why: str) -> None:
        super().__init__(
            f"{what} is not in {topic}[{partition}]: {why}; if a flow is behind, let it catch up "
            "(`tapeflow run FLOW --until-end`), then ask again"
        )


class UnknownSymbol(CannotExplain):
    """No signal and no features of that instrument stand in the log around that time."""

    def __init__(self, symbol: str, newest: Mapping[str, str]) -> None:
        """`newest`: by instrument, the time of its newest features."""
        has = ", ".join(f"{instrument} until {at}" for instrument, at in sorted(newest.items()))
        super().__init__(
            f"the log has no signal and no features of {symbol} around that time; "
            + (
                f"it has features of {has}: choose another --at"
                if has
                else "it has no features at all: run flow market"
            )
        )


class StageCrashed(CannotExplain):
    """A stage did not survive the records that it was given."""

    def __init__(self, place: str, first: int, last: int, error: BaseException) -> None:
        why = " ".join(str(error).split()) or "no reason given"
        super().__init__(
            f"a stage crashed on {place} between offsets {first} and {last}: {type(error).__name__}: {why}; "
            "derive it with the code, the configuration and the engine that wrote the log"
        )
