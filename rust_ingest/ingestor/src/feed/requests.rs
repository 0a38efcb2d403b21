//! What a connection has to ask of its venue, as fast as the venue takes it.

use std::collections::VecDeque;

use tokio::time::Instant;
use venues::limits::Limit;

use super::opener::Opener;
use super::pace::Pace;

/// The requests of one connection that were not sent yet, in their order. It goes with the connection: the next one asks for
/// everything anew.
#[derive(Debug)]
pub struct Requests {
    /// Of this connection alone.
    pace: Option<Pace>,
    waiting: VecDeque<Request>,
    /// When the next text may be sent, once that was asked.
    turn: Option<Instant>,
}

/// Texts that do one thing together: unsubscribing and subscribing.
#[derive(Debug)]
struct Request {
    texts: Vec<String>,
    sent: usize,
}

impl Requests {
    /// `limit`: texts on one connection.
    pub fn new(limit: Option<Limit>) -> Self {
        Self {
            pace: limit.map(Pace::new),
            waiting: VecDeque::new(),
            turn: None,
        }
    }

    /// To be sent behind what waits. One that waits already, or is half sent, does what is wanted here too.
    pub fn add(&mut self, texts: Vec<String>) {
        if !texts.is_empty() && self.waiting.iter().all(|request| request.texts != texts) {
            self.waiting.push_back(Request { texts, sent: 0 });
        }
    }

    /// When the next text may be sent, if one waits. All connections of the process have their turns from `opener`.
    pub fn next_turn(&mut self, opener: &Opener) -> Option<Instant> {
        if self.waiting.is_empty() {
            return None;
        }
        let turn = self.turn.unwrap_or_else(|| {
            let time = opener.next_message();
            self.pace.as_mut().map_or(time, |pace| pace.next(time))
        });
        self.turn = Some(turn);
        self.turn
    }

    /// The text whose turn has come.
    pub fn take(&mut self) -> Option<String> {
        self.turn = None;
        let request = self.waiting.front_mut()?;
        let text = request.texts.get(request.sent).cloned();
        request.sent += 1;
        if request.sent == request.texts.len() {
            self.waiting.pop_front();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use venues::limits::Limits;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_request_that_waits_is_not_asked_for_twice_and_its_texts_stay_together() {
        let mut requests = Requests::new(None);
        let (first, second) = (texts(&["-a", "+a"]), texts(&["-b", "+b"]));
        requests.add(first.clone());
        requests.add(second.clone());
        assert_eq!(requests.take().as_deref(), Some("-a"));
        requests.add(first.clone());
        requests.add(second);
        assert_eq!(requests.take().as_deref(), Some("+a"));
        requests.add(first);
        let rest: Vec<String> = std::iter::from_fn(|| requests.take()).collect();
        assert_eq!(rest, ["-b", "+b", "-a", "+a"], "it ends subscribed");
    }

    #[test]
    fn a_turn_is_taken_once_and_each_connection_has_a_limit_of_its_own() {
        let limits = Limits {
            openings: Limit::per_second(1),
            messages: None,
            messages_each: Some(Limit::per_second(2)),
            books: None,
            silence: None,
        };
        let opener = Opener::new(limits);
        let [mut one, mut other] = [(); 2].map(|()| Requests::new(limits.messages_each));
        assert_eq!(one.next_turn(&opener), None, "nothing waits");
        one.add(texts(&["1", "2", "3"]));
        other.add(texts(&["1"]));
        let start = Instant::now();
        let mut turns = Vec::new();
        while let Some(turn) = one.next_turn(&opener) {
            assert_eq!(one.next_turn(&opener), Some(turn));
            turns.push(turn);
            one.take();
        }
        assert!(turns[2] >= start + Duration::from_secs(1), "{turns:?}");
        assert_eq!(turns[2] - turns[0], Duration::from_secs(1));
        assert!(other.next_turn(&opener).is_some_and(|turn| turn < turns[2]));
    }
}
