//! No engine: what the clock, the loop and the machine's interruptions cost. Nothing can be less late.

use crate::engine::{Engine, Fill};
use crate::flow::Op;

pub struct Idle;

impl Engine for Idle {
    const NAME: &'static str = "idle";
    type Ask = u64;

    fn new(_telling: bool) -> Self {
        Self
    }

    fn ask(op: &Op) -> Self::Ask {
        op.id
    }

    #[inline]
    fn apply(&mut self, ask: &Self::Ask) -> usize {
        *ask as usize
    }

    fn apply_telling(&mut self, _ask: &Self::Ask, _fills: &mut Vec<Fill>) {}
}
