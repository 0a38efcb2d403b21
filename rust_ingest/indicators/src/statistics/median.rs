//! The median.

use crate::indicator::Single;
use crate::memory::{BadMemory, Memory, Numbers};
use crate::parts::Window;

/// The middle value, or the mean of the two in the middle.
pub struct Median {
    window: Window,
    count: usize,
    /// Ascending, the first `count` of them; follows from the window.
    ordered: Box<[f64]>,
}

impl Memory for Median {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.window.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self.window.load(numbers)?;
        self.count = self.window.len() - self.window.missing();
        let values = self.window.pieces().into_iter().flatten().rev();
        // The newest: those of a window that is not full are its last.
        for (place, value) in self.ordered.iter_mut().zip(values.take(self.count)) {
            *place = value + 0.0;
        }
        self.ordered[..self.count].sort_by(f64::total_cmp);
        Ok(())
    }
}

impl Median {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
            count: 0,
            ordered: vec![0.0; timeperiod].into(),
        }
    }
}

impl Single for Median {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        // So that zero has no sign: of two equal values it is one which leaves.
        let value = real + 0.0;
        let out = self.window.push(value);
        let mut end = self.count;
        if let Some(out) = out {
            let place = place(&self.ordered[..end], out);
            self.ordered.copy_within(place + 1..end, place);
            end -= 1;
        }
        let place = place(&self.ordered[..end], value);
        self.ordered.copy_within(place..end, place + 1);
        self.ordered[place] = value;
        self.count = end + 1;
        if !self.window.is_full() {
            return None;
        }
        let middle = self.count / 2;
        Some(match self.count % 2 {
            1 => self.ordered[middle],
            _ => (self.ordered[middle - 1] + self.ordered[middle]) / 2.0,
        })
    }
}

/// Of the first that is not less. All are counted: a search would guess wrong at every other step.
#[inline]
fn place(ordered: &[f64], value: f64) -> usize {
    ordered.iter().map(|&one| usize::from(one < value)).sum()
}
