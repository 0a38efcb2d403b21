"""Over how much features look back: the configuration of the stage features."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from flows.contracts.records import FeaturesState
from flows.errors import StageConfigError
from flows.kernels.config import Fields
from flows.kernels.snapshot import same

# Longer windows would make states that are slow to save.
_PERIOD_MAX = 10_000
# A slot is no shorter than a minute.
_SLOTS_MAX = 1_440
_ASCENDING = (("ema_fast", "ema_slow"), ("return_short", "return_medium"), ("return_medium", "return_long"))


@dataclass(frozen=True, slots=True)
class Periods:
    """Lengths in bars, but for the last two."""

    ema_fast: int = 12
    ema_slow: int = 26
    rsi: int = 14
    volatility: int = 20
    return_short: int = 5
    return_medium: int = 15
    return_long: int = 60
    kyle_lambda: int = 50
    vpin: int = 50
    sign_autocorrelation: int = 50
    season_slots: int = 24
    """Of a day."""
    season_days: int = 20

    @classmethod
    def taken(cls, given: Fields) -> Periods:
        """Raises StageConfigError."""
        lengths = {name: given.whole(name, default) for name, default in asdict(cls()).items()}
        for name, length in lengths.items():
            longest = _SLOTS_MAX if name == "season_slots" else _PERIOD_MAX
            if not 1 <= length <= longest:
                raise StageConfigError(f"{name}: is not between 1 and {longest}")
        for shorter, longer in _ASCENDING:
            if lengths[shorter] >= lengths[longer]:
                raise StageConfigError(f"{shorter}: is not shorter than {longer}")
        return cls(**lengths)

    def check(self, state: FeaturesState) -> None:
        """Raises StageRestoreError for a state that was made with others. One from before there were these windows has
        0 for them, and begins them anew."""
        for field in fields(self):
            found = getattr(state, field.name)
            if found != 0:
                same(field.name, found, getattr(self, field.name))
