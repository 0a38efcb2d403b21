//! What a venue says of itself and of its instruments beside the market: the newest words of each, and what nobody was told yet. No record
//! depends on it.

use std::mem::take;

use serde::Serialize;

/// So much news is kept for who asks; where a frame log is played nobody does.
const NEWS_MAX: usize = 1_000;

/// The venue's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    pub message: String,
    /// When they came first.
    pub receive_ns: i64,
}

/// Words that are other than those before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Which of the connection's instruments; none of the venue as a whole.
    pub instrument: Option<usize>,
    pub message: String,
}

/// Of one connection.
#[derive(Debug)]
pub struct Statuses {
    venue: Option<Said>,
    instruments: Vec<Option<Said>>,
    changes: u64,
    news: Vec<News>,
}

impl Statuses {
    pub fn new(instruments: usize) -> Self {
        Self {
            venue: None,
            instruments: vec![None; instruments],
            changes: 0,
            news: Vec::new(),
        }
    }

    /// Words of one instrument, or of the venue as a whole. Some venues repeat them every few seconds: once is enough.
    pub fn take(&mut self, instrument: Option<usize>, message: &str, receive_ns: i64) {
        let newest = instrument.map_or(&mut self.venue, |instrument| &mut self.instruments[instrument]);
        if newest.as_ref().is_some_and(|newest| newest.message == message) {
            return;
        }
        let message = message.to_owned();
        *newest = Some(Said {
            message: message.clone(),
            receive_ns,
        });
        self.changes += 1;
        if self.news.len() == NEWS_MAX {
            self.news.clear();
        }
        self.news.push(News { instrument, message });
    }

    pub fn of_venue(&self) -> Option<&Said> {
        self.venue.as_ref()
    }

    pub fn of(&self, instrument: usize) -> Option<&Said> {
        self.instruments[instrument].as_ref()
    }

    /// How often words were other than those before.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What came since the last call.
    pub fn news(&mut self) -> Vec<News> {
        take(&mut self.news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_no_news() {
        let mut statuses = Statuses::new(2);
        for (instrument, message) in [
            (None, "online"),
            (Some(1), "offline"),
            (Some(1), "offline"),
            (None, "online"),
            (Some(1), "online"),
        ] {
            statuses.take(instrument, message, 7);
        }
        let news: Vec<(Option<usize>, String)> = statuses
            .news()
            .into_iter()
            .map(|news| (news.instrument, news.message))
            .collect();
        let said = |instrument, message: &str| (instrument, message.to_owned());
        assert_eq!(
            news,
            [said(None, "online"), said(Some(1), "offline"), said(Some(1), "online")]
        );
        assert_eq!((statuses.changes(), statuses.news()), (3, Vec::new()));
        assert_eq!(
            (statuses.of(0), statuses.of(1).unwrap().message.as_str()),
            (None, "online")
        );
        assert_eq!(statuses.of_venue().unwrap().receive_ns, 7);
    }

    #[test]
    fn memory_is_bounded_where_nobody_asks() {
        let mut statuses = Statuses::new(0);
        for number in 0..=NEWS_MAX {
            statuses.take(None, &number.to_string(), 0);
        }
        assert_eq!(statuses.news().len(), 1);
    }
}
