//! Directional movement and the two directional indicators.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{STILL, ratio, rested, true_range};
use crate::parts::{Count, Last};

/// How far a row reaches beyond the one before: up or down, whichever is more, or neither.
struct Movement {
    high: Last,
    low: Last,
}

memory!(Movement { high, low });

impl Movement {
    fn none() -> Self {
        Self {
            high: Last::none(),
            low: Last::none(),
        }
    }

    /// Takes a row; plus and minus movement from the second on.
    #[inline]
    fn push(&mut self, high: f64, low: f64) -> Option<(f64, f64)> {
        let (last_high, last_low) = self.high.push(high).zip(self.low.push(low))?;
        let (up, down) = (high - last_high, last_low - low);
        let plus = if up > 0.0 && up > down { up } else { 0.0 };
        let minus = if down > 0.0 && down > up { down } else { 0.0 };
        Some((plus, minus))
    }
}

/// Wilder's sums of both movements and of the true range: the first of n - 1 rows, then less an n-th, plus the new.
///
/// Where nothing moves all three die away together; once the range is less than `STILL` they stay. Where the price goes one
/// way only, or only within its range, the movement that is not there comes to rest at zero.
pub(crate) struct Directions {
    keep: f64,
    movement: Movement,
    close: Last,
    count: Count,
    pub(crate) plus: f64,
    pub(crate) minus: f64,
    range: f64,
}

memory!(Directions {
    movement,
    close,
    count,
    plus,
    minus,
    range,
});

impl Directions {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            keep: (timeperiod as f64 - 1.0) / timeperiod as f64,
            movement: Movement::none(),
            close: Last::none(),
            count: Count::to(timeperiod - 1),
            plus: 0.0,
            minus: 0.0,
            range: 0.0,
        }
    }

    /// Takes a row; true once the sums are of use.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64, close: f64) -> bool {
        let movement = self.movement.push(high, low);
        let Some(((plus, minus), last_close)) = movement.zip(self.close.push(close)) else {
            return false;
        };
        let moved = true_range(high, low, last_close);
        if !self.count.is_done() {
            self.count.add();
            self.plus += plus;
            self.minus += minus;
            self.range += moved;
            return false;
        }
        if moved > 0.0 || self.range >= STILL {
            self.plus = rested(self.plus * self.keep + plus);
            self.minus = rested(self.minus * self.keep + minus);
            self.range = self.range * self.keep + moved;
        }
        true
    }
}

/// The sum of the first n - 1 values, then less an n-th, plus the new.
struct WilderSum {
    keep: f64,
    count: Count,
    total: f64,
}

memory!(WilderSum { count, total });

impl WilderSum {
    fn of(timeperiod: usize) -> Self {
        Self {
            keep: (timeperiod as f64 - 1.0) / timeperiod as f64,
            count: Count::to(timeperiod - 1),
            total: 0.0,
        }
    }

    /// Takes a value; the sum from the (n - 1)-th on.
    #[inline]
    fn push(&mut self, value: f64) -> Option<f64> {
        if self.count.is_done() {
            self.total = rested(self.total * self.keep + value);
            return Some(self.total);
        }
        self.count.add();
        self.total += value;
        self.count.is_done().then_some(self.total)
    }
}

/// Wilder's sum of the movements upwards.
pub struct PlusDm {
    movement: Movement,
    sum: WilderSum,
}

memory!(PlusDm { movement, sum });

impl PlusDm {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            movement: Movement::none(),
            sum: WilderSum::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for PlusDm {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let (plus, _) = self.movement.push(high, low)?;
        self.sum.push(plus).map(|sum| [sum])
    }
}

/// Wilder's sum of the movements downwards.
pub struct MinusDm {
    movement: Movement,
    sum: WilderSum,
}

memory!(MinusDm { movement, sum });

impl MinusDm {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            movement: Movement::none(),
            sum: WilderSum::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for MinusDm {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let (_, minus) = self.movement.push(high, low)?;
        self.sum.push(minus).map(|sum| [sum])
    }
}

/// The movement upwards in percent of the true range.
pub struct PlusDi {
    directions: Directions,
}

memory!(PlusDi { directions });

impl PlusDi {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            directions: Directions::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for PlusDi {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let directions = &mut self.directions;
        let warm = directions.push(high, low, close);
        warm.then(|| [100.0 * ratio(directions.plus, directions.range, 0.0)])
    }
}

/// The movement downwards in percent of the true range.
pub struct MinusDi {
    directions: Directions,
}

memory!(MinusDi { directions });

impl MinusDi {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            directions: Directions::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for MinusDi {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let directions = &mut self.directions;
        let warm = directions.push(high, low, close);
        warm.then(|| [100.0 * ratio(directions.minus, directions.range, 0.0)])
    }
}
