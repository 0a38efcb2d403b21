//! Time, the two logs, the wire between router and venue, and what must hold in the end.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{ExecutionReport, New, OrderStatus, OrderType, Origin, Record, SchemaIds, Side, TimeInForce};
use contracts::{decode, encode};
use venues::binance::trading::market::Market;
use venues::orders::{Answer, Ask, Standing};

use super::super::{Age, Desk, Errand, Gate};
use super::venue::{RECV_WINDOW_NS, SETTLE_NS, Venue};
use crate::moment::Moment;
use crate::order::Reports;
use crate::rules::Rules;
use crate::told::is_final;

const SECOND_NS: i64 = 1_000_000_000;
const ORDERS: i64 = 12;
/// Orders, cancels and trades happen in this time; then all must come to an end.
const BUSY_NS: i64 = 20 * SECOND_NS;
const END_NS: i64 = 600 * SECOND_NS;
const START_NS: i64 = 1_700_000_000 * SECOND_NS;

#[derive(Clone, Copy)]
pub struct Chaos {
    pub faults_percent: u64,
    pub crashes: u32,
    /// Reports that a crash takes with it, since they were not acknowledged.
    pub lost_reports_max: usize,
}

/// Numbers that look random: splitmix64.
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, `end`.
    pub fn below(&mut self, end: i64) -> i64 {
        (self.roll() % end as u64) as i64
    }

    pub fn is(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }
}

struct ReportLog {
    ids: SchemaIds,
    values: Vec<Vec<u8>>,
}

impl Reports for ReportLog {
    fn report(&mut self, report: &ExecutionReport<'_>) {
        let mut value = Vec::new();
        encode(&self.ids, &Record::ExecutionReport(*report), &mut value);
        self.values.push(value);
    }
}

impl ReportLog {
    fn iter(&self) -> impl Iterator<Item = ExecutionReport<'_>> {
        self.values.iter().map(|value| match decode(&self.ids, value) {
            Ok(Record::ExecutionReport(report)) => report,
            other => panic!("not a report: {other:?}"),
        })
    }
}

struct Open;

impl Gate for Open {
    fn closed_until(&self, _venue: &str, _is_urgent: bool, _now: Moment) -> Option<i64> {
        None
    }

    fn is_full(&self, _venue: &str) -> bool {
        false
    }
}

/// A record of `execution.orders`; its offset is its place in the log.
#[derive(Clone)]
enum Written {
    New {
        id: String,
        time_in_force: TimeInForce,
        /// Good till then, ns since 1970.
        expires_ns: Option<i64>,
    },
    Cancel {
        id: String,
    },
}

enum Event {
    Written(Written),
    /// The market trades with the order.
    Trade {
        id: String,
    },
    /// Reaches the venue; `answered_ns` none if its answer is lost.
    Arrival {
        errand: Errand,
        signed: Moment,
        answer_delay_ns: Option<i64>,
    },
    Answer {
        errand: Errand,
        signed: Moment,
        answer: Answer,
        life: u32,
    },
    Crash,
    Restart,
}

pub struct Simulation {
    dice: Dice,
    chaos: Chaos,
    now_ns: i64,
    /// By time, then by number.
    events: BTreeMap<(i64, u64), Event>,
    numbered: u64,
    venue: Venue,
    desk: Option<Desk>,
    /// Counts routers: what was meant for a dead one is lost.
    life: u32,
    /// `execution.orders`, with the time of writing.
    orders: Vec<(Written, i64)>,
    /// `risk.inbox`, as far as it is ours.
    reports: ReportLog,
    places: u32,
    refused: u32,
}

fn id_of(number: i64) -> String {
    format!("tf-0badcafe-0-{number}-0")
}

