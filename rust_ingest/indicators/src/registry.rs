//! All indicators by name.

use crate::checked::Stream;
use crate::error::{Fault, ParameterError};
use crate::generated;

/// Inputs are within this of zero: then no square, product or fourth power of them leaves the numbers.
pub const LARGEST: f64 = 1e60;
/// Inputs that are divided by are at least this.
pub const SMALLEST: f64 = 1e-60;

/// No indicator has more inputs, or more outputs.
pub const WIDEST: usize = 8;

/// What kind of indicator it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Family {
    /// Where the price goes.
    Trend,
    /// How fast.
    Momentum,
    /// How far it swings.
    Volatility,
    /// With how much trading.
    Volume,
    /// Of any series.
    Statistics,
    /// Of trades and quotes.
    Microstructure,
}

/// What an input may be; always finite and within ±1e60.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Any number.
    Any,
    /// At least 1e-60: the definition divides by it or takes its logarithm.
    Positive,
    /// Zero, or at least 1e-60.
    NotNegative,
}

impl Rule {
    /// Whether a value can be taken.
    #[inline(always)]
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::Any => value.abs() <= LARGEST,
            Self::Positive => (SMALLEST..=LARGEST).contains(&value),
            Self::NotNegative => (SMALLEST..=LARGEST).contains(&value) | (value == 0.0),
        }
    }

    /// Zero of every finite number within `LARGEST` that can be taken, but of zero with a sign.
    #[inline(always)]
    pub(crate) fn doubt(self, value: f64) -> u64 {
        match self {
            Self::Any => 0,
            Self::Positive if value < SMALLEST => u64::MAX,
            Self::NotNegative if value < SMALLEST => value.to_bits(),
            _ => 0,
        }
    }

    /// Why a value cannot be taken.
    #[inline]
    pub fn fault(self, value: f64) -> Option<Fault> {
        if self.allows(value) {
            return None;
        }
        Some(match self {
            _ if !value.is_finite() => Fault::NotFinite,
            Self::Positive if value <= 0.0 => Fault::NotPositive,
            Self::NotNegative if value < 0.0 => Fault::Negative,
            Self::Positive | Self::NotNegative if value < SMALLEST => Fault::TooSmall,
            _ => Fault::TooLarge,
        })
    }
}

/// One input of a row.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// As in `flows/indicators/table`.
    pub name: &'static str,
    /// What it may be.
    pub rule: Rule,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// As in TA-Lib, where that has it.
    pub name: &'static str,
    /// A whole number.
    pub whole: bool,
    /// What it is where nobody says.
    pub default: f64,
    /// The lowest that it may be.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

/// An indicator's declaration.
#[derive(Debug)]
pub struct Entry {
    /// As in `flows/indicators/table`.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Inputs of a row.
    pub inputs: &'static [Input],
    /// Parameters.
    pub parameters: &'static [Parameter],
    /// Names of the outputs.
    pub outputs: &'static [&'static str],
    /// Makes one of checked parameters.
    pub(crate) make: fn(&[f64]) -> Box<dyn Stream>,
}

impl Entry {
    /// A fresh one. Whole parameters are given as floats too.
    pub fn make(&self, parameters: &[f64]) -> Result<Box<dyn Stream>, ParameterError> {
        self.check(parameters)?;
        Ok((self.make)(parameters))
    }

    /// Whether there can be one of these parameters.
    pub fn check(&self, parameters: &[f64]) -> Result<(), ParameterError> {
        let wrong = |problem: String| {
            Err(ParameterError {
                indicator: self.name,
                problem,
            })
        };
        if parameters.len() != self.parameters.len() {
            return wrong(format!(
                "{} parameters are given, it has {}",
                parameters.len(),
                self.parameters.len()
            ));
        }
        for (parameter, &value) in self.parameters.iter().zip(parameters) {
            let Parameter {
                name,
                whole,
                lowest,
                highest,
                ..
            } = *parameter;
            if !(lowest..=highest).contains(&value) || (whole && value.fract() != 0.0) {
                let kind = if whole { "a whole number" } else { "a number" };
                return wrong(format!("{name} is {value}; give {kind} from {lowest} to {highest}"));
            }
        }
        Ok(())
    }
}

