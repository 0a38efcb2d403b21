//! What an indicator remembers, as a row of numbers that both twins write and read.

use std::fmt;

/// Numbers that are no memory of this indicator.
#[derive(Clone, Debug, PartialEq)]
pub enum BadMemory {
    /// It needs more or fewer numbers than there are.
    Length {
        /// Numbers that there are.
        found: usize,
    },
    /// A number that cannot stand at its place.
    Number {
        /// Its place in the row, from 0.
        index: usize,
        /// The number.
        found: f64,
    },
}

impl fmt::Display for BadMemory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found } => write!(
                out,
                "{found} numbers are not as many as this indicator remembers; restore what a snapshot of the same indicator \
                 and parameters holds"
            ),
            Self::Number { index, found } => write!(
                out,
                "number {index} of the memory is {found}, which cannot be there; restore what a snapshot of the same \
                 indicator and parameters holds"
            ),
        }
    }
}

impl std::error::Error for BadMemory {}

/// The numbers still to be read.
pub struct Numbers<'a> {
    all: &'a [f64],
    next: usize,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(all: &'a [f64]) -> Self {
        Self { all, next: 0 }
    }

    fn take(&mut self) -> Result<f64, BadMemory> {
        let found = *self
            .all
            .get(self.next)
            .ok_or(BadMemory::Length { found: self.all.len() })?;
        self.next += 1;
        if found.is_finite() {
            Ok(found)
        } else {
            Err(self.wrong(found))
        }
    }

    /// The last number taken cannot be there.
    fn wrong(&self, found: f64) -> BadMemory {
        BadMemory::Number {
            index: self.next - 1,
            found,
        }
    }

    /// Takes a count that is not above `highest`.
    pub(crate) fn load_up_to(&mut self, count: &mut usize, highest: usize) -> Result<(), BadMemory> {
        count.load(self)?;
        match *count <= highest {
            true => Ok(()),
            false => Err(self.wrong(*count as f64)),
        }
    }

    pub(crate) fn end(&self) -> Result<(), BadMemory> {
        match self.next == self.all.len() {
            true => Ok(()),
            false => Err(BadMemory::Length { found: self.all.len() }),
        }
    }
}

/// State that can be written down and taken up. Its length follows from the parameters alone.
pub trait Memory {
    /// Appends the state.
    fn save(&self, numbers: &mut Vec<f64>);

    /// Takes the state up. After an error the value is of no use.
    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory>;
}

impl Memory for f64 {
    fn save(&self, numbers: &mut Vec<f64>) {
        numbers.push(*self);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        *self = numbers.take()?;
        Ok(())
    }
}

/// A count or a place, up to 2^53.
impl Memory for usize {
    fn save(&self, numbers: &mut Vec<f64>) {
        numbers.push(*self as f64);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        let found = numbers.take()?;
        if !(0.0..=9_007_199_254_740_992.0).contains(&found) || found.fract() != 0.0 {
            return Err(numbers.wrong(found));
        }
        *self = found as usize;
        Ok(())
    }
}

impl Memory for bool {
    fn save(&self, numbers: &mut Vec<f64>) {
        numbers.push(f64::from(u8::from(*self)));
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        let found = numbers.take()?;
        *self = match found {
            0.0 => false,
            1.0 => true,
            _ => return Err(numbers.wrong(found)),
        };
        Ok(())
    }
}

impl<T: Memory> Memory for [T] {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.iter().for_each(|one| one.save(numbers));
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self.iter_mut().try_for_each(|one| one.load(numbers))
    }
}

impl<T: Memory> Memory for Box<[T]> {
    fn save(&self, numbers: &mut Vec<f64>) {
        self[..].save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self[..].load(numbers)
    }
}

impl<T: Memory, const N: usize> Memory for [T; N] {
    fn save(&self, numbers: &mut Vec<f64>) {
        self[..].save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self[..].load(numbers)
    }
}

/// Which fields of a struct are its memory, in their order.
macro_rules! memory {
    ($name:ident {}) => {
        impl $crate::memory::Memory for $name {
            fn save(&self, _numbers: &mut Vec<f64>) {}

            fn load(&mut self, _numbers: &mut $crate::memory::Numbers<'_>) -> Result<(), $crate::memory::BadMemory> {
                Ok(())
            }
        }
    };
    ($name:ident $(<const $size:ident: usize>)? { $($field:ident),* $(,)? }) => {
        impl$(<const $size: usize>)? $crate::memory::Memory for $name$(<$size>)? {
            fn save(&self, numbers: &mut Vec<f64>) {
                $(self.$field.save(numbers);)*
            }

            fn load(&mut self, numbers: &mut $crate::memory::Numbers<'_>) -> Result<(), $crate::memory::BadMemory> {
                $(self.$field.load(numbers)?;)*
                Ok(())
            }
        }
    };
}

pub(crate) use memory;