impl Simulation {
    pub fn new(seed: u64, chaos: Chaos) -> Self {
        let mut dice = Dice(seed);
        let venue = Venue::new(&mut dice);
        let mut run = Self {
            dice,
            chaos,
            now_ns: 0,
            events: BTreeMap::new(),
            numbered: 0,
            venue,
            desk: Some(desk()),
            life: 0,
            orders: Vec::new(),
            reports: ReportLog {
                ids: SchemaIds::embedded(),
                values: Vec::new(),
            },
            places: 0,
            refused: 0,
        };
        for number in 0..ORDERS {
            let id = id_of(number);
            let at_ns = run.dice.below(BUSY_NS);
            let time_in_force = if run.dice.is(50) {
                TimeInForce::Gtc
            } else {
                TimeInForce::Ioc
            };
            // Some end by their time, and no cancel is written of them.
            let ends_by_time = time_in_force == TimeInForce::Gtc && run.dice.is(40);
            let expires_ns = ends_by_time.then(|| START_NS + at_ns + run.dice.below(BUSY_NS));
            run.at(
                at_ns,
                Event::Written(Written::New {
                    id: id.clone(),
                    time_in_force,
                    expires_ns,
                }),
            );
            for _ in 0..run.dice.below(3) {
                let at_ns = run.dice.below(BUSY_NS);
                run.at(at_ns, Event::Trade { id: id.clone() });
            }
            if ends_by_time {
                continue;
            }
            // Nothing works for ever: what did not fill is cancelled, sometimes early.
            let at_ns = if run.dice.is(20) {
                at_ns + run.dice.below(SECOND_NS)
            } else {
                BUSY_NS
            };
            run.at(at_ns + 1, Event::Written(Written::Cancel { id }));
        }
        for _ in 0..chaos.crashes {
            let at_ns = run.dice.below(BUSY_NS + 10 * SECOND_NS);
            run.at(at_ns, Event::Crash);
        }
        run
    }

    pub fn places(&self) -> u32 {
        self.places
    }

    pub fn accepted(&self) -> u32 {
        self.venue.taken.values().sum()
    }

    pub fn refused(&self) -> u32 {
        self.refused
    }

    fn at(&mut self, at_ns: i64, event: Event) {
        self.numbered += 1;
        self.events.insert((at_ns, self.numbered), event);
    }

    fn now(&self) -> Moment {
        Moment {
            wall_ns: START_NS + self.now_ns,
            steady_ns: self.now_ns,
        }
    }

    pub fn finish(&mut self) {
        loop {
            self.send_what_is_due();
            let due = self.desk.as_ref().and_then(Desk::next_due_ns);
            let next = self.events.first_key_value().map(|((at_ns, _), _)| *at_ns);
            match (next, due) {
                (Some(next), due) if due.is_none_or(|due| next <= due) => {
                    self.now_ns = self.now_ns.max(next);
                    let (_, event) = self.events.pop_first().expect("just seen");
                    self.happen(event);
                }
                (_, Some(due)) => self.now_ns = self.now_ns.max(due),
                (_, None) => break,
            }
            assert!(
                self.now_ns < END_NS,
                "orders that never end: {:?}",
                self.desk.as_ref().map(Desk::open)
            );
        }
    }

