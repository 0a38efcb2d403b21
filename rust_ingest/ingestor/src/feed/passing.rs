//! What the log holds of a file of ticks already: at a start with the same file, reading goes on behind it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use venues::symbols::Symbol;
use venues::update::Update;
use venues::venue::{Connection, Venue};

/// A place in a file is known by so many of a symbol's ticks before it, at least.
const TICKS: usize = 64;

/// Time, bid and ask of a tick: what a file and the log both tell of it.
pub type Told = (Option<i64>, Option<i64>, Option<i64>);

/// The ticks of a log that tell a place in a file, of all that it holds, the newest first. They reach back past all that have the newest one's
/// time: a file goes on in time, so that of any number of equal ticks in a row it is known how many the log holds.
#[derive(Debug, Default)]
pub struct Telling {
    newest_first: Vec<Told>,
    has_older: bool,
}

impl Telling {
    /// A tick older than all before, unless they are enough.
    pub fn take(&mut self, tick: Told) {
        if !self.is_enough() {
            self.has_older |= self.newest_first.first().is_some_and(|newest| newest.0 != tick.0);
            self.newest_first.push(tick);
        }
    }

    pub fn is_enough(&self) -> bool {
        self.has_older && self.newest_first.len() >= TICKS
    }

    /// They are of one time, if any: where the log held more, it is not known how many.
    pub fn is_of_one_time(&self) -> bool {
        !self.has_older && !self.newest_first.is_empty()
    }

    /// Oldest first.
    pub fn told(mut self) -> Vec<Told> {
        self.newest_first.reverse();
        self.newest_first
    }
}

/// How many ticks of each symbol, from a file's beginning on, the log holds.
#[derive(Clone, Debug)]
pub struct Passing {
    venue: Venue,
    symbols: Vec<Symbol>,
    counts: Vec<u64>,
}

/// A file that is read behind what the log holds.
#[derive(Debug)]
pub struct Passed {
    connection: Connection,
    left: Vec<u64>,
}

impl Passing {
    /// Reads the file, up to `in_log`: of each symbol the ticks in the log that a [`Telling`] took.
    pub fn find(path: &Path, venue: Venue, symbols: &[Symbol], in_log: &[Vec<Told>]) -> io::Result<Self> {
        let mut places: Vec<Place<'_>> = in_log.iter().map(|told| Place::of(told)).collect();
        let mut connection = venue.connection(symbols.to_vec());
        let mut file = BufReader::new(File::open(path)?);
        let mut line = Vec::new();
        while file.read_until(b'\n', &mut line)? > 0 {
            if let Some((symbol, told)) = tick(&mut connection, &line) {
                places[symbol].step(told);
            }
            line.clear();
        }
        Ok(Self {
            venue,
            symbols: symbols.to_vec(),
            counts: places.iter().map(|place| place.best.1).collect(),
        })
    }

    /// All that the log holds, of all symbols.
    pub fn ticks(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// For a reading from the file's beginning.
    pub fn begin(&self) -> Passed {
        Passed {
            connection: self.venue.connection(self.symbols.clone()),
            left: self.counts.clone(),
        }
    }
}

impl Passed {
    /// Whether the log has what this line makes. Of a line that is no tick that is so as long as every symbol's are there: then it was read.
    pub fn has(&mut self, line: &[u8]) -> bool {
        if self.left.iter().all(|left| *left == 0) {
            return false;
        }
        let Some((symbol, _)) = tick(&mut self.connection, line) else {
            return self.left.iter().all(|left| *left > 0);
        };
        let left = &mut self.left[symbol];
        let is_there = *left > 0;
        *left = left.saturating_sub(1);
        is_there
    }
}

/// The symbol of a line and what it tells, if it is a tick.
fn tick(connection: &mut Connection, line: &[u8]) -> Option<(usize, Told)> {
    let text = std::str::from_utf8(line).ok()?;
    let mut found = None;
    let read = connection.read(text.trim_end_matches(['\r', '\n']), |update| {
        if let Update::Quote(quote) = update {
            let (bid, ask) = (quote.bid, quote.ask);
            let told = (quote.event_ns, bid.map(|bid| bid.price), ask.map(|ask| ask.price));
            found = Some((quote.symbol, told));
        }
    });
    read.ok().and(found)
}

/// A symbol's place in the file as it is read.
struct Place<'a> {
    in_log: &'a [Told],
    /// The newest ticks of the file, as many as of the log.
    newest: VecDeque<Told>,
    count: u64,
    /// How many ticks agree with the end of the log, at most, and where in the file that was.
    best: (usize, u64),
}

impl<'a> Place<'a> {
    fn of(in_log: &'a [Told]) -> Self {
        Self {
            in_log,
            newest: VecDeque::with_capacity(in_log.len()),
            count: 0,
            best: (0, 0),
        }
    }

