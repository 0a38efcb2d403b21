//! Which of several endpoints to try: the next one after a failure, and after a good while the first choice again.

use std::time::Duration;

use tokio::time::Instant;

/// So long after it failed, the first choice gets another chance before the others.
const BACK_AFTER: Duration = Duration::from_secs(600);

#[derive(Clone, Debug)]
pub struct Endpoints<E> {
    /// The first choice first; not empty.
    all: Vec<E>,
    current: usize,
    left: Option<Instant>,
}

impl<E> Endpoints<E> {
    /// `None` without an endpoint.
    pub fn new(all: Vec<E>) -> Option<Self> {
        (!all.is_empty()).then_some(Self {
            all,
            current: 0,
            left: None,
        })
    }

    /// Those of one of so many sides, which share none as long as there is one for each: else what fails at one would be
    /// lost on all.
    pub fn of_side(all: Vec<E>, side: usize, sides: usize) -> Option<Self> {
        if all.len() < sides {
            return Self::new(all);
        }
        Self::new(all.into_iter().skip(side).step_by(sides).collect())
    }

    pub fn all(&self) -> &[E] {
        &self.all
    }

    /// The endpoint to try now.
    pub fn current(&mut self, now: Instant) -> &E {
        if self
            .left
            .is_some_and(|left| now.saturating_duration_since(left) >= BACK_AFTER)
        {
            self.current = 0;
            self.left = None;
        }
        &self.all[self.current]
    }

    /// The current one did not answer, or its connection was lost: the next one's turn.
    pub fn failed(&mut self, now: Instant) {
        if self.current == 0 {
            self.left = Some(now);
        }
        self.current = (self.current + 1) % self.all.len();
        if self.current == 0 {
            self.left = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        *START.get_or_init(Instant::now) + Duration::from_secs(seconds)
    }

    #[test]
    fn goes_round() {
        let mut endpoints = Endpoints::new(vec!['a', 'b', 'c']).unwrap();
        let mut tried = Vec::new();
        for second in 0..5 {
            tried.push(*endpoints.current(at(second)));
            endpoints.failed(at(second));
        }
        assert_eq!(tried, ['a', 'b', 'c', 'a', 'b']);
    }

    #[test]
    fn the_first_choice_gets_another_chance_after_a_good_while() {
        let mut endpoints = Endpoints::new(vec!['a', 'b', 'c']).unwrap();
        endpoints.failed(at(0));
        assert_eq!(*endpoints.current(at(599)), 'b');
        endpoints.failed(at(700));
        assert_eq!(*endpoints.current(at(700)), 'a', "and not c");
        endpoints.failed(at(701));
        assert_eq!(*endpoints.current(at(702)), 'b');
    }

    #[test]
    fn sides_share_no_endpoint_where_there_is_one_for_each() {
        let of_side = |all: &str, side| Endpoints::of_side(all.chars().collect(), side, 2).unwrap().all;
        assert_eq!([of_side("abc", 0), of_side("abc", 1)], [vec!['a', 'c'], vec!['b']]);
        assert_eq!([of_side("ab", 0), of_side("ab", 1)], [['a'], ['b']]);
        assert_eq!([of_side("a", 0), of_side("a", 1)], [['a'], ['a']]);
        let mut one = Endpoints::new(vec!['a']).unwrap();
        one.failed(at(0));
        assert_eq!(*one.current(at(0)), 'a');
        assert!(Endpoints::<char>::new(Vec::new()).is_none());
    }
}
