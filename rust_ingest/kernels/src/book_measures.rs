//! What a book says of supply and demand, and what it would cost to trade.
//!
//! Money is exact: integers of up to 128 bits. Statistics are doubles: one division of two exact integers, or sums that
//! both twins make in the same order, and so round in the same way.

use contracts::Level;

/// What taking a quantity out of one side gives. Where `quantity` is below what was asked for, the side is empty then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// What the side has of it.
    pub quantity: i64,
    /// Sum of price x quantity: it counts 10^(price_exponent + quantity_exponent).
    pub cost: i128,
    /// How many levels are touched.
    pub levels: usize,
    /// The worst price paid; `None` if nothing was there.
    pub last_price: Option<i64>,
    /// cost / quantity in price units, rounded against the taker: up for a buyer, down for a seller.
    pub average_price: Option<i64>,
}

/// Takes `wanted`, which is positive, out of levels given best first.
pub(crate) fn sweep(levels: impl Iterator<Item = Level>, wanted: i64, is_buy: bool) -> Sweep {
    let mut swept = Sweep::default();
    for level in levels {
        let taken = level.quantity.min(wanted - swept.quantity);
        if taken == 0 {
            break;
        }
        swept.quantity += taken;
        // The quantities sum up to 63 bits at most, so that this fits 127.
        swept.cost += i128::from(level.price) * i128::from(taken);
        swept.levels += 1;
        swept.last_price = Some(level.price);
    }
    if swept.quantity > 0 {
        let quantity = i128::from(swept.quantity);
        let average = match is_buy {
            true => -(-swept.cost).div_euclid(quantity),
            false => swept.cost.div_euclid(quantity),
        };
        // Between the best price and the last.
        swept.average_price = i64::try_from(average).ok();
    }
    swept
}

/// Sum of the quantities.
pub(crate) fn total(levels: impl Iterator<Item = Level>) -> i128 {
    levels.map(|level| i128::from(level.quantity)).sum()
}

/// (bids - asks) / (bids + asks), -1 to 1; `None` where both are empty.
pub(crate) fn imbalance(bid_quantity: i128, ask_quantity: i128) -> Option<f64> {
    let both = bid_quantity + ask_quantity;
    (both != 0).then(|| (bid_quantity - ask_quantity) as f64 / both as f64)
}

/// The mid, weighed by the quantity on the other side: where the next trade is likelier. In price units.
///
/// Gatheral and Oomen, "Zero-intelligence realized variance estimation", Finance and Stochastics 14 (2010), section 4.
pub(crate) fn microprice(bid: Level, ask: Level) -> f64 {
    let weigh = |price: i64, quantity: i64| i128::from(price) * i128::from(quantity);
    let weighed = weigh(bid.price, ask.quantity) + weigh(ask.price, bid.quantity);
    weighed as f64 / (i128::from(bid.quantity) + i128::from(ask.quantity)) as f64
}

/// How fast levels, given best first, add up away from the mid: the slope through the origin, by least squares, of the
/// quantity up to each level on its distance. In quantity units per price unit; no level may be at the mid.
///
/// What is summed on what is as in R. Næs and J. A. Skjeltorp, "Order book characteristics and the volume-volatility
/// relation", Journal of Financial Markets 9 (2006); they average from level to level. A line through the origin is the
/// depth of A. S. Kyle, "Continuous Auctions and Insider Trading", Econometrica 53 (1985): what moves the price by one.
pub(crate) fn depth_slope(levels: impl Iterator<Item = Level>, twice_mid: i128) -> f64 {
    let mut summed = 0;
    let (mut products, mut squares) = (0.0, 0.0);
    for level in levels {
        summed += i128::from(level.quantity);
        let twice_distance = (2 * i128::from(level.price) - twice_mid).abs() as f64;
        products += twice_distance * summed as f64;
        squares += twice_distance * twice_distance;
    }
    2.0 * products / squares
}