/// All, family by family.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    generated::FAMILIES.into_iter().flatten().copied()
}

/// The one of that name.
pub fn named(name: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.name == name)
}

/// What `Checked` must know of an indicator's inputs when it is compiled: columns are then looked at in one pass.
pub trait Declared<const I: usize> {
    /// Of each input.
    const RULES: [Rule; I];
    /// Places of high and low, where there are both.
    const HIGH_LOW: Option<(usize, usize)>;
}

/// Places of high and low, if both are among the names.
pub(crate) const fn high_low(names: &[&str]) -> Option<(usize, usize)> {
    let (mut high, mut low, mut place) = (None, None, 0);
    while place < names.len() {
        match names[place].as_bytes() {
            b"high" => high = Some(place),
            b"low" => low = Some(place),
            _ => {}
        }
        place += 1;
    }
    match (high, low) {
        (Some(high), Some(low)) => Some((high, low)),
        _ => None,
    }
}

/// Gives an indicator its declaration and its checked `new`; the lines are generated from the table.
macro_rules! entry {
    (
        $type:ident $name:literal $family:ident <$inputs:literal, $outputs:literal>
        ($($input:literal $rule:ident),*)
        [$($parameter:ident: $kind:ident $default:literal in $lowest:literal..$highest:literal),*]
        -> $($output:literal),+
    ) => {
        impl $type {
            /// Name, inputs, and the ranges of the parameters.
            pub const ENTRY: $crate::Entry = $crate::Entry {
                name: $name,
                family: $crate::Family::$family,
                inputs: &[$($crate::Input { name: $input, rule: $crate::Rule::$rule }),*],
                parameters: &[$($crate::registry::$kind(stringify!($parameter), $default, $lowest, $highest)),*],
                outputs: &[$($output),+],
                make: |parameters| {
                    let [$($parameter),*] = *parameters else {
                        unreachable!("`Entry::make` counted them");
                    };
                    let made = Self::of($($parameter as $kind),*);
                    Box::new($crate::Checked::<_, $inputs, $outputs>::of(&Self::ENTRY, made))
                },
            };

            /// A fresh one, if `ENTRY` allows the parameters.
            #[allow(clippy::too_many_arguments, reason = "the definition has them")]
            pub fn new($($parameter: $kind),*) -> Result<Self, $crate::ParameterError> {
                Self::ENTRY.check(&[$($parameter as f64),*])?;
                Ok(Self::of($($parameter),*))
            }
        }

        impl $crate::registry::Declared<$inputs> for $type {
            const RULES: [$crate::Rule; $inputs] = [$($crate::Rule::$rule),*];
            const HIGH_LOW: Option<(usize, usize)> = $crate::registry::high_low(&[$($input),*]);
        }
    };
}

pub(crate) use entry;

/// A whole parameter; named after its type, for `entry!`.
pub(crate) const fn usize(name: &'static str, default: f64, lowest: f64, highest: f64) -> Parameter {
    Parameter {
        name,
        whole: true,
        default,
        lowest,
        highest,
    }
}

/// A parameter that need not be whole; named after its type, for `entry!`.
pub(crate) const fn f64(name: &'static str, default: f64, lowest: f64, highest: f64) -> Parameter {
    Parameter {
        name,
        whole: false,
        default,
        lowest,
        highest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_wider_than_the_widest_or_refuses_its_own_defaults() {
        for entry in all() {
            assert!(entry.inputs.len().max(entry.outputs.len()) <= WIDEST, "{}", entry.name);
            let defaults: Vec<f64> = entry.parameters.iter().map(|one| one.default).collect();
            assert!(entry.make(&defaults).is_ok(), "{}", entry.name);
        }
    }
}
