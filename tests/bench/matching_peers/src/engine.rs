//! What every engine is asked here.

use std::hint::black_box;

use crate::flow::Op;

/// One fill, as every engine can tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    pub taker: u64,
    pub maker: u64,
    pub price: i64,
    pub quantity: i64,
}

/// An engine behind its own form of command, which is made before time is taken.
pub trait Engine {
    const NAME: &'static str;
    type Ask;

    /// Empty; `telling` if it will be asked for its fills.
    fn new(telling: bool) -> Self;
    /// In the engine's own form.
    fn ask(op: &Op) -> Self::Ask;
    /// How many fills it made.
    fn apply(&mut self, ask: &Self::Ask) -> usize;
    /// All, in order, in the way that is fastest for the engine.
    fn apply_each(&mut self, asks: &[Self::Ask]) {
        for ask in asks {
            black_box(self.apply(ask));
        }
    }
    /// The same as `apply`, and which.
    fn apply_telling(&mut self, ask: &Self::Ask, fills: &mut Vec<Fill>);
}
