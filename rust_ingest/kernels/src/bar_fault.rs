//! What is wrong with bars that were to be aggregated.

/// What a row breaks: twin of `flows.kernels.bar_fault.BarRule`, whose words hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarRule {
    TimeOrder = 1,
    TimeRange,
    IntervalUnknown,
    NotDivided,
    MixedIntervals,
    AfterEnd,
    OutsideSession,
    Misaligned,
    NotFinite,
    HighBelowLow,
    OutsideRange,
    Negative,
    Overflow,
}

/// The first row that breaks a rule. Columns count the four prices, then the sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarFault {
    pub rule: BarRule,
    pub row: Option<usize>,
    pub column: Option<usize>,
}

impl BarFault {
    /// No row is to blame.
    pub(crate) fn of_all(rule: BarRule) -> Self {
        Self {
            rule,
            row: None,
            column: None,
        }
    }

    pub(crate) fn in_row(rule: BarRule, row: usize) -> Self {
        Self {
            rule,
            row: Some(row),
            column: None,
        }
    }

    pub(crate) fn in_column(rule: BarRule, row: usize, column: usize) -> Self {
        Self {
            rule,
            row: Some(row),
            column: Some(column),
        }
    }
}