    fn send_what_is_due(&mut self) {
        let now = self.now();
        while let Some(errand) = self
            .desk
            .as_mut()
            .and_then(|desk| desk.next(now, &Open, &mut self.reports))
        {
            self.places += u32::from(errand.ask == Ask::Place);
            let signed_ns = self.now_ns + self.dice.below(2_000_000);
            let signed = Moment {
                wall_ns: START_NS + signed_ns,
                steady_ns: signed_ns,
            };
            let (there_ns, back_ns) = (1 + self.dice.below(5_000_000), 1 + self.dice.below(5_000_000));
            let (arrives_ns, life) = (signed_ns + there_ns, self.life);
            if !self.dice.is(self.chaos.faults_percent) {
                self.at(
                    arrives_ns,
                    Event::Arrival {
                        errand,
                        signed,
                        answer_delay_ns: Some(back_ns),
                    },
                );
                continue;
            }
            let unknown = Answer::Unknown("connection closed".to_owned());
            let fault = self.dice.below(6);
            if matches!(fault, 0 | 1) {
                // It arrives, some time; its answer never does.
                let late_ns = if fault == 0 { 0 } else { self.dice.below(6 * SECOND_NS) };
                let request = errand.clone();
                self.at(
                    arrives_ns + late_ns,
                    Event::Arrival {
                        errand: request,
                        signed,
                        answer_delay_ns: None,
                    },
                );
            }
            let answer = match fault {
                0..=2 => unknown,
                3 => Answer::Busy { wait_ms: None },
                4 => Answer::NotSent("connection refused".to_owned()),
                _ if errand.ask == Ask::Place => {
                    self.refused += 1;
                    Answer::Refused("-2010: Account has insufficient balance for requested action.".to_owned())
                }
                _ => Answer::Refused("-2015: Invalid API-key, IP, or permissions for action.".to_owned()),
            };
            self.at(
                arrives_ns + back_ns,
                Event::Answer {
                    errand,
                    signed,
                    answer,
                    life,
                },
            );
        }
    }

    fn happen(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Written(written) => {
                self.orders.push((written, now.wall_ns));
                let offset = self.orders.len() - 1;
                if let Some(desk) = &mut self.desk {
                    take(desk, offset, &self.orders[offset], Age::Fresh, now, &mut self.reports);
                }
            }
            Event::Trade { id } => self.venue.trade(&id, self.now_ns, &mut self.dice),
            Event::Arrival {
                errand,
                signed,
                answer_delay_ns,
            } => {
                let Errand { ask, ticket, .. } = &errand;
                let answer = self
                    .venue
                    .receive(ask, ticket, signed.steady_ns, self.now_ns, &mut self.dice);
                if let Some(delay_ns) = answer_delay_ns {
                    let life = self.life;
                    self.at(
                        self.now_ns + delay_ns,
                        Event::Answer {
                            errand,
                            signed,
                            answer,
                            life,
                        },
                    );
                }
            }
            Event::Answer {
                errand,
                signed,
                answer,
                life,
            } => {
                if let Some(desk) = self.desk.as_mut().filter(|_| life == self.life) {
                    desk.answer(&errand, answer, signed, now, &mut self.reports);
                }
            }
            Event::Crash => self.crash(),
            Event::Restart => self.restart(),
        }
    }

    fn crash(&mut self) {
        if self.desk.take().is_some() {
            self.life += 1;
            let lost = self.dice.below(self.chaos.lost_reports_max as i64 + 1) as usize;
            let kept = self.reports.values.len().saturating_sub(lost);
            self.reports.values.truncate(kept);
            let at_ns = self.now_ns + self.dice.below(3 * SECOND_NS);
            self.at(at_ns, Event::Restart);
        }
    }

    fn restart(&mut self) {
        let now = self.now();
        let mut desk = desk();
        for report in self.reports.iter() {
            desk.recall(&report);
        }
        for (offset, record) in self.orders.iter().enumerate() {
            take(&mut desk, offset, record, Age::Recovered, now, &mut self.reports);
        }
        self.desk = Some(desk);
    }

    /// What must hold once everything has come to its end.
    pub fn check(&self) {
        assert_eq!(self.desk.as_ref().expect("a living router").open(), 0);
        for (id, times) in &self.venue.taken {
            assert_eq!(*times, 1, "{id} was taken {times} times");
        }
        for (offset, (written, _)) in self.orders.iter().enumerate() {
            if let Written::New { id, expires_ns, .. } = written {
                self.check_order(offset as i64, id);
                if let Some(end_ns) = expires_ns {
                    self.check_end(id, end_ns - START_NS);
                }
            }
        }
    }

    /// What is good till a date was not cancelled before, and without faults right then.
    fn check_end(&self, id: &str, end_ns: i64) {
        let cancelled_ns = self.venue.orders.get(id).and_then(|order| order.cancelled_ns);
        let Some(cancelled_ns) = cancelled_ns else { return };
        assert!(
            cancelled_ns >= end_ns,
            "{id}: cancelled {} ns before its time",
            end_ns - cancelled_ns
        );
        if self.chaos.faults_percent == 0 && self.chaos.crashes == 0 {
            let late_ns = cancelled_ns - end_ns;
            assert!(late_ns < SECOND_NS, "{id}: cancelled {late_ns} ns behind its time");
        }
    }

    fn check_order(&self, offset: i64, id: &str) {
        let reports: Vec<_> = self
            .reports
            .iter()
            .filter(|report| report.client_order_id == id)
            .collect();
        let (last, before) = reports.split_last().unwrap_or_else(|| panic!("{id}: no report"));
        assert!(is_final(last.status), "{id}: {last:?}");
        assert!(before.iter().all(|report| !is_final(report.status)), "{id}: two ends");
        for (index, report) in reports.iter().enumerate() {
            assert_eq!(
                report.origin,
                Origin {
                    partition: 0,
                    offset,
                    index: index as i32
                },
                "{id}"
            );
        }
        let told: Vec<_> = reports.iter().filter_map(|report| report.trade_id).collect();
        assert_eq!(
            told.iter().collect::<BTreeSet<_>>().len(),
            told.len(),
            "{id}: a fill twice"
        );
        let Some(order) = self.venue.orders.get(id) else {
            let never_there = matches!(
                last.status,
                OrderStatus::Rejected | OrderStatus::Expired | OrderStatus::Cancelled
            );
            assert!(
                never_there && told.is_empty(),
                "{id}: {last:?}, but the venue never saw it"
            );
            return;
        };
        let made: Vec<_> = order.fills.iter().map(|fill| fill.trade_id.to_string()).collect();
        assert_eq!(told, made, "{id}: fills in the log, fills at the venue");
        assert_eq!(last.cumulative_quantity, order.executed(), "{id}");
        let expected = match order.standing {
            Standing::Working => panic!("{id} still works at the venue; the log says {last:?}"),
            Standing::Filled => OrderStatus::Filled,
            Standing::Cancelled => OrderStatus::Cancelled,
            Standing::Expired => OrderStatus::Expired,
            Standing::Rejected => OrderStatus::Rejected,
        };
        assert_eq!(last.status, expected, "{id}");
    }
}

