//! Which of several endpoints to try: the next one after a failure, and after a good while the first choice again.

use std::time::Duration;

use tokio::time::Instant;

/// So long after it failed, the first choice gets another chance before the others.
const BACK_AFTER: Duration = Duration::from_secs(600);

#[derive(Clone, Debug)]
pub struct Endpoints<E> {
    all: Vec<E>,
    first_choice: usize,
    current: usize,
    left: Option<Instant>,
}

impl<E> Endpoints<E> {
    /// `first_choice` counts round: 1 of a single endpoint is that one. `None` without an endpoint.
    pub fn new(all: Vec<E>, first_choice: usize) -> Option<Self> {
        let first_choice = first_choice.checked_rem(all.len())?;
        Some(Self {
            all,
            first_choice,
            current: first_choice,
            left: None,
        })
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
            self.current = self.first_choice;
            self.left = None;
        }
        &self.all[self.current]
    }

    /// The current one did not answer, or its connection was lost: the next one's turn.
    pub fn failed(&mut self, now: Instant) {
        if self.current == self.first_choice {
            self.left = Some(now);
        }
        self.current = (self.current + 1) % self.all.len();
        if self.current == self.first_choice {
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
        let mut endpoints = Endpoints::new(vec!['a', 'b', 'c'], 0).unwrap();
        let mut tried = Vec::new();
        for second in 0..5 {
            tried.push(*endpoints.current(at(second)));
            endpoints.failed(at(second));
        }
        assert_eq!(tried, ['a', 'b', 'c', 'a', 'b']);
    }

    #[test]
    fn the_first_choice_gets_another_chance_after_a_good_while() {
        let mut endpoints = Endpoints::new(vec!['a', 'b', 'c'], 0).unwrap();
        endpoints.failed(at(0));
        assert_eq!(*endpoints.current(at(599)), 'b');
        endpoints.failed(at(700));
        assert_eq!(*endpoints.current(at(700)), 'a', "and not c");
        endpoints.failed(at(701));
        assert_eq!(*endpoints.current(at(702)), 'b');
    }

    #[test]
    fn the_second_of_a_pair_begins_elsewhere_if_it_can() {
        let mut two = Endpoints::new(vec!['a', 'b'], 1).unwrap();
        assert_eq!(*two.current(at(0)), 'b');
        two.failed(at(0));
        assert_eq!(*two.current(at(0)), 'a');
        let mut one = Endpoints::new(vec!['a'], 1).unwrap();
        one.failed(at(0));
        assert_eq!(*one.current(at(0)), 'a');
        assert!(Endpoints::<char>::new(Vec::new(), 0).is_none());
    }
}
