"""How an indicator is declared: one row of `flows/indicators/table`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LARGEST = 1e60
"""Inputs are within this of zero: then no square, product or fourth power of them leaves the numbers."""
SMALLEST = 1e-60
"""Inputs that are divided by are at least this."""


class Rule(Enum):
    """What an input may be; always finite and within LARGEST of zero."""

    ANY = "any number"
    POSITIVE = "above 0"
    NOT_NEGATIVE = "0 or more"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a row."""

    name: str
    rule: Rule
    unit: str
    """What it counts, for people."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, named and with the default as in TA-Lib where that has it."""

    name: str
    default: float
    lowest: float
    highest: float
    whole: bool


def whole(name: str, default: int, lowest: int = 1, highest: int = 100_000) -> Parameter:
    """A whole number."""
    return Parameter(name, default, lowest, highest, True)


def real(name: str, default: float, lowest: float, highest: float) -> Parameter:
    """Any number."""
    return Parameter(name, default, lowest, highest, False)


def period(default: int, lowest: int = 1) -> Parameter:
    """A length in rows, with TA-Lib's name for it."""
    return whole("timeperiod", default, lowest)


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator."""

    name: str
    title: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    warm_up: str | None
    """How many rows give None before the first value, as a Python expression of the parameters; None where that depends
    on the data."""
    range: str
    """Which values it takes."""
    source: str
    """Author, work, year."""
    outputs: tuple[str, ...] = ()
    """Names of the outputs; the indicator's own where it has one."""
    stem: str = ""
    """File with its twins; its name where that is empty."""
    note: str = ""
    """What else a user must know: stated values, differences."""

    @property
    def outputs_named(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self.outputs or (self.name,)

    @property
    def class_name(self) -> str:
        """Its class in both languages: PlusDi of plus_di."""
        return "".join(word.capitalize() for word in self.name.split("_"))


HIGH = Input("high", Rule.ANY, "price")
LOW = Input("low", Rule.ANY, "price")
CLOSE = Input("close", Rule.ANY, "price")
OPEN = Input("open", Rule.ANY, "price")
REAL = Input("real", Rule.ANY, "any series")
VOLUME = Input("volume", Rule.NOT_NEGATIVE, "quantity")


def positive(one: Input) -> Input:
    """The same input where the definition divides by it or takes its logarithm."""
    return Input(one.name, Rule.POSITIVE, one.unit)
