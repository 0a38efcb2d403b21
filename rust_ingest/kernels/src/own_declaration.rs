//! A feature of the user's own, as `[[features.own]]` declares it: an indicator over the bars of each series.

use contracts::{FeatureVector, Origin};
use indicators::{Entry, Parameter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ConfigError;
use crate::bar_inputs::{self, BarInput};
use crate::feature_rules::{end_of_range, is_decimal};

/// Longer windows would make states that are slow to save.
const WHOLE_MAX: f64 = 10_000.0;
const NAME_MAX: usize = 64;
/// Columns that the feature store puts beside a vector's.
const STORE: [&str; 6] = ["moment", "at_offset", "status", "settled", "known_ns", "out_of_range"];

/// As it stands in the configuration, and, with all that goes without saying, as vectors and states bear it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declared {
    name: String,
    indicator: String,
    #[serde(default)]
    inputs: Vec<String>,
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    output: String,
    #[serde(default)]
    low: String,
    #[serde(default)]
    high: String,
    /// For people: what is computed does not depend on it, so that it may change.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "a key of the configuration that `tapeflow features list` shows")]
    description: String,
}

/// One that was checked.
#[derive(Clone)]
pub(crate) struct OwnFeature {
    pub name: String,
    pub entry: &'static Entry,
    pub parameters: Vec<f64>,
    pub inputs: Vec<BarInput>,
    /// Which of the indicator's outputs it is.
    pub output: usize,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// With all that goes without saying.
    pub said: Declared,
}

/// All of them, in the order of the configuration.
pub(crate) fn all_of(declared: Vec<Declared>) -> Result<Vec<OwnFeature>, ConfigError> {
    let mut all: Vec<OwnFeature> = Vec::new();
    for one in declared {
        if all.iter().any(|known| known.name == one.name) {
            return Err(one.wrong("stands there twice: choose another name"));
        }
        all.push(one.checked()?);
    }
    Ok(all)
}

impl Declared {
    fn wrong(&self, problem: &str) -> ConfigError {
        ConfigError::field("own", &format!("{}: {problem}", self.name))
    }

    fn checked(mut self) -> Result<OwnFeature, ConfigError> {
        self.check_name()?;
        let entry = indicators::named(&self.indicator).ok_or_else(|| self.wrong(&unknown(&self.indicator)))?;
        let inputs = self.fed(entry)?;
        let parameters = self.given(entry)?;
        if self.output.is_empty() && entry.outputs.len() == 1 {
            self.output = entry.outputs[0].to_owned();
        }
        let output = entry.outputs.iter().position(|output| *output == self.output);
        let output = output.ok_or_else(|| {
            let outputs = entry.outputs.join(", ");
            self.wrong(&format!("output: give one of {}: {outputs}", entry.name))
        })?;
        let end =
            |which: &str, text: &str| end_of_range(text).map_err(|problem| self.wrong(&format!("{which}: {problem}")));
        let (low, high) = (end("low", &self.low)?, end("high", &self.high)?);
        if low > high && high.is_some() {
            return Err(self.wrong("low: is above high"));
        }
        // All that goes without saying is said.
        self.inputs = inputs.iter().map(|input| input.name.to_owned()).collect();
        let said = entry.parameters.iter().zip(&parameters);
        self.parameters = said
            .map(|(one, value)| (one.name.to_owned(), text(one, *value)))
            .collect();
        Ok(OwnFeature {
            name: self.name.clone(),
            entry,
            parameters,
            inputs,
            output,
            low,
            high,
            said: self,
        })
    }

    fn check_name(&self) -> Result<(), ConfigError> {
        let name = self.name.as_str();
        let sound = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.len() <= NAME_MAX
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !sound {
            return Err(self.wrong("is no name: give a to z, 0 to 9 and _, a letter first, 64 at most"));
        }
        if is_taken(name) {
            return Err(self.wrong("is a column of feature vectors: choose another name"));
        }
        Ok(())
    }

