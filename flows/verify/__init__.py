"""The log against ClickHouse, partition by partition: contiguous offsets, counts, and every byte of every row."""

from flows.verify.comparison import CannotCompare, Report, verify
from flows.verify.verdict import Difference, Verdict

__all__ = ["CannotCompare", "Difference", "Report", "Verdict", "verify"]
