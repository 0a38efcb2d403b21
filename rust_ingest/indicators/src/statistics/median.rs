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
        let values = &self.ordered[..self.count];
        // Those between the place that becomes free and the one that is wanted move on by one.
        let free = out.map_or(self.count, |out| place(values, out));
        let wanted = place(values, value);
        if wanted > free {
            self.ordered.copy_within(free + 1..wanted, free);
            self.ordered[wanted - 1] = value;
        } else {
            self.ordered.copy_within(wanted..free, wanted + 1);
            self.ordered[wanted] = value;
        }
        self.count += usize::from(out.is_none());
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
