//! An indicator that looks at its inputs first.

use crate::error::{Fault, InputError};
use crate::indicator::{BLOCK, Indicator};
use crate::memory::BadMemory;
use crate::registry::{Entry, Rule};

/// Any indicator, made by name.
pub trait Stream: Send {
    /// Its declaration.
    fn entry(&self) -> &'static Entry;

    /// Takes a row, and fills the outputs; false while warming up. Both are as long as the entry says.
    fn update(&mut self, inputs: &[f64], outputs: &mut [f64]) -> Result<bool, InputError>;

    /// Takes columns of one length, and fills columns of that length: NaN while warming up. After an error no row was taken, and
    /// what stands in the outputs is of no use.
    fn extend(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), InputError>;

    /// All that it remembers.
    fn memory(&self) -> Vec<f64>;

    /// Goes on from what one of the same parameters remembered; unchanged after an error.
    fn restore(&mut self, memory: &[f64]) -> Result<(), BadMemory>;
}

/// Only a panic amid columns takes the indicator away for good.
const UNBROKEN: &str = "no earlier call panicked";

/// An indicator behind the rules of its inputs.
pub struct Checked<T, const I: usize, const O: usize> {
    entry: &'static Entry,
    /// None only while it is at work on columns.
    indicator: Option<T>,
    /// Places of high and low, where there are both.
    high_low: Option<(usize, usize)>,
}

impl<T: Indicator<I, O>, const I: usize, const O: usize> Checked<T, I, O> {
    pub(crate) fn of(entry: &'static Entry, indicator: T) -> Self {
        let place = |name| entry.inputs.iter().position(|input| input.name == name);
        Self {
            entry,
            indicator: Some(indicator),
            high_low: place("high").zip(place("low")),
        }
    }

    fn check_row(&self, row: &[f64; I], index: usize) -> Result<(), InputError> {
        let wrong = |input: usize, fault| InputError {
            indicator: self.entry.name,
            input: self.entry.inputs[input].name,
            index,
            found: row[input],
            fault,
        };
        for (input, &value) in row.iter().enumerate() {
            if let Some(fault) = self.entry.inputs[input].rule.fault(value) {
                return Err(wrong(input, fault));
            }
        }
        match self.high_low {
            Some((high, low)) if row[high] < row[low] => Err(wrong(high, Fault::HighBelowLow)),
            _ => Ok(()),
        }
    }

    /// Whether all columns, and all places for outputs, are as long as the first column.
    fn check_lengths(&self, columns: &[&[f64]; I], outputs: &[&mut [f64]; O]) -> Result<(), InputError> {
        let length = columns[0].len();
        let names = self.entry.inputs.iter().map(|input| input.name);
        let names = names.chain(self.entry.outputs.iter().copied());
        let found = columns.iter().map(|column| column.len());
        let found = found.chain(outputs.iter().map(|output| output.len()));
        match names.zip(found).find(|(_, found)| *found != length) {
            None => Ok(()),
            Some((name, found)) => Err(InputError {
                indicator: self.entry.name,
                input: name,
                index: length.min(found),
                found: found as f64,
                fault: Fault::Length,
            }),
        }
    }

    /// Rows of which the first is `start` of the call.
    #[inline]
    fn check_block(&self, columns: &[&[f64]; I], start: usize) -> Result<(), InputError> {
        // Most columns are sound: told without a branch a value, then looked for by row.
        let mut inputs = columns.iter().zip(self.entry.inputs);
        let sound = inputs.all(|(column, input)| all_allowed(column, input.rule));
        let ordered = self.high_low.is_none_or(|(high, low)| {
            let pairs = columns[high].iter().zip(columns[low]);
            pairs.fold(true, |ordered, (high, low)| ordered & (high >= low))
        });
        if sound && ordered {
            return Ok(());
        }
        (0..columns[0].len()).try_for_each(|index| self.check_row(&columns.map(|column| column[index]), start + index))
    }
}

fn all_allowed(column: &[f64], rule: Rule) -> bool {
    // The rule is told apart once, and not for each value.
    match rule {
        Rule::Any => column
            .iter()
            .fold(true, |sound, &value| sound & Rule::Any.allows(value)),
        Rule::Positive => column
            .iter()
            .fold(true, |sound, &value| sound & Rule::Positive.allows(value)),
        Rule::NotNegative => column
            .iter()
            .fold(true, |sound, &value| sound & Rule::NotNegative.allows(value)),
    }
}

impl<T: Indicator<I, O> + Send, const I: usize, const O: usize> Stream for Checked<T, I, O> {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn update(&mut self, inputs: &[f64], outputs: &mut [f64]) -> Result<bool, InputError> {
        let row = inputs.try_into().expect("a row has a value for each input");
        self.check_row(&row, 0)?;
        let Some(values) = self.indicator.as_mut().expect(UNBROKEN).update(row) else {
            return Ok(false);
        };
        outputs.copy_from_slice(&values);
        Ok(true)
    }

    fn extend(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), InputError> {
        let columns: [&[f64]; I] = inputs.try_into().expect("there is a column for each input");
        let mut outputs = outputs.iter_mut();
        let mut outputs: [&mut [f64]; O] =
            std::array::from_fn(|_| &mut **outputs.next().expect("there is a column for each output"));
        self.check_lengths(&columns, &outputs)?;
        let length = columns[0].len();
        let mut indicator = self.indicator.take().expect(UNBROKEN);
        // A block is looked at while it is near; what those before it did can be taken back.
        let before = (length > BLOCK).then(|| indicator.memory());
        for start in (0..length).step_by(BLOCK) {
            let rows = start..length.min(start + BLOCK);
            let block = columns.map(|column| &column[rows.clone()]);
            if let Err(error) = self.check_block(&block, start) {
                if let Some(before) = before {
                    indicator.restore(&before).expect("its own memory");
                }
                self.indicator = Some(indicator);
                return Err(error);
            }
            indicator = indicator.block(block, outputs.each_mut().map(|output| &mut output[rows.clone()]));
        }
        self.indicator = Some(indicator);
        Ok(())
    }

    fn memory(&self) -> Vec<f64> {
        self.indicator.as_ref().expect(UNBROKEN).memory()
    }

    fn restore(&mut self, memory: &[f64]) -> Result<(), BadMemory> {
        self.indicator.as_mut().expect(UNBROKEN).restore(memory)
    }
}
