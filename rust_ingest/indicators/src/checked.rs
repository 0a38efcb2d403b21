//! An indicator that looks at its inputs first.

use crate::columns::fetch;
use crate::error::{Fault, InputError};
use crate::indicator::{BLOCK, Indicator};
use crate::memory::BadMemory;
use crate::registry::{Declared, Entry, LARGEST};

/// Any indicator, made by name.
pub trait Stream: Send {
    /// Its declaration.
    fn entry(&self) -> &'static Entry;

    /// Takes a row, and fills the outputs; false while warming up. Both are as long as the entry says.
    fn update(&mut self, inputs: &[f64], outputs: &mut [f64]) -> Result<bool, InputError>;

    /// Takes columns of one length, and fills columns of that length: NaN while warming up. After an error no row was taken, and
    /// what stands in the outputs is of no use.
    fn extend(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), InputError>;

    /// As `extend`, as a processor does it that cannot work on four values at a time.
    #[doc(hidden)]
    fn extend_by_rows(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), InputError>;

    /// All that it remembers.
    fn memory(&self) -> Vec<f64>;

    /// Goes on from what one of the same parameters remembered; unchanged after an error.
    fn restore(&mut self, memory: &[f64]) -> Result<(), BadMemory>;
}

/// Rows that are looked at together.
const LANES: usize = 8;

/// Only a panic amid columns takes the indicator away for good.
const UNBROKEN: &str = "no earlier call panicked";

/// Of each input, and of each output.
type Columns<'i, 'o, const I: usize, const O: usize> = ([&'i [f64]; I], [&'o mut [f64]; O]);

/// An indicator behind the rules of its inputs.
pub struct Checked<T, const I: usize, const O: usize> {
    entry: &'static Entry,
    /// None only while it is at work on columns.
    indicator: Option<T>,
}

impl<T: Indicator<I, O> + Declared<I>, const I: usize, const O: usize> Checked<T, I, O> {
    pub(crate) fn of(entry: &'static Entry, indicator: T) -> Self {
        Self {
            entry,
            indicator: Some(indicator),
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
            if let Some(fault) = T::RULES[input].fault(value) {
                return Err(wrong(input, fault));
            }
        }
        match T::HIGH_LOW {
            Some((high, low)) if row[high] < row[low] => Err(wrong(high, Fault::HighBelowLow)),
            _ => Ok(()),
        }
    }

