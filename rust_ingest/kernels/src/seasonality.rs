//! How a bar compares with those of the same time of the day: the day's pattern, taken out.
//!
//! T. G. Andersen and T. Bollerslev, "Intraday periodicity and volatility persistence in financial markets", Journal of
//! Empirical Finance 4 (1997): activity has a pattern of the day, and what is unusual is so against that. Here the
//! pattern is a table of means: the day (UTC) has `slots` slots of one length, and each keeps the mean volume and the
//! mean absolute simple return of a bar that opened in it, over the days before. A day on which the slot had a bar
//! counts as one, however many bars it had; the first `days` of them weigh the same, and from then on each new one
//! weighs 1 / `days`.

use contracts::SeasonSlotState;

const DAY_NS: i64 = 86_400_000_000_000;

/// The slots of one series.
#[derive(Debug, Clone)]
pub(crate) struct Season {
    count: i32,
    days: i32,
    /// Ascending.
    slots: Vec<SeasonSlotState>,
}

impl Season {
    pub fn new(slots: i32, days: i32) -> Self {
        Self {
            count: slots,
            days,
            slots: Vec::new(),
        }
    }

    /// Takes a bar's volume and absolute return, and gives each by its mean on the days before: `None` before there is
    /// one, and where that is 0.
    pub fn add(&mut self, open_ns: i64, volume: f64, movement: f64) -> (Option<f64>, Option<f64>) {
        let day = open_ns.div_euclid(DAY_NS);
        // Below the day's 2^47 ns x 1,440 slots.
        let number = (open_ns.rem_euclid(DAY_NS) * i64::from(self.count) / DAY_NS) as i32;
        let days = self.days;
        let slot = self.slot(number, day);
        if slot.day != day {
            end_day(slot, days);
            slot.day = day;
        }
        slot.bars += 1;
        slot.volume += volume;
        slot.movement += movement;
        let by = |value: f64, mean: f64| (mean > 0.0).then(|| value / mean);
        (by(volume, slot.volume_mean), by(movement, slot.movement_mean))
    }

    fn slot(&mut self, number: i32, day: i64) -> &mut SeasonSlotState {
        let at = match self.slots.binary_search_by_key(&number, |slot| slot.slot) {
            Ok(at) => at,
            Err(at) => {
                self.slots.insert(at, begun(number, day));
                at
            }
        };
        &mut self.slots[at]
    }

    /// By slot.
    pub fn states(&self) -> Vec<SeasonSlotState> {
        self.slots.clone()
    }

    pub fn restore(&mut self, states: &[SeasonSlotState]) {
        self.slots = states.to_vec();
    }
}

fn begun(slot: i32, day: i64) -> SeasonSlotState {
    SeasonSlotState {
        slot,
        day,
        bars: 0,
        volume: 0.0,
        movement: 0.0,
        days: 0,
        volume_mean: 0.0,
        movement_mean: 0.0,
    }
}

/// Takes the day that is over into the means.
fn end_day(slot: &mut SeasonSlotState, days: i32) {
    let count = slot.bars as f64;
    slot.days = (slot.days + 1).min(days);
    let weight = f64::from(slot.days);
    slot.volume_mean += (slot.volume / count - slot.volume_mean) / weight;
    slot.movement_mean += (slot.movement / count - slot.movement_mean) / weight;
    (slot.bars, slot.volume, slot.movement) = (0, 0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_with_the_days_before_and_with_the_same_slot() {
        let mut season = Season::new(24, 2);
        let hour = DAY_NS / 24;
        assert_eq!(season.add(hour, 4.0, 0.1), (None, None), "no day before");
        assert_eq!(season.add(hour + 1, 8.0, 0.0), (None, None));
        assert_eq!(season.add(DAY_NS, 100.0, 1.0), (None, None), "another slot");
        assert_eq!(season.add(DAY_NS + hour, 3.0, 0.1), (Some(3.0 / 6.0), Some(0.1 / 0.05)));
        // Means of 6 and 3; then of 4.5 and 9, the new day with half the weight.
        assert_eq!(season.add(2 * DAY_NS + hour, 9.0, 0.0).0, Some(2.0));
        assert_eq!(season.add(3 * DAY_NS + hour, 6.75, 0.0).0, Some(1.0));
    }
}
