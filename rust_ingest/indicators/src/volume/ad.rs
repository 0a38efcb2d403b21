//! Accumulation and distribution.

use crate::columns::{add_up, negative, none};
use crate::indicator::{BLOCK_OF_MANY, Indicator, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Count, Leap, Leaps, STRIDE, Sums};

/// Where the close stands in the bar: -1 at the low, 1 at the high; 0 where high and low are one.
#[inline(always)]
fn clv(high: f64, low: f64, close: f64) -> f64 {
    ratio((close - low) - (high - close), high - low, 0.0)
}

/// The sum of the volume, each by where the close stands in its bar.
pub struct Ad {
    total: f64,
}

memory!(Ad { total });

impl Ad {
    pub(crate) fn of() -> Self {
        Self { total: 0.0 }
    }

    /// No row of these changes the total; a no may be wrong, of a zero with a sign, which it loses.
    #[inline(always)]
    fn stays(&self, [high, low, ..]: [&[f64]; 4]) -> bool {
        !is_signed_zero(self.total) && are_flat(high, low)
    }
}

#[inline]
fn is_signed_zero(value: f64) -> bool {
    value == 0.0 && value.is_sign_negative()
}

/// High and low are one in all rows.
#[inline(always)]
fn are_flat(high: &[f64], low: &[f64]) -> bool {
    let differs = |(high, low): (&f64, &f64)| if high != low { u64::MAX } else { 0 };
    high.first() == low.first() && high.iter().zip(low).map(differs).fold(0, |found, mark| found | mark) == 0
}

impl Indicator<4, 1> for Ad {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        self.total += clv(high, low, close) * volume;
        Some([self.total])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        if self.stays(row) {
            out.fill(self.total);
            return self;
        }
        flows(row, out);
        add_up(&mut self.total, out);
        self
    }
}

/// The volume of each row by where the close stands.
#[inline(always)]
fn flows([high, low, close, volume]: [&[f64]; 4], out: &mut [f64]) {
    // No volume may have a sign, which its product with zero would keep.
    if are_flat(high, low) && none(volume.iter().map(|&volume| negative(volume))) {
        return out.fill(0.0);
    }
    moving_flows([high, low, close, volume], out);
}

/// As `flows`, of rows that are not flat.
#[inline(always)]
fn moving_flows([high, low, close, volume]: [&[f64]; 4], out: &mut [f64]) {
    for ((((place, &high), &low), &close), volume) in out.iter_mut().zip(high).zip(low).zip(close).zip(volume) {
        *place = clv(high, low, close) * volume;
    }
}

/// A fast less a slow exponential average of that sum, both begun by the first (TA-Lib).
pub struct Adosc {
    /// Of the fast and the slow one.
    keeps: [f64; 2],
    shares: [f64; 2],
    ad: Ad,
    count: Count,
    begun: bool,
    averages: [Leap; 2],
}

memory!(Adosc {
    ad,
    count,
    begun,
    averages
});

impl Adosc {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        let shares = [fastperiod, slowperiod].map(|timeperiod| 2.0 / (timeperiod as f64 + 1.0));
        Self {
            keeps: shares.map(|share| 1.0 - share),
            shares,
            ad: Ad::of(),
            count: Count::to(fastperiod.max(slowperiod) - 1),
            begun: false,
            averages: [Leap::at(0.0), Leap::at(0.0)],
        }
    }

    /// The first sum is both averages.
    #[inline]
    fn begin(&mut self, total: f64) -> f64 {
        self.begun = true;
        self.averages = [Leap::at(total), Leap::at(total)];
        0.0
    }

    /// Takes a sum that is not the first: the fast less the slow average.
    #[inline]
    fn step(&mut self, total: f64) -> f64 {
        let [fast, slow] = &mut self.averages;
        fast.step([self.keeps[0], total * self.shares[0]]) - slow.step([self.keeps[1], total * self.shares[1]])
    }

    /// As `step` for each of what the sum changes by, from base to base, if nothing rests; else nothing is taken.
    #[inline(always)]
    fn leaps(&mut self, changes: &mut [f64]) -> bool {
        let mut averages = Leaps::of(&self.averages, self.keeps, self.shares);
        let mut total = self.ad.total;
        for places in changes.as_chunks_mut::<STRIDE>().0 {
            let totals = places.map(|change| {
                total += change;
                total
            });
            *places = averages.leap(totals).map(|[fast, slow]| fast - slow);
        }
        let moved = averages.moved();
        if moved {
            self.ad.total = total;
            averages.settle(&mut self.averages);
        }
        moved
    }

    /// As `step` for each sum.
    #[inline(always)]
    fn steps(&mut self, totals: &[f64], out: &mut [f64]) {
        let first = usize::from(!self.begun).min(out.len());
        for (place, &total) in out[..first].iter_mut().zip(totals) {
            *place = self.begin(total);
        }
        let (totals, out) = (&totals[first..], &mut out[first..]);
        let mut slow = [0.0; BLOCK_OF_MANY];
        let slow = &mut slow[..out.len()];
        for (side, out) in [&mut *out, &mut *slow].into_iter().enumerate() {
            let (keep, share) = (self.keeps[side], self.shares[side]);
            self.averages[side].column([totals], out, |[total]| [keep, total * share]);
        }
        for (fast, slow) in out.iter_mut().zip(slow) {
            *fast -= *slow;
        }
    }
}

impl Indicator<4, 1> for Adosc {
    #[inline]
    fn update(&mut self, row: [f64; 4]) -> Option<[f64; 1]> {
        let [total] = self.ad.update(row)?;
        let found = if self.begun {
            self.step(total)
        } else {
            self.begin(total)
        };
        let is_warm = self.count.is_done();
        self.count.add();
        is_warm.then_some([found])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        let flat = are_flat(row[0], row[1]);
        let at_base = self.begun && self.averages.iter().all(|average| average.missing() == 0);
        if !flat {
            moving_flows(row, out);
        }
        if flat || !at_base || !out.len().is_multiple_of(STRIDE) || !self.leaps(out) {
            let mut totals = [0.0; BLOCK_OF_MANY];
            let totals = &mut totals[..out.len()];
            if flat && self.ad.stays(row) {
                totals.fill(self.ad.total);
            } else {
                flows(row, totals);
                add_up(&mut self.ad.total, totals);
            }
            self.steps(totals, out);
        }
        let cold = self.count.missing().min(out.len());
        (0..cold).for_each(|_| self.count.add());
        chill([out], cold);
        self
    }
}

/// The same over a window, by its volume; 0 where there is none.
pub struct Cmf {
    /// Of flow and volume.
    sums: Sums<2>,
}

memory!(Cmf { sums });

impl Cmf {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            sums: Sums::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for Cmf {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        let [flow, total] = self.sums.push([clv(high, low, close) * volume, volume])?;
        Some([ratio(flow, total, 0.0)])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        let (mut flow, mut totals) = ([0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY]);
        let (flow, totals) = (&mut flow[..out.len()], &mut totals[..out.len()]);
        flows(row, flow);
        let cold = self.sums.columns([flow, row[3]], [out, totals]);
        for (place, total) in out.iter_mut().zip(totals) {
            *place = ratio(*place, *total, 0.0);
        }
        chill([out], cold);
        self
    }
}
