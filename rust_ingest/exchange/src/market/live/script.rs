//! A script: a file of timed actions, one JSON object a line, for tests that must know every order in the market.
//!
//! ```json
//! {"at_ms": 0, "symbol": "BTCUSDT", "do": "limit", "id": "a", "side": "SELL", "price": "100.00", "quantity": "2"}
//! {"at_ms": 5, "symbol": "BTCUSDT", "do": "market", "side": "BUY", "quantity": "0.5"}
//! {"at_ms": 9, "symbol": "BTCUSDT", "do": "cancel", "id": "a"}
//! {"at_ms": 9, "symbol": "BTCUSDT", "do": "halt"}
//! {"at_ms": 12, "symbol": "BTCUSDT", "do": "resume"}
//! ```
//!
//! `at_ms` is time of the market since its beginning, and never falls. An `id` names a limit order of the same symbol until it is
//! gone. Orders are the market's own: they stand in the book as anybody's, and trade with our clients'. `halt` and
//! `resume` concern all symbols. Empty lines and lines that begin with `#` say nothing.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kernels::matching::{Command, TimeInForce};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Actors;
use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;
use crate::trading::desk::Desk;
use crate::trading::engine_words::{self as words, MARKET_IDS};
use crate::trading::order::Side;

/// Why a script cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read.
    #[error("cannot read the script {}: {source}; check the path and its permissions", path.display())]
    Read {
        /// The script.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is no action.
    #[error("line {line} of the script {} is no action: {reason}", path.display())]
    Line {
        /// The script.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Why.
        reason: String,
    },
}

#[derive(Debug, Deserialize)]
struct Line {
    at_ms: u64,
    symbol: String,
    #[serde(flatten)]
    action: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Action {
    Limit {
        id: String,
        side: Way,
        price: Fixed,
        quantity: Fixed,
    },
    Market {
        side: Way,
        quantity: Fixed,
    },
    Cancel {
        id: String,
    },
    Halt {},
    Resume {},
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Way {
    Buy,
    Sell,
}

impl Way {
    fn side(self) -> Side {
        match self {
            Way::Buy => Side::Buy,
            Way::Sell => Side::Sell,
        }
    }
}

#[derive(Debug)]
struct Step {
    at_ns: u64,
    number: usize,
    action: Action,
}

/// The actions of a script.
#[derive(Debug)]
pub struct Script {
    steps: std::iter::Peekable<std::vec::IntoIter<Step>>,
    named: HashMap<(usize, String), u64>,
    next_id: u64,
}

impl Script {
    /// Reads a script over `symbols`, in the order of the desk's listings, that begins at `start_ns`.
    ///
    /// # Errors
    /// It cannot be read, or a line is no action of it.
    pub fn read(path: &Path, symbols: &[String], start_ns: u64) -> Result<Script, ScriptError> {
        let text = fs::read_to_string(path).map_err(|source| ScriptError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let mut steps: Vec<Step> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let step = Step::read(line, symbols, start_ns);
            let step = step.and_then(|step| match steps.last() {
                Some(last) if step.at_ns < last.at_ns => Err("it comes before the line above it".to_owned()),
                _ => Ok(step),
            });
            steps.push(step.map_err(|reason| ScriptError::Line {
                path: path.to_path_buf(),
                line: index + 1,
                reason,
            })?);
        }
        Ok(Script {
            steps: steps.into_iter().peekable(),
            named: HashMap::new(),
            next_id: MARKET_IDS,
        })
    }

    fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

impl Step {
    fn read(line: &str, symbols: &[String], start_ns: u64) -> Result<Step, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let action: Action = serde_json::from_value(Value::Object(line.action)).map_err(|error| error.to_string())?;
        if let Action::Limit { price, quantity, .. } = &action {
            price.times(*quantity).ok_or("price times quantity does not fit")?;
        }
        let number = symbols.iter().position(|symbol| *symbol == line.symbol);
        let at_ns = line
            .at_ms
            .checked_mul(NS_PER_MS)
            .and_then(|after| start_ns.checked_add(after));
        Ok(Step {
            at_ns: at_ns.ok_or("its time does not fit")?,
            number: number.ok_or_else(|| format!("{} is none of --symbols", line.symbol))?,
            action,
        })
    }
}

impl Actors for Script {
    fn next_ns(&mut self) -> Option<u64> {
        self.steps.peek().map(|step| step.at_ns)
    }

    fn begin(&mut self, _desk: &mut Desk, _now_ns: u64) {}

    fn act(&mut self, desk: &mut Desk, now_ns: u64) -> usize {
        let Some(Step { number, action, .. }) = self.steps.next() else {
            return 0;
        };
        let command = match action {
            Action::Limit {
                id,
                side,
                price,
                quantity,
            } => {
                let order = self.new_id();
                self.named.insert((number, id), order);
                Command::limit(order, words::side(side.side()), price.0, quantity.0)
            }
            Action::Market { side, quantity } => Command {
                time_in_force: TimeInForce::Ioc as u8,
                ..Command::market(self.new_id(), words::side(side.side()), quantity.0)
            },
            Action::Cancel { id } => match self.named.remove(&(number, id)) {
                Some(order) => Command::cancel(order),
                None => return number,
            },
            Action::Halt {} | Action::Resume {} => {
                desk.set_halted(matches!(action, Action::Halt {}));
                return number;
            }
        };
        desk.act(number, command, now_ns);
        // A script does not look at what became of its orders.
        desk.listings.get_mut(number).take_market_news();
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u64>, String> {
        let path = std::env::temp_dir().join(format!("script-{}-{}", std::process::id(), text.len()));
        fs::write(&path, text).unwrap();
        let script = Script::read(&path, &["BTCUSDT".to_owned()], 0);
        fs::remove_file(&path).unwrap();
        script
            .map(|script| script.steps.map(|step| step.at_ns).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_actions_and_says_which_line_is_none() {
        let sell =
            r#"{"at_ms":3,"symbol":"BTCUSDT","do":"limit","id":"a","side":"SELL","price":"100.00","quantity":"2"}"#;
        let halt = r#"{"at_ms":4,"symbol":"BTCUSDT","do":"halt"}"#;
        assert_eq!(
            read(&format!("# two\n{sell}\n\n{halt}\n")),
            Ok(vec![3_000_000, 4_000_000])
        );
        for (text, reason) in [
            (format!("{halt}\n{sell}"), "line 2 of the script"),
            (sell.replace("BTCUSDT", "NOPE"), "NOPE is none of --symbols"),
            (sell.replace("limit", "iceberg"), "unknown variant `iceberg`"),
            (sell.replace("100.00", "-1"), "decimal"),
            (halt.replace("}", r#","why":"no"}"#), "unknown field `why`"),
        ] {
            assert!(read(&text).unwrap_err().contains(reason), "{text}");
        }
    }
}
