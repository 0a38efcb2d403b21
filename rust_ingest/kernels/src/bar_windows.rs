//! What features look back on, of one series of bars.

use std::collections::VecDeque;

use contracts::{Bar, BarWindowsState, SignWindowState};

use crate::feature_periods::Periods;
use crate::flow_toxicity::FlowToxicity;
use crate::price_impact::PriceImpact;
use crate::scale::Scale;
use crate::seasonality::Season;
use crate::sign_window::SignWindow;

/// The newest bar against those of its time of the day.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seasonal {
    pub volume: Option<f64>,
    pub volatility: Option<f64>,
}

/// Bars without volume, as Renko's later bricks and all bars of quotes, are no bars with volume: they do not count in
/// the windows of flow.
#[derive(Debug, Clone)]
pub(crate) struct BarWindows {
    closes_max: usize,
    /// Oldest first.
    closes: VecDeque<i64>,
    pub impact: PriceImpact,
    pub toxicity: FlowToxicity,
    pub signs: SignWindow,
    season: Season,
    pub seasonal: Seasonal,
}

impl BarWindows {
    pub fn new(periods: &Periods) -> Self {
        Self {
            closes_max: periods.return_long as usize + 1,
            closes: VecDeque::new(),
            impact: PriceImpact::new(periods.kyle_lambda),
            toxicity: FlowToxicity::new(periods.vpin),
            signs: SignWindow::new(periods.sign_autocorrelation),
            season: Season::new(periods.season_slots, periods.season_days),
            seasonal: Seasonal::default(),
        }
    }

    /// The series' first bar: nothing is known of what its price came from.
    pub fn begin(&mut self, bar: &Bar<'_>) {
        self.take(bar);
    }

    /// `price_change`: of the close since the bar before, quote currency.
    pub fn add(&mut self, scale: Scale, bar: &Bar<'_>, price_change: f64, simple_return: f64) {
        self.take(bar);
        if bar.volume > 0 {
            let signed = i128::from(bar.buy_volume) - i128::from(bar.sell_volume);
            self.impact.add(price_change, scale.quantity(signed));
        }
        let volume = scale.quantity(i128::from(bar.volume));
        let (volume, volatility) = self.season.add(bar.open_ns, volume, simple_return.abs());
        self.seasonal = Seasonal { volume, volatility };
    }

    fn take(&mut self, bar: &Bar<'_>) {
        if self.closes.len() == self.closes_max {
            self.closes.pop_front();
        }
        self.closes.push_back(bar.close);
        self.signs.add([
            bar.buy_after_buy,
            bar.sell_after_buy,
            bar.buy_after_sell,
            bar.sell_after_sell,
        ]);
        if bar.volume > 0 {
            self.toxicity.add(bar.buy_volume, bar.sell_volume);
        }
    }

    /// Simple return of the close over so many bars.
    pub fn return_over(&self, scale: Scale, bars: i32) -> Option<f64> {
        let last = self.closes.len().checked_sub(1)?;
        let before = self.closes[last.checked_sub(bars as usize)?];
        Some(scale.price(self.closes[last]) / scale.price(before) - 1.0)
    }

    pub fn state(&self) -> BarWindowsState {
        BarWindowsState {
            closes: self.closes.iter().copied().collect(),
            price_changes: self.impact.price_changes(),
            signed_volumes: self.impact.signed_volumes(),
            bought: self.toxicity.bought(),
            sold: self.toxicity.sold(),
            season: self.season.states(),
        }
    }

    /// `signs`: `None` in a state from before there were any.
    pub fn restored(periods: &Periods, state: &BarWindowsState, signs: Option<&SignWindowState>) -> Self {
        let mut windows = Self::new(periods);
        if let Some(signs) = signs {
            windows.signs.restore(signs);
        }
        windows.closes.extend(&state.closes);
        for (change, volume) in state.price_changes.iter().zip(&state.signed_volumes) {
            windows.impact.add(*change, *volume);
        }
        for (bought, sold) in state.bought.iter().zip(&state.sold) {
            windows.toxicity.add(*bought, *sold);
        }
        windows.season.restore(&state.season);
        windows
    }
}
