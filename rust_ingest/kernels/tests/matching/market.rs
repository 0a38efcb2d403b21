//! An engine to which a test talks.

use kernels::matching::{Command, Event, MatchingEngine, Rejection, Rules, Side};

use crate::said::said;

pub struct Market {
    pub engine: MatchingEngine,
    pub events: Vec<Event>,
}

impl Market {
    pub fn new() -> Self {
        Self::with(Rules::default())
    }

    pub fn with(rules: Rules) -> Self {
        let engine = MatchingEngine::new(rules).expect("rules of a test");
        Self {
            engine,
            events: Vec::new(),
        }
    }

    /// A market with these resting gtc orders: (id, side, price, quantity).
    pub fn of(orders: &[(u64, Side, i64, i64)]) -> Self {
        let mut market = Self::new();
        for &(id, side, price, quantity) in orders {
            market.does(Command::limit(id, side, price, quantity));
        }
        market
    }

    /// What the command causes, in words.
    pub fn does(&mut self, command: Command) -> Vec<String> {
        let from = self.events.len();
        let outcome = self.engine.apply(&command, &mut self.events);
        assert_eq!(outcome, Ok(()), "{command:?}");
        self.events[from..].iter().map(said).collect()
    }

    /// Why the command is rejected; nothing has changed then.
    pub fn refuses(&mut self, command: Command) -> Rejection {
        let before = self.state(command.time_ns);
        let from = self.events.len();
        let rejection = self.engine.apply(&command, &mut self.events).expect_err("a rejection");
        assert_eq!(self.events.len(), from);
        assert_eq!(self.state(command.time_ns), before);
        rejection
    }

    /// Orders of a side by priority: (id, displayed).
    pub fn queue(&self, side: Side) -> Vec<(u64, i64)> {
        self.engine
            .orders(side)
            .map(|order| (order.order_id, order.displayed))
            .collect()
    }

    /// The state, as if at this time.
    fn state(&self, time_ns: i64) -> contracts::MatchingState<'static> {
        contracts::MatchingState {
            time_ns,
            ..self.engine.snapshot("TEST")
        }
    }
}
