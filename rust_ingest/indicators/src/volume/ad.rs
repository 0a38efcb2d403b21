//! Accumulation and distribution.

use crate::columns::{add_up, negative, none};
use crate::indicator::{BLOCK, Indicator, Single, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Average, Count, Sums};

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
    for ((((place, &high), &low), &close), volume) in out.iter_mut().zip(high).zip(low).zip(close).zip(volume) {
        *place = clv(high, low, close) * volume;
    }
}

/// A fast less a slow exponential average of that sum, both begun by the first (TA-Lib).
pub struct Adosc {
    ad: Ad,
    count: Count,
    fast: Average,
    slow: Average,
}

memory!(Adosc { ad, count, fast, slow });

impl Adosc {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        let begun_by_the_first = |timeperiod: usize| {
            let weight = 2.0 / (timeperiod as f64 + 1.0);
            Average::of(1, 1.0 - weight, weight)
        };
        Self {
            ad: Ad::of(),
            count: Count::to(fastperiod.max(slowperiod) - 1),
            fast: begun_by_the_first(fastperiod),
            slow: begun_by_the_first(slowperiod),
        }
    }
}

impl Adosc {
    /// Both averages of the sum, if both have begun and nothing rests. Flows are worked out while the averages wait for
    /// themselves.
    #[inline(always)]
    fn moving(&mut self, row: [&[f64]; 4], fast: &mut [f64], slow: &mut [f64]) -> bool {
        if !self.fast.is_warm() || are_flat(row[0], row[1]) {
            return false;
        }
        let ([high, low, close, volume], mut total) = (row.map(|column| &column[..fast.len()]), self.ad.total);
        let done = Average::together([&mut self.fast, &mut self.slow], [fast, slow], |side, index, _| {
            if side == 0 {
                total += clv(high[index], low[index], close[index]) * volume[index];
            }
            total
        });
        if done {
            self.ad.total = total;
        }
        done
    }

    /// Fast less slow averages, where there have been enough rows.
    #[inline(always)]
    fn found(mut self, fast: &mut [f64], slow: &[f64]) -> Self {
        for (fast, slow) in fast.iter_mut().zip(slow) {
            *fast -= *slow;
        }
        let cold = self.count.missing().min(fast.len());
        (0..cold).for_each(|_| self.count.add());
        chill([fast], cold);
        self
    }
}

impl Indicator<4, 1> for Adosc {
    #[inline]
    fn update(&mut self, row: [f64; 4]) -> Option<[f64; 1]> {
        let [total] = self.ad.update(row)?;
        let (fast, slow) = self.fast.next(total).zip(self.slow.next(total))?;
        let is_warm = self.count.is_done();
        self.count.add();
        is_warm.then_some([fast - slow])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        let (mut totals, mut slow) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (totals, slow) = (&mut totals[..out.len()], &mut slow[..out.len()]);
        if self.fast.is_warm() && self.ad.stays(row) {
            self.fast.rest(self.ad.total, out);
            self.slow.rest(self.ad.total, slow);
            return self.found(out, slow);
        }
        if !self.moving(row, out, slow) {
            flows(row, totals);
            add_up(&mut self.ad.total, totals);
            Average::columns([&mut self.fast, &mut self.slow], [totals, totals], [out, slow]);
        }
        self.found(out, slow)
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
        let (mut flow, mut totals) = ([0.0; BLOCK], [0.0; BLOCK]);
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
