"""What indicators are made of: windows, and sums over them that cost the same whatever their length."""

from __future__ import annotations

from flows.indicators.parts.average import Average
from flows.indicators.parts.count import Count
from flows.indicators.parts.extremes import Highest, LatestHighest, Lowest
from flows.indicators.parts.last import Last
from flows.indicators.parts.leap import Leap
from flows.indicators.parts.lines import Line
from flows.indicators.parts.moments import Moments
from flows.indicators.parts.pairs import Pairs
from flows.indicators.parts.part import BadMemory, Part
from flows.indicators.parts.quads import Quads
from flows.indicators.parts.run import Run
from flows.indicators.parts.sum import Sum
from flows.indicators.parts.window import Window

__all__ = [
    "Average",
    "BadMemory",
    "Count",
    "Highest",
    "Last",
    "LatestHighest",
    "Leap",
    "Line",
    "Lowest",
    "Moments",
    "Pairs",
    "Part",
    "Quads",
    "Run",
    "Sum",
    "Window",
]