    /// What each input of the indicator is fed.
    fn fed(&self, entry: &Entry) -> Result<Vec<BarInput>, ConfigError> {
        let names = || bar_inputs::INPUTS.map(|input| input.name).join(", ");
        if self.inputs.is_empty() {
            let meant = |input: &indicators::Input| {
                bar_inputs::meant_by(input.name).ok_or_else(|| {
                    let problem = format!(
                        "nothing of a bar is called {}: give each one of {}",
                        input.name,
                        names()
                    );
                    self.wrong(&format!("inputs: {problem}"))
                })
            };
            return entry.inputs.iter().map(meant).collect();
        }
        if self.inputs.len() != entry.inputs.len() {
            let taken: Vec<&str> = entry.inputs.iter().map(|input| input.name).collect();
            return Err(self.wrong(&format!(
                "inputs: {} takes {} ({}), not {}",
                entry.name,
                taken.len(),
                taken.join(", "),
                self.inputs.len()
            )));
        }
        let named = |name: &String| {
            bar_inputs::named(name)
                .ok_or_else(|| self.wrong(&format!("inputs: {name} is nothing of a bar: give one of {}", names())))
        };
        self.inputs.iter().map(named).collect()
    }

    /// The indicator's parameters, in its order.
    fn given(&self, entry: &Entry) -> Result<Vec<f64>, ConfigError> {
        let known: Vec<&str> = entry.parameters.iter().map(|parameter| parameter.name).collect();
        if let Some(strange) = self.parameters.keys().find(|name| !known.contains(&name.as_str())) {
            let there = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            let problem = format!("parameters: {} has no {strange}: it has {there}", entry.name);
            return Err(self.wrong(&problem));
        }
        let value = |parameter: &Parameter| match self.parameters.get(parameter.name) {
            None => Ok(parameter.default),
            Some(given) => number(parameter, given).map_err(|problem| self.wrong(&problem)),
        };
        entry.parameters.iter().map(value).collect()
    }
}

/// Whether a row of the feature store has such a column beside own features.
fn is_taken(name: &str) -> bool {
    let of_origin = |part: &str| Origin::FIELDS.contains(&part);
    FeatureVector::FIELDS.contains(&name)
        || STORE.contains(&name)
        || name.strip_prefix("origin_").is_some_and(of_origin)
}

fn number(parameter: &Parameter, given: &Value) -> Result<f64, String> {
    let highest = highest(parameter);
    let value = match given {
        Value::String(text) if !parameter.whole && is_decimal(text) => text.parse().ok(),
        Value::Number(whole) => whole.as_i64().map(|whole| whole as f64),
        _ => None,
    };
    match value {
        Some(value) if (parameter.lowest..=highest).contains(&value) => Ok(value),
        _ => {
            let kind = match parameter.whole {
                true => "a whole number",
                false => "a decimal as a text, such as \"2.5\",",
            };
            let (name, lowest) = (parameter.name, parameter.lowest);
            Err(format!("parameters.{name}: give {kind} from {lowest} to {highest}"))
        }
    }
}

fn highest(parameter: &Parameter) -> f64 {
    match parameter.whole {
        true => parameter.highest.min(WHOLE_MAX),
        false => parameter.highest,
    }
}

/// A parameter as both twins write it, and take it.
fn text(parameter: &Parameter, value: f64) -> Value {
    match parameter.whole {
        true => Value::from(value as i64),
        // The shortest decimal that is this number, never with an exponent.
        false => Value::from(format!("{value}")),
    }
}

/// What to say of an indicator that there is not.
fn unknown(name: &str) -> String {
    let said = format!("indicator: there is no {name}");
    let near = indicators::all()
        .map(|entry| (edits(name, entry.name), entry.name))
        .min();
    match near {
        Some((edits, near)) if edits <= 2 => format!("{said}: did you mean {near}?"),
        _ => format!("{said}: docs/indicators.md has all that there are"),
    }
}

/// How many letters must be put in, taken out or changed to make one word of the other.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut across = row[0];
        row[0] = at + 1;
        for (place, wanted) in other.bytes().enumerate() {
            let changed = across + usize::from(letter != wanted);
            across = row[place + 1];
            row[place + 1] = changed.min(across + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_far_apart_as_edits_make_them() {
        let pairs = [
            ("adx", "adx", 0),
            ("adxx", "adx", 1),
            ("mcad", "macd", 2),
            ("", "rsi", 3),
            ("rsi", "", 3),
        ];
        for (one, other, expected) in pairs {
            assert_eq!(edits(one, other), expected, "{one} {other}");
        }
    }
}