fn desk() -> Desk {
    let nanoseconds = |ns: i64| std::time::Duration::from_nanos(ns as u64);
    let rules = Rules::new(
        nanoseconds(10 * SECOND_NS),
        nanoseconds(RECV_WINDOW_NS),
        nanoseconds(SETTLE_NS),
    );
    Desk::new(rules, BTreeMap::from([("binance".to_owned(), Market::Spot)]))
}

fn take(
    desk: &mut Desk,
    offset: usize,
    (written, ordered_ns): &(Written, i64),
    age: Age,
    now: Moment,
    reports: &mut ReportLog,
) {
    let origin = Origin {
        partition: 0,
        offset: offset as i64,
        index: 0,
    };
    let taken = match written {
        Written::New {
            id,
            time_in_force,
            expires_ns,
        } => {
            let order = New {
                expires_ns: *expires_ns,
                ..limit_order(origin, id, *time_in_force, *ordered_ns)
            };
            desk.take_new(origin, &order, *ordered_ns, age, now, reports)
        }
        Written::Cancel { id } => desk.take_cancel(origin, id, now),
    };
    taken.expect("a record without trouble");
}

pub fn limit_order(origin: Origin, id: &str, time_in_force: TimeInForce, ordered_ns: i64) -> New<'_> {
    New {
        origin,
        account: "main",
        strategy: "test",
        client_order_id: id,
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
        event_ns: ordered_ns,
        receive_ns: ordered_ns,
        post_only: false,
        expires_ns: None,
    }
}
