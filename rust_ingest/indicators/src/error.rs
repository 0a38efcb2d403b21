//! What an indicator refuses.

use std::fmt;

use crate::registry::{LARGEST, SMALLEST};

/// A parameter outside its range.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterError {
    /// Name of the indicator.
    pub indicator: &'static str,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for ParameterError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.indicator, self.problem)
    }
}

impl std::error::Error for ParameterError {}

/// Why an input cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Fault {
    /// NaN or infinite.
    NotFinite = 1,
    /// Further from zero than 1e60.
    TooLarge = 2,
    /// Not above zero, where the definition divides by it or takes its logarithm.
    NotPositive = 3,
    /// Above zero, but nearer to it than 1e-60.
    TooSmall = 4,
    /// A volume or a size below zero.
    Negative = 5,
    /// A high below its low.
    HighBelowLow = 6,
    /// Fewer or more values than of the first input.
    Length = 7,
}

/// A row that was not taken; nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct InputError {
    /// Name of the indicator.
    pub indicator: &'static str,
    /// Name of the input; or of the output, if that has not as many places.
    pub input: &'static str,
    /// Row, from 0 in this call.
    pub index: usize,
    /// The value; of `Length`, how many there are.
    pub found: f64,
    /// Why.
    pub fault: Fault,
}

impl fmt::Display for InputError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            indicator,
            input,
            index,
            found,
            fault,
        } = self;
        let why = match fault {
            Fault::NotFinite => "is no finite number; leave such rows out".to_owned(),
            Fault::TooLarge => format!("is beyond ±{LARGEST:e}; scale the series"),
            Fault::NotPositive => {
                "is not above zero, and the definition divides by it or takes its logarithm".to_owned()
            }
            Fault::TooSmall => format!("is nearer to zero than {SMALLEST:e}; scale the series"),
            Fault::Negative => "is below zero".to_owned(),
            Fault::HighBelowLow => "is below the low; check the order of the inputs".to_owned(),
            Fault::Length => {
                return write!(
                    out,
                    "{indicator}: {input} has {found} values, not as many as the first input; give one a row"
                );
            }
        };
        write!(out, "{indicator}: {input}[{index}] = {found} {why}")
    }
}

impl std::error::Error for InputError {}