    /// A column for each input and each output, if all are as long as the first.
    fn columns<'i, 'o>(
        &self,
        inputs: &[&'i [f64]],
        outputs: &'o mut [&mut [f64]],
    ) -> Result<Columns<'i, 'o, I, O>, InputError> {
        let columns: [&[f64]; I] = inputs.try_into().expect("there is a column for each input");
        let mut outputs = outputs.iter_mut();
        let outputs: [&mut [f64]; O] =
            std::array::from_fn(|_| &mut **outputs.next().expect("there is a column for each output"));
        let length = columns[0].len();
        let names = self.entry.inputs.iter().map(|input| input.name);
        let names = names.chain(self.entry.outputs.iter().copied());
        let found = columns.iter().map(|column| column.len());
        let found = found.chain(outputs.iter().map(|output| output.len()));
        match names.zip(found).find(|(_, found)| *found != length) {
            None => Ok((columns, outputs)),
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
    #[inline(always)]
    fn check_block(&self, columns: &[&[f64]; I], start: usize) -> Result<(), InputError> {
        // Most columns are sound; which row is not is looked for after that.
        let looked_at = columns[0].len() / LANES * LANES;
        let doubtful = if Self::are_sound(columns) { looked_at } else { 0 };
        (doubtful..columns[0].len())
            .try_for_each(|index| self.check_row(&columns.map(|column| column[index]), start + index))
    }

    /// All rows can be taken, but for the last few, which are not looked at. A no may be wrong, of few columns.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "a row of several columns")]
    fn are_sound(columns: &[&[f64]; I]) -> bool {
        let rows = columns[0].as_chunks::<LANES>().0.len();
        let columns = columns.map(|column| &column.as_chunks::<LANES>().0[..rows]);
        // Finite and small is the sum of all sizes, if each of them is.
        let (mut sizes, mut doubts) = ([0.0; LANES], [0; LANES]);
        for row in 0..rows {
            let values = columns.map(|column| &column[row]);
            // While this block is worked on, those that follow come near.
            values
                .iter()
                .for_each(|values| fetch(values.as_ptr().wrapping_add(BLOCK)));
            for lane in 0..LANES {
                let mut size = values[0][lane].abs();
                for input in 1..I {
                    size += values[input][lane].abs();
                }
                sizes[lane] += size;
            }
            for input in 0..I {
                for lane in 0..LANES {
                    doubts[lane] |= T::RULES[input].doubt(values[input][lane]);
                }
            }
            if let Some((high, low)) = T::HIGH_LOW {
                for lane in 0..LANES {
                    doubts[lane] |= if values[high][lane] < values[low][lane] {
                        u64::MAX
                    } else {
                        0
                    };
                }
            }
        }
        doubts == [0; LANES] && sizes.iter().all(|&size| size <= LARGEST)
    }
}

impl<T: Indicator<I, O> + Declared<I>, const I: usize, const O: usize> Checked<T, I, O> {
    /// The same steps as by blocks, four values at a time where they do not wait for each other. All that a block does is
    /// inlined for it: a function that is not would have two values at a time.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn extend_wide(&mut self, columns: [&[f64]; I], outputs: [&mut [f64]; O]) -> Result<(), InputError> {
        self.extend_by_blocks(columns, outputs)
    }

    fn rows(&mut self, columns: [&[f64]; I], outputs: [&mut [f64]; O]) -> Result<(), InputError> {
        let rows = || (0..columns[0].len()).map(|index| columns.map(|column| column[index]));
        rows()
            .enumerate()
            .try_for_each(|(index, row)| self.check_row(&row, index))?;
        let indicator = self.indicator.as_mut().expect(UNBROKEN);
        for (index, row) in rows().enumerate() {
            let values = indicator.update(row).unwrap_or([f64::NAN; O]);
            for output in 0..O {
                outputs[output][index] = values[output];
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn extend_by_blocks(&mut self, columns: [&[f64]; I], mut outputs: [&mut [f64]; O]) -> Result<(), InputError> {
        let length = columns[0].len();
        let mut indicator = self.indicator.take().expect(UNBROKEN);
        // A block is looked at while it is near; what those before it did can be taken back.
        let before = (length > T::ROWS).then(|| indicator.memory());
        for start in (0..length).step_by(T::ROWS) {
            let rows = start..length.min(start + T::ROWS);
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
}

impl<T: Indicator<I, O> + Declared<I> + Send, const I: usize, const O: usize> Stream for Checked<T, I, O> {
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
        #[cfg(target_arch = "x86_64")]
        {
            if !std::arch::is_x86_feature_detected!("avx2") {
                return self.extend_by_rows(inputs, outputs);
            }
            let (columns, outputs) = self.columns(inputs, outputs)?;
            // SAFETY: the processor has what the function is compiled for.
            unsafe { self.extend_wide(columns, outputs) }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let (columns, outputs) = self.columns(inputs, outputs)?;
            self.extend_by_blocks(columns, outputs)
        }
    }

    fn extend_by_rows(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), InputError> {
        let (columns, outputs) = self.columns(inputs, outputs)?;
        self.rows(columns, outputs)
    }

    fn memory(&self) -> Vec<f64> {
        self.indicator.as_ref().expect(UNBROKEN).memory()
    }

    fn restore(&mut self, memory: &[f64]) -> Result<(), BadMemory> {
        self.indicator.as_mut().expect(UNBROKEN).restore(memory)
    }
}
