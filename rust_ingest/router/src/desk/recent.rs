//! The client ids of orders that ended lately: a cancel often comes when its order has just been filled.

use std::collections::{HashSet, VecDeque};

const KEPT: usize = 10_000;

#[derive(Default)]
pub(super) struct Recent {
    ids: HashSet<String>,
    oldest_first: VecDeque<String>,
}

impl Recent {
    pub fn add(&mut self, id: String) {
        if self.oldest_first.len() == KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.ids.remove(&oldest);
        }
        if self.ids.insert(id.clone()) {
            self.oldest_first.push_back(id);
        }
    }

    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }
}
