//! Features of the user's own, at work on one series of bars.
//!
//! A bar without one of the inputs (no bid, say), or one that the indicator refuses (a price of zero that it would
//! divide by), gives no value, and the indicator goes on with the next as if it had not been there.

use contracts::{Bar, FeatureRule, IndicatorState};
use indicators::{Stream, WIDEST};

use crate::RestoreError;
use crate::feature_rules::{Breach, Ends};
use crate::own_declaration::OwnFeature;
use crate::scale::Scale;

/// The indicators of one series, in the order of the configuration.
pub(crate) struct OwnStreams(Vec<Box<dyn Stream>>);

impl OwnStreams {
    pub fn new(all: &[OwnFeature]) -> Self {
        let fresh = |one: &OwnFeature| one.entry.make(&one.parameters).expect("checked when it was declared");
        Self(all.iter().map(fresh).collect())
    }

    /// Takes the next bar; what has a value there.
    pub fn add<'d>(&mut self, all: &'d [OwnFeature], scale: Scale, bar: &Bar<'_>) -> Vec<contracts::OwnFeature<'d>> {
        let values = all.iter().zip(&mut self.0).filter_map(|(one, stream)| {
            Some(contracts::OwnFeature {
                name: &one.name,
                value: value(one, stream.as_mut(), scale, bar)?,
            })
        });
        values.collect()
    }

    pub fn states<'s>(&'s self, all: &'s [OwnFeature]) -> impl Iterator<Item = IndicatorState<'s>> {
        all.iter().zip(&self.0).map(|(one, stream)| IndicatorState {
            indicator: one.entry.name,
            parameters: one.parameters.clone(),
            memory: stream.memory(),
        })
    }

    /// # Errors
    /// What is no memory of theirs.
    pub fn restored<'s>(
        all: &[OwnFeature],
        states: &mut impl Iterator<Item = &'s IndicatorState<'s>>,
    ) -> Result<Self, RestoreError> {
        let mut fresh = Self::new(all);
        for (one, stream) in all.iter().zip(&mut fresh.0) {
            let wrong = |problem: String| RestoreError::OwnFeature {
                name: one.name.clone(),
                problem,
            };
            let state = states
                .next()
                .ok_or_else(|| wrong("the state has none of it".to_owned()))?;
            stream
                .restore(&state.memory)
                .map_err(|error| wrong(error.to_string()))?;
        }
        Ok(fresh)
    }
}

fn value(one: &OwnFeature, stream: &mut dyn Stream, scale: Scale, bar: &Bar<'_>) -> Option<f64> {
    let (mut row, mut outputs) = ([0.0; WIDEST], [0.0; WIDEST]);
    for (place, input) in row.iter_mut().zip(&one.inputs) {
        *place = (input.of)(bar, scale)?;
    }
    let outputs = &mut outputs[..one.entry.outputs.len()];
    let is_warm = stream.update(&row[..one.inputs.len()], outputs);
    // A row that was refused has changed nothing.
    is_warm.is_ok_and(|is_warm| is_warm).then(|| outputs[one.output])
}

/// What of these values breaks its rule.
pub(crate) fn breaches<'d>(
    all: &'d [OwnFeature],
    values: &[contracts::OwnFeature<'_>],
) -> impl Iterator<Item = Breach<'d>> {
    // Both in the order of the configuration.
    let mut left = all.iter();
    values.iter().filter_map(move |found| {
        let one = left.find(|one| one.name == found.name)?;
        let ends = Ends {
            low: one.low,
            high: one.high,
        };
        let (rule, value, limit): (FeatureRule, _, _) = ends.broken(found.value)?;
        Some(Breach {
            feature: &one.name,
            rule,
            value,
            limit,
        })
    })
}
