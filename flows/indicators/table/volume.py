"""Volume: with how much trading."""

from __future__ import annotations

from flows.indicators.declaration import CLOSE, HIGH, LOW, VOLUME, Input, Row, Rule, period, positive, real, whole

_CHAIKIN = "M. Chaikin; R. W. Colby, The Encyclopedia of Technical Market Indicators (1988)"
_FOSBACK = "N. G. Fosback, Stock Market Logic (1976)"
_BAR = (HIGH, LOW, CLOSE, VOLUME)
_PRICE = positive(CLOSE)
_SESSION = Input("session", Rule.ANY, "a number for each session")
_NONE = "The typical price before there is volume"
_VWAP = "S. A. Berkowitz, D. E. Logue and E. A. Noser, The Total Cost of Transactions on the NYSE (1988)"

ROWS = (
    Row(
        "obv",
        "On-balance volume",
        (CLOSE, VOLUME),
        (),
        "0",
        "any",
        "J. Granville, Granville's New Key to Stock Market Profits (1963)",
        note="Begins with the first row's volume, as in TA-Lib",
    ),
    Row("ad", "Accumulation/distribution line", _BAR, (), "0", "any", _CHAIKIN),
    Row(
        "adosc",
        "Chaikin oscillator",
        _BAR,
        (whole("fastperiod", 3, 2), whole("slowperiod", 10, 2)),
        "max(fastperiod, slowperiod) - 1",
        "any",
        _CHAIKIN,
        stem="ad",
        note="Both averages begin with the first row's value, as in TA-Lib",
    ),
    Row(
        "cmf",
        "Chaikin money flow",
        _BAR,
        (period(20),),
        "timeperiod - 1",
        "-1 to 1 where the close is within its bar",
        _CHAIKIN,
        stem="ad",
        note="0 where there is no volume",
    ),
    Row(
        "mfi",
        "Money flow index",
        _BAR,
        (period(14, 2),),
        "timeperiod",
        "0 to 100 for prices above 0",
        "G. Quong and A. Soudack, Volume-Weighted RSI: Money Flow, TASC (1989)",
        note="0 where nothing moved",
    ),
    Row("vwap", "Volume-weighted average price since the first row", _BAR, (), "0", "of the input", _VWAP, note=_NONE),
    Row(
        "anchored_vwap",
        "The same since the last change of `session`",
        (*_BAR, _SESSION),
        (),
        "0",
        "of the input",
        _VWAP,
        stem="vwap",
        note=_NONE,
    ),
    Row(
        "pvt",
        "Price volume trend",
        (_PRICE, VOLUME),
        (),
        "0",
        "any",
        "R. W. Colby, The Encyclopedia of Technical Market Indicators (1988)",
        stem="volume_index",
        note="Begins with 0",
    ),
    Row(
        "nvi",
        "Negative volume index",
        (_PRICE, VOLUME),
        (),
        "0",
        "0 or more",
        _FOSBACK,
        stem="volume_index",
        note="Begins with 1,000",
    ),
    Row(
        "pvi",
        "Positive volume index",
        (_PRICE, VOLUME),
        (),
        "0",
        "0 or more",
        _FOSBACK,
        stem="volume_index",
        note="Begins with 1,000",
    ),
    Row(
        "force",
        "Force index",
        (CLOSE, VOLUME),
        (period(13),),
        "timeperiod",
        "any",
        "A. Elder, Trading for a Living (1993)",
        note="TA-Lib's EFI",
    ),
    Row(
        "eom",
        "Ease of movement",
        (HIGH, LOW, VOLUME),
        (period(14), real("divisor", 1e8, 1e-9, 1e18)),
        "timeperiod",
        "any",
        "R. W. Arms, Volume Cycles in the Stock Market (1983)",
        stem="force",
        note="0 for a row without volume",
    ),
    Row(
        "kvo",
        "Klinger volume oscillator",
        _BAR,
        (whole("fastperiod", 34), whole("slowperiod", 55), whole("signalperiod", 13)),
        "max(fastperiod, slowperiod) + signalperiod - 1",
        "any",
        "S. J. Klinger, Identifying Trends with Volume Analysis, TASC (1997)",
        ("kvo", "kvosignal"),
    ),
)
