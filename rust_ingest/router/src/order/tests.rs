use contracts::{ExecutionReport, OrderStatus, OrderType, Side, TimeInForce};
use venues::binance::trading::market::Market;
use venues::binance::trading::ticket::ticket;
use venues::orders::{Answer, Ask};

use super::*;

const SECOND_NS: i64 = 1_000_000_000;

fn at(seconds: i64) -> Moment {
    Moment {
        wall_ns: seconds * SECOND_NS,
        steady_ns: seconds * SECOND_NS,
    }
}

fn rules() -> Rules {
    let seconds = std::time::Duration::from_secs;
    Rules::new(seconds(10), seconds(3), seconds(2))
}

/// Status, index and reason of each report.
#[derive(Default)]
struct Written(Vec<(OrderStatus, i32, String)>);

impl Reports for Written {
    fn report(&mut self, report: &ExecutionReport<'_>) {
        self.0
            .push((report.status, report.origin.index, report.reason.to_owned()));
    }
}

struct Case {
    order: Order,
    written: Written,
}

impl Case {
    /// An order for ten units, written at second 0.
    fn fresh(time_in_force: TimeInForce) -> Self {
        Self::until(time_in_force, None)
    }

    /// One that is good till second `end`.
    fn until(time_in_force: TimeInForce, end: Option<i64>) -> Self {
        let origin = Origin {
            partition: 0,
            offset: 7,
            index: 0,
        };
        let record = New {
            origin,
            account: "main",
            strategy: "test",
            client_order_id: "tf-0badcafe-0-7-0",
            venue: "binance",
            instrument: "BTC-USDT",
            price_exponent: -2,
            quantity_exponent: -3,
            side: Side::Buy,
            order_type: OrderType::Limit,
            time_in_force,
            quantity: 10,
            price: Some(61_837),
            reference_price: 61_837,
            signal: origin,
            event_ns: 0,
            receive_ns: 0,
            post_only: false,
            expires_ns: end.map(|end| end * SECOND_NS),
        };
        let ticket = ticket(Market::Spot, &record).unwrap();
        Self {
            order: Order::fresh(origin, &record, ticket, 0, at(0)),
            written: Written::default(),
        }
    }

    fn step(&mut self, seconds: i64) -> Step {
        self.order.step(at(seconds), &rules(), &mut self.written)
    }

    /// The question at this moment, which is answered at once.
    fn ask(&mut self, seconds: i64, answer: Answer) -> Ask {
        let Step::Ask(ask) = self.step(seconds) else {
            panic!("nothing to ask at {seconds} s")
        };
        self.order
            .answer(&ask, answer, at(seconds), at(seconds), &rules(), &mut self.written);
        ask
    }

    fn statuses(&self) -> Vec<OrderStatus> {
        self.written.0.iter().map(|(status, ..)| *status).collect()
    }
}

fn view(standing: Standing, executed: i64) -> Answer {
    Answer::Order(OrderView {
        venue_order_id: "28".to_owned(),
        standing,
        status: format!("{standing:?}"),
        executed,
        event_ns: 0,
        fills: Vec::new(),
    })
}

fn unknown() -> Answer {
    Answer::Unknown("connection closed".to_owned())
}

#[test]
fn after_an_unknown_outcome_absence_counts_only_once_the_request_is_too_old() {
    let mut case = Case::fresh(TimeInForce::Ioc);
    assert_eq!(case.ask(1, unknown()), Ask::Place);
    for seconds in [1, 3, 6] {
        assert_eq!(case.ask(seconds, Answer::Absent), Ask::Find, "{seconds} s");
    }
    // 3 s of window and 2 s to settle, from the signing at 1 s on.
    assert_eq!(case.ask(7, Answer::Absent), Ask::Find);
    assert_eq!(case.ask(7, view(Standing::Expired, 0)), Ask::Place);
    assert_eq!(case.step(7), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Accepted, OrderStatus::Expired]);
}

#[test]
fn an_order_too_old_to_send_expires_by_the_venues_word_only() {
    let mut case = Case::fresh(TimeInForce::Ioc);
    assert_eq!(case.ask(11, unknown()), Ask::Find);
    assert!(case.statuses().is_empty());
    assert_eq!(case.ask(12, Answer::Absent), Ask::Find);
    assert_eq!(case.step(12), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Expired]);
}

#[test]
fn what_was_not_looked_at_is_sent_again() {
    let mut case = Case::fresh(TimeInForce::Ioc);
    for (seconds, answer) in [
        (1, Answer::Busy { wait_ms: None }),
        (2, Answer::ClockOff),
        (3, Answer::NotSent("no connection".to_owned())),
    ] {
        assert_eq!(case.ask(seconds, answer), Ask::Place);
    }
    let words = "-2010: Account has insufficient balance for requested action.";
    assert_eq!(case.ask(5, Answer::Refused(words.to_owned())), Ask::Place);
    assert_eq!(case.written.0, [(OrderStatus::Rejected, 0, words.to_owned())]);
}

