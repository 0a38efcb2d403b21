//! The Fisher transform.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{ratio, rested};
use crate::parts::Channel;

/// The place of the bar's middle in its window, smoothed and drawn out to a bell; and the same a row before.
///
/// A window in which nothing moved has its place in the middle; beyond 0.99 of the way to an end it counts as 0.999 (Ehlers).
pub struct Fisher {
    channel: Channel,
    place: f64,
    value: f64,
}

memory!(Fisher { channel, place, value });

impl Fisher {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            channel: Channel::of(timeperiod),
            place: 0.0,
            value: 0.0,
        }
    }
}

impl Indicator<2, 2> for Fisher {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 2]> {
        let middle = (high + low) / 2.0;
        let (highest, lowest) = self.channel.push(middle, middle)?;
        let place = ratio(middle - lowest, highest - lowest, 0.5);
        let place = 0.33 * 2.0 * (place - 0.5) + 0.67 * self.place;
        self.place = rested(if place.abs() > 0.99 {
            0.999_f64.copysign(place)
        } else {
            place
        });
        let before = self.value;
        self.value = rested(0.5 * ((1.0 + self.place) / (1.0 - self.place)).ln() + 0.5 * before);
        Some([self.value, before])
    }
}
