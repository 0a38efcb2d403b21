"""Statistics, of any series."""

from __future__ import annotations

from flows.indicators.declaration import REAL, Input, Row, Rule, period, real

_PEARSON = "K. Pearson, Contributions to the Mathematical Theory of Evolution (1894)"
_MOMENTS = "K. Pearson, Das Fehlergesetz und seine Verallgemeinerungen (1905)"
_FLAT = "0 where all values are the same"
_FIRST, _SECOND = Input("real0", Rule.ANY, "any series"), Input("real1", Rule.ANY, "any series")

ROWS = (
    Row(
        "var",
        "Variance, of the window as a whole population",
        (REAL,),
        (period(5),),
        "timeperiod - 1",
        "0 or more",
        "R. A. Fisher, The Correlation between Relatives (1918)",
        stem="stddev",
    ),
    Row(
        "stddev",
        "Standard deviation, of the window as a whole population",
        (REAL,),
        (period(5, 2), real("nbdev", 1.0, -1000.0, 1000.0)),
        "timeperiod - 1",
        "any",
        _PEARSON,
    ),
    Row(
        "zscore",
        "Distance from the mean in standard deviations",
        (REAL,),
        (period(20, 2),),
        "timeperiod - 1",
        "any",
        _PEARSON,
        stem="stddev",
        note=_FLAT,
    ),
    Row(
        "skew",
        "Skewness, of the window as a whole population",
        (REAL,),
        (period(30, 2),),
        "timeperiod - 1",
        "any",
        _MOMENTS,
        stem="shape",
        note=_FLAT,
    ),
    Row(
        "kurtosis",
        "Excess kurtosis, of the window as a whole population",
        (REAL,),
        (period(30, 2),),
        "timeperiod - 1",
        "-2 or more",
        _MOMENTS,
        stem="shape",
        note=_FLAT,
    ),
    Row(
        "correl",
        "Correlation",
        (_FIRST, _SECOND),
        (period(30, 2),),
        "timeperiod - 1",
        "-1 to 1",
        "K. Pearson, Notes on Regression and Inheritance (1895)",
        note="0 where one does not move",
    ),
    Row(
        "beta",
        "Slope of the second's returns on the first's",
        (Input("real0", Rule.POSITIVE, "price"), Input("real1", Rule.POSITIVE, "price")),
        (period(5, 2),),
        "timeperiod",
        "any",
        "W. F. Sharpe, A Simplified Model for Portfolio Analysis (1963)",
        stem="correl",
        note="0 where the first does not move",
    ),
    Row(
        "median",
        "Median",
        (REAL,),
        (period(30),),
        "timeperiod - 1",
        "of the input",
        "F. Galton, Report of the Anthropometric Committee (1881)",
    ),
    Row("max", "Highest", (REAL,), (period(30),), "timeperiod - 1", "of the input", "As TA-Lib", stem="extremes"),
    Row("min", "Lowest", (REAL,), (period(30),), "timeperiod - 1", "of the input", "As TA-Lib", stem="extremes"),
)
