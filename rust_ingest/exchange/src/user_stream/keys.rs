//! Listen keys: whoever has one may listen to an account's events, for an hour from its last keep-alive.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::market::chance::Chance;

/// Length of a key, as at the venue.
const KEY_LENGTH: usize = 64;
const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

#[derive(Debug)]
struct Key {
    text: String,
    expires: Instant,
}

#[derive(Debug)]
struct State {
    keys: Vec<Option<Key>>,
    chance: Chance,
}

/// At most one key for each account.
#[derive(Debug)]
pub struct ListenKeys {
    valid_for: Duration,
    state: Mutex<State>,
}

impl ListenKeys {
    /// No keys yet, for so many accounts; `seed` makes the keys of two runs differ.
    pub fn new(accounts: usize, valid_for: Duration, seed: u64) -> ListenKeys {
        let state = State {
            keys: (0..accounts).map(|_| None).collect(),
            chance: Chance::new(seed, "listen keys"),
        };
        ListenKeys {
            valid_for,
            state: Mutex::new(state),
        }
    }

    /// The account's key, made if there is none. "If the account has an active listenKey, that listenKey will be
    /// returned and its validity will be extended."
    pub fn open(&self, account: usize) -> String {
        let mut state = self.state.lock();
        let State { keys, chance } = &mut *state;
        let key = keys[account].get_or_insert_with(|| Key {
            text: (0..KEY_LENGTH)
                .map(|_| char::from(LETTERS[chance.below(LETTERS.len() as u64) as usize]))
                .collect(),
            expires: Instant::now(),
        });
        key.expires = Instant::now() + self.valid_for;
        key.text.clone()
    }

    /// Extends an account's key: `text`, or, without one, whichever it has. False if it has none such.
    pub fn keep_alive(&self, account: usize, text: Option<&str>) -> Option<String> {
        let mut state = self.state.lock();
        let key = state.keys[account].as_mut();
        let key = key.filter(|key| text.is_none_or(|text| key.text == text))?;
        key.expires = Instant::now() + self.valid_for;
        Some(key.text.clone())
    }

    /// Ends an account's key; gives it, if it had one such.
    pub fn close(&self, account: usize, text: Option<&str>) -> Option<String> {
        let mut state = self.state.lock();
        let closed = state.keys[account].take_if(|key| text.is_none_or(|text| key.text == text));
        closed.map(|key| key.text)
    }

    /// The key of an account.
    pub fn of(&self, account: usize) -> Option<String> {
        Some(self.state.lock().keys[account].as_ref()?.text.clone())
    }

    /// Whether an account has a key.
    pub fn is_any_in_use(&self) -> bool {
        self.state.lock().keys.iter().any(Option::is_some)
    }

    /// Ends the keys whose time is over, and gives them.
    pub fn take_expired(&self) -> Vec<String> {
        let now = Instant::now();
        let mut state = self.state.lock();
        let expired = state
            .keys
            .iter_mut()
            .filter_map(|key| key.take_if(|key| key.expires <= now));
        expired.map(|key| key.text).collect()
    }
}

/// Whether a stream's name is one of a listen key, valid or not.
pub fn is_listen_key(name: &str) -> bool {
    name.len() == KEY_LENGTH && name.bytes().all(|byte| LETTERS.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_key_until_it_is_closed_or_its_time_is_over() {
        let keys = ListenKeys::new(2, Duration::from_secs(60), 1);
        let first = keys.open(0);
        assert!(is_listen_key(&first) && !is_listen_key("btcusdt@trade"));
        assert_eq!(keys.open(0), first);
        assert_ne!(keys.open(1), first);
        assert_eq!(keys.keep_alive(1, Some(&first)), None);
        assert_eq!(keys.keep_alive(0, None), Some(first.clone()));
        assert_eq!(keys.close(0, Some(&first)), Some(first.clone()));
        assert_ne!(keys.open(0), first);
        let brief = ListenKeys::new(1, Duration::ZERO, 2);
        let key = brief.open(0);
        assert_eq!(brief.take_expired(), [key]);
        assert!(!brief.is_any_in_use());
    }
}
