//! How old what a bar shows is: what stale data is judged by. Times are the records' own.

use contracts::Bar;

/// Of one series of bars.
#[derive(Debug, Clone, Default)]
pub(crate) struct Freshness {
    /// Close of its last bar with a quote; 0 before the first.
    pub quoted_ns: i64,
    /// Of the newest bar: a feature and how old it is.
    ages_ns: [Option<(&'static str, i128)>; 3],
}

impl Freshness {
    pub fn quoted_at(quoted_ns: i64) -> Self {
        Self {
            quoted_ns,
            ..Self::default()
        }
    }

    /// `closed_ns`: of the bar before. What a bar looks back on is as old as the hole between the two; a best bid or ask
    /// as old as the bars without a quote.
    pub fn add(&mut self, bar: &Bar<'_>, closed_ns: Option<i64>) {
        let age = |now_ns: i64, then_ns: i64| i128::from(now_ns) - i128::from(then_ns);
        self.ages_ns = [
            closed_ns.map(|closed_ns| ("close", age(bar.open_ns, closed_ns))),
            None,
            None,
        ];
        if bar.quote_count > 0 {
            self.quoted_ns = bar.close_ns;
        } else if self.quoted_ns > 0 {
            let quoted = age(bar.close_ns, self.quoted_ns);
            self.ages_ns[1] = bar.bid_price.map(|_| ("bid_price", quoted));
            self.ages_ns[2] = bar.ask_price.map(|_| ("ask_price", quoted));
        }
    }

    pub fn ages_ns(&self) -> impl Iterator<Item = (&'static str, i128)> + '_ {
        self.ages_ns.iter().copied().flatten()
    }
}
