"""A desk that trades a lot: short bars and nervous strategies, under limits that never bind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.contracts.records import Control
from flows.demo import desk
from flows.demo.listing import Listing
from flows.operator_commands import Limits, limits, opening

_LIMITS = Limits("1000", "100000", "10000000", "1000000000", 60.0)
_STAGES = """
[bars]
intervals_ns = [250_000_000]
[features]
ema_fast = 2
ema_slow = 4
rsi = 3
volatility = 3
# Most bars leave this range: so there are violations to compare.
limits = [{ feature = "trade_imbalance", low = "-0.02", high = "0.02" }]

[[bars.series]]
name = "tick:50"

[[bars.series]]
name = "volume_run:20:5"

[[bars.series]]
name = "tick:100@mid"
"""


def write_config(path: Path, listing: Listing) -> None:
    """Two strategies on every listed instrument."""
    path.write_text(_STAGES + "".join(_strategies(listing)))


def opening_commands(listing: Listing, reason: str) -> Iterator[Control]:
    """Opens the account and sets its limits."""
    yield opening(desk.ACCOUNT, reason)
    for instrument in _instruments(listing):
        yield limits(desk.ACCOUNT, reason, listing.venue, instrument, _LIMITS)


def _strategies(listing: Listing) -> Iterator[str]:
    for instrument in _instruments(listing):
        for kind, parameters in (("ema_cross", ""), ("rsi_reversion", "parameters = { low = 45, high = 55 }\n")):
            yield (
                f'\n[[strategies]]\nname = "{kind}-{instrument.lower()}"\nkind = "{kind}"\naccount = "{desk.ACCOUNT}"\n'
                f'venue = "{listing.venue}"\ninstrument = "{instrument}"\ninterval_ns = 250_000_000\n'
                f'quantity = "0.01"\n{parameters}'
            )


def _instruments(listing: Listing) -> list[str]:
    return [desk.instrument_of(listing, symbol) for symbol in listing.symbols]