    fn step(&mut self, told: Told) {
        self.count += 1;
        if self.in_log.is_empty() {
            return;
        }
        if self.newest.len() == self.in_log.len() {
            self.newest.pop_front();
        }
        self.newest.push_back(told);
        if self.in_log.last() != Some(&told) {
            return;
        }
        // Of a file that the log does not hold from its beginning on, fewer agree than there are.
        let both = self.newest.len();
        let mut agree = self.in_log.iter().rev().zip(self.newest.iter().rev());
        // Where a file does not go on in time, several may agree as well: the first is not too far.
        if both > self.best.0 && agree.all(|(one, other)| one == other) {
            self.best = (both, self.count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use venues::fixed::NANO;

    use super::*;

    fn symbols() -> Vec<Symbol> {
        ["EUR/USD", "USD/JPY"]
            .map(|name| Symbol::new(name, NANO, NANO))
            .to_vec()
    }

    fn line(symbol: &str, at: i64) -> String {
        format!("{symbol},{},{}.5,{}.75", 1_399_248_000_000 + at, at % 7, at % 7)
    }

    /// Two symbols by turns, with lines that are none.
    fn lines() -> Vec<String> {
        let both = (0..1_000).flat_map(|at| ["EUR/USD", "USD/JPY"].map(|symbol| line(symbol, at / 3)));
        let mut lines: Vec<String> = both.collect();
        lines.insert(500, "EUR/USD,yesterday,1,2".to_owned());
        lines.insert(1_501, String::new());
        lines
    }

    /// The newest ticks in a log that was told these lines.
    fn told(lines: &[String], symbol: usize) -> Vec<Told> {
        let venue = Venue::of_name("truefx").unwrap();
        let mut connection = venue.connection(symbols());
        let all = lines.iter().filter_map(|line| tick(&mut connection, line.as_bytes()));
        let of_symbol: Vec<Told> = all.filter(|(of, _)| *of == symbol).map(|(_, told)| told).collect();
        let mut telling = Telling::default();
        of_symbol.into_iter().rev().for_each(|tick| telling.take(tick));
        telling.told()
    }

    fn find(file: &[String], in_log: &[Vec<Told>]) -> Passing {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticks.csv");
        fs::write(&path, file.join("\r\n")).unwrap();
        Passing::find(&path, Venue::of_name("truefx").unwrap(), &symbols(), in_log).unwrap()
    }

    #[test]
    fn each_symbol_goes_on_behind_its_own_last_tick() {
        let all = lines();
        // One symbol's partition was written further than the other's.
        for (euro, yen) in [(0, 0), (1, 0), (400, 380), (1_400, 1_700), (2_002, 2_002)] {
            let in_log = [told(&all[..euro], 0), told(&all[..yen], 1)];
            let passing = find(&all, &in_log);
            let mut passed = passing.begin();
            let mut left = Vec::new();
            for (number, line) in all.iter().enumerate() {
                if !passed.has(line.as_bytes()) {
                    left.push(number);
                }
            }
            let lacked = |(number, line): (usize, &String)| {
                let reached = if line.starts_with("USD") { yen } else { euro };
                let is_tick = !line.is_empty() && !line.contains("yesterday");
                (is_tick && number >= reached).then_some(number)
            };
            let ticks: Vec<usize> = all.iter().enumerate().filter_map(lacked).collect();
            let is_no_tick = |number: &usize| all[*number].is_empty() || all[*number].contains("yesterday");
            assert!(
                left.iter().filter(|number| !is_no_tick(number)).eq(&ticks),
                "{euro} {yen}"
            );
            let told_again: Vec<usize> = left.into_iter().filter(is_no_tick).collect();
            let behind: Vec<usize> = [500, 1_501]
                .into_iter()
                .filter(|number| *number >= euro.min(yen))
                .collect();
            assert_eq!(told_again, behind, "{euro} {yen}");
        }
    }

    #[test]
    fn of_equal_ticks_in_a_row_as_many_are_passed_as_the_log_holds() {
        // 150 equal ones amid others, and 200 at the file's very beginning.
        let amid = (0..400).map(|at| line("EUR/USD", if (100..250).contains(&at) { 100 } else { at }));
        let amid: Vec<String> = amid.collect();
        let first: Vec<String> = (0..300_i64).map(|at| line("EUR/USD", (at - 200).max(0))).collect();
        for file in [amid, first] {
            for held in [1, 63, 64, 65, 101, 163, 164, 165, 180, 200, 249, 250, 251, 290] {
                let passing = find(&file, &[told(&file[..held], 0), Vec::new()]);
                assert_eq!(passing.counts, [held as u64, 0]);
            }
        }
    }

    #[test]
    fn a_file_that_the_log_does_not_hold_is_read_from_its_beginning() {
        let later: Vec<String> = (5_000..6_000).map(|at| line("EUR/USD", at)).collect();
        let in_log = [told(&lines(), 0), told(&lines(), 1)];
        assert_eq!(find(&later, &in_log).ticks(), 0);
        // The log goes on from another file with the first lines of this one.
        let mut both = lines();
        both.extend_from_slice(&later[..20]);
        assert_eq!(find(&later, &[told(&both, 0), Vec::new()]).counts, [20, 0]);
    }
}
