//! What an indicator is.

use crate::memory::{BadMemory, Memory, Numbers};

/// The most rows that `Indicator::block` takes: all columns that it works on lie in the processor's nearest cache.
pub(crate) const BLOCK: usize = 256;

/// As many of three columns or more. What they bring comes from further away: the less of it there is at once, the more of it comes
/// while the block before it is worked on.
pub(crate) const BLOCK_OF_MANY: usize = BLOCK / 2;

/// An indicator with `I` inputs and `O` outputs: one row of inputs at a time.
///
/// It takes what the table's inputs allow (`Checked` sees to that): finite numbers within ±1e60. Then every output is finite.
pub trait Indicator<const I: usize, const O: usize>: Memory {
    /// The most rows of a block.
    #[doc(hidden)]
    const ROWS: usize = if I < 3 { BLOCK } else { BLOCK_OF_MANY };

    /// Takes the next row; None while warming up. Allocates nothing.
    fn update(&mut self, inputs: [f64; I]) -> Option<[f64; O]>;

    /// Takes rows, which are as long as the outputs; NaN while warming up.
    #[inline]
    fn extended(mut self, inputs: [&[f64]; I], mut outputs: [&mut [f64]; O]) -> Self
    where
        Self: Sized,
    {
        let length = outputs.first().map_or(0, |output| output.len());
        for start in (0..length).step_by(Self::ROWS) {
            let rows = start..length.min(start + Self::ROWS);
            let outputs = outputs.each_mut().map(|output| &mut output[rows.clone()]);
            self = self.block(inputs.map(|input| &input[rows.clone()]), outputs);
        }
        self
    }

    /// Takes some rows of all that `extended` takes. By value: the state is then in registers, and not in memory that outputs
    /// might lie in.
    ///
    /// Whoever is slow by rows goes through columns here: the same operations in the same order for each number.
    #[doc(hidden)]
    #[inline(always)]
    fn block(mut self, inputs: [&[f64]; I], outputs: [&mut [f64]; O]) -> Self
    where
        Self: Sized,
    {
        let length = outputs.first().map_or(0, |output| output.len());
        // Cut to one length here, so that no index is checked below.
        let inputs = inputs.map(|input| &input[..length]);
        let outputs = outputs.map(|output| &mut output[..length]);
        for index in 0..length {
            let row = self.update(std::array::from_fn(|input| inputs[input][index]));
            let values = row.unwrap_or([f64::NAN; O]);
            for output in 0..O {
                outputs[output][index] = values[output];
            }
        }
        self
    }

    /// All that it remembers.
    fn memory(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        self.save(&mut numbers);
        numbers
    }

    /// Goes on from what one of the same parameters remembered; unchanged after an error.
    fn restore(&mut self, memory: &[f64]) -> Result<(), BadMemory> {
        let before = self.memory();
        let mut numbers = Numbers::of(memory);
        let done = self.load(&mut numbers).and_then(|()| numbers.end());
        if done.is_err() {
            self.load(&mut Numbers::of(&before))?;
        }
        done
    }
}

/// An indicator of one series with one output, which others are made of.
pub trait Single: Memory {
    /// Takes the next value; None while warming up.
    fn next(&mut self, value: f64) -> Option<f64>;

    /// Takes values, of which each has a place in `out`. How many of the first are still without a value: these places are of
    /// no use, and the rest are as `next` gives them.
    #[doc(hidden)]
    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        by_rows(values, out, |value| self.next(value))
    }
}

/// Puts what each value gives beside it; how many of the first give nothing.
#[inline(always)]
pub(crate) fn by_rows(values: &[f64], out: &mut [f64], mut next: impl FnMut(f64) -> Option<f64>) -> usize {
    let mut cold = 0;
    for (&value, place) in values.iter().zip(out) {
        match next(value) {
            Some(found) => *place = found,
            None => cold += 1,
        }
    }
    cold
}

impl<T: Single> Indicator<1, 1> for T {
    #[inline]
    fn update(&mut self, [value]: [f64; 1]) -> Option<[f64; 1]> {
        self.next(value).map(|value| [value])
    }

    #[inline(always)]
    fn block(mut self, [values]: [&[f64]; 1], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.column(values, out);
        chill([out], cold);
        self
    }
}

/// The first rows have no value.
#[inline(always)]
pub(crate) fn chill<const O: usize>(outputs: [&mut [f64]; O], cold: usize) {
    for output in outputs {
        output[..cold].fill(f64::NAN);
    }
}