#[test]
fn a_duplicate_is_there_and_never_sent_again() {
    let mut case = Case::fresh(TimeInForce::Gtc);
    assert_eq!(case.ask(1, Answer::Duplicate), Ask::Place);
    for seconds in [1, 10, 100, 1_000] {
        assert_eq!(case.ask(seconds, Answer::Absent), Ask::Find, "{seconds} s");
    }
    assert!(case.statuses().is_empty());
}

#[test]
fn a_cancel_before_the_order_was_sent_ends_it_here() {
    let mut case = Case::fresh(TimeInForce::Gtc);
    case.order.cancel(at(0));
    assert_eq!(case.step(0), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Cancelled]);
}

#[test]
fn what_is_good_till_a_date_is_cancelled_then_and_no_record_has_to_say_so() {
    let mut case = Case::until(TimeInForce::Gtc, Some(60));
    assert_eq!(case.ask(1, view(Standing::Working, 0)), Ask::Place);
    assert_eq!(case.ask(58, view(Standing::Working, 0)), Ask::Find);
    // Not at the next question about it, which has time until 63 s.
    assert_eq!(
        case.step(58),
        Step::Wait {
            until_ns: 60 * SECOND_NS
        }
    );
    case.order.look_at_time(at(59));
    assert_eq!(
        case.step(59),
        Step::Wait {
            until_ns: 60 * SECOND_NS
        }
    );
    case.order.look_at_time(at(60));
    let mut ended = view(Standing::Cancelled, 0);
    if let Answer::Order(view) = &mut ended {
        view.event_ns = 60 * SECOND_NS;
    }
    assert_eq!(case.ask(60, ended), Ask::Cancel);
    assert_eq!(case.step(60), Step::Done);
    let last = case.written.0.pop().unwrap();
    assert_eq!(
        last,
        (OrderStatus::Cancelled, 1, "Cancelled: its time was up".to_owned())
    );
}

#[test]
fn past_its_time_it_is_not_sent() {
    let mut case = Case::until(TimeInForce::Gtc, Some(5));
    assert_eq!(case.ask(1, Answer::NotSent("no connection".to_owned())), Ask::Place);
    case.order.look_at_time(at(5));
    assert_eq!(case.step(5), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Expired]);
}

#[test]
fn past_its_time_an_open_outcome_is_still_a_question_first() {
    let mut case = Case::until(TimeInForce::Gtc, Some(5));
    assert_eq!(case.ask(4, unknown()), Ask::Place);
    case.order.look_at_time(at(5));
    assert_eq!(case.ask(5, Answer::Absent), Ask::Find);
    assert!(case.statuses().is_empty());
    assert_eq!(case.ask(10, view(Standing::Working, 0)), Ask::Find);
    assert_eq!(case.ask(10, view(Standing::Cancelled, 0)), Ask::Cancel);
    assert_eq!(case.step(10), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Accepted, OrderStatus::Cancelled]);
}

#[test]
fn a_cancel_that_is_refused_leads_to_the_question_how_it_stands() {
    let mut case = Case::fresh(TimeInForce::Gtc);
    case.ask(1, view(Standing::Working, 0));
    case.order.cancel(at(2));
    let refused = Answer::Refused("-2011: Unknown order sent.".to_owned());
    assert_eq!(case.ask(2, refused), Ask::Cancel);
    assert_eq!(case.ask(2, view(Standing::Expired, 0)), Ask::Find);
    assert_eq!(case.step(2), Step::Done);
    assert_eq!(case.statuses(), [OrderStatus::Accepted, OrderStatus::Expired]);
}

#[test]
fn a_change_is_turned_down_once_and_leaves_the_order_as_it_is() {
    let mut case = Case::fresh(TimeInForce::Gtc);
    case.order.modify(at(0));
    case.ask(1, view(Standing::Working, 0));
    assert_eq!(
        case.step(1),
        Step::Wait {
            until_ns: 1_100_000_000
        }
    );
    assert_eq!(case.statuses(), [OrderStatus::Accepted, OrderStatus::Accepted]);
    assert!(case.written.0[1].2.starts_with("not modified"));
}

#[test]
fn it_is_not_over_before_all_its_fills_are_told() {
    let mut case = Case::fresh(TimeInForce::Ioc);
    assert_eq!(case.ask(1, view(Standing::Expired, 4)), Ask::Place);
    let nothing = Answer::Fills {
        fills: Vec::new(),
        more: false,
    };
    assert!(matches!(case.ask(1, nothing), Ask::Fills { .. }));
    assert!(matches!(case.step(1), Step::Wait { .. }));
    assert_eq!(case.statuses(), [OrderStatus::Accepted]);
}
