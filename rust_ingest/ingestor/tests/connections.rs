//! Connections to venues that close, hang, refuse and are late, over real sockets.

#[path = "support/venue.rs"]
mod venue;

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use ingestor::error::IngestError;
use ingestor::feed::connection::Connection;
use ingestor::feed::endpoints::Endpoints;
use ingestor::feed::frames::FrameReader;
use ingestor::feed::limits::{Limits, limits};
use ingestor::feed::listener::{Heard, Listener};
use ingestor::feed::opener::Opener;
use ingestor::feed::pace::Limit;
use ingestor::feed::stop::Stop;
use ingestor::session::Opening;
use tokio::runtime;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep, timeout};
use venue::{Turn, Venue};
use venues::dialect::Probe;

/// Notes what it hears, in order.
#[derive(Default)]
struct Notebook {
    heard: Vec<String>,
    /// Texts to send on a connection.
    replies: Vec<(u16, String)>,
    openings: Vec<Instant>,
    probe: Option<Probe>,
    /// Each read takes so long, as with a slow broker.
    slow: Duration,
    deaf: Duration,
}

impl Listener for Notebook {
    fn venue(&self) -> &'static str {
        "test"
    }

    fn opening(&self, connection: u16) -> Opening {
        Opening {
            path: format!("/feed/{connection}"),
            messages: vec![format!("subscribe {connection}")],
        }
    }

    fn probe(&self) -> Probe {
        self.probe.clone().unwrap_or(Probe::WebSocket)
    }

    fn connecting(&mut self, _connection: u16, _endpoint: &str) {}

    fn opened(&mut self, connection: u16) -> Result<(), IngestError> {
        self.openings.push(Instant::now());
        self.heard.push(format!("{connection} opened"));
        Ok(())
    }

    fn closed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        self.heard.push(format!("{connection} closed: {reason}"));
        Ok(())
    }

    fn read(&mut self, connection: u16, reader: &mut FrameReader) -> Result<Heard, IngestError> {
        let mut heard = Heard::default();
        heard.messages(reader, |message| {
            self.heard
                .push(format!("{connection} {}", String::from_utf8_lossy(message)));
            Ok::<(), IngestError>(())
        })?;
        std::thread::sleep(self.slow);
        self.deaf += self.slow;
        Ok(heard)
    }

    fn replies(&mut self, connection: u16) -> Vec<String> {
        let (now, later) = self.replies.drain(..).partition(|(to, _)| *to == connection);
        self.replies = later;
        let now: Vec<(u16, String)> = now;
        now.into_iter().map(|(_, text)| text).collect()
    }

    fn deaf(&self) -> Duration {
        self.deaf
    }
}

struct Bench {
    notebook: Rc<RefCell<Notebook>>,
    tasks: JoinSet<Result<(), IngestError>>,
    stop: watch::Sender<bool>,
}

impl Bench {
    /// `connections` of them, each over all the venues in this order.
    fn connect(connections: u16, venues: &[&Venue], stale_after: Duration, limits: Limits) -> Self {
        let (stop, requested) = watch::channel(false);
        let opener = Rc::new(Opener::new(limits));
        let mut bench = Self {
            notebook: Rc::default(),
            tasks: JoinSet::new(),
            stop,
        };
        for number in 0..connections {
            let endpoints = venues.iter().map(|venue| venue.endpoint.clone()).collect();
            let endpoints = Endpoints::new(endpoints).unwrap();
            let (notebook, opener) = (Rc::clone(&bench.notebook), Rc::clone(&opener));
            let stop = Stop::when(requested.clone());
            let connection = Connection::new(number, endpoints, stale_after, notebook, opener, stop);
            bench.tasks.spawn_local(connection.run());
        }
        bench
    }

    fn one(venues: &[&Venue]) -> Self {
        Self::connect(1, venues, Duration::from_secs(20), limits("binance"))
    }

    fn heard(&self) -> Vec<String> {
        self.notebook.borrow().heard.clone()
    }

    async fn until(&self, lines: usize) -> Vec<String> {
        wait_for(|| self.notebook.borrow().heard.len() >= lines).await;
        self.heard()
    }
}

async fn wait_for(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting)
        .await
        .expect("it comes to that in time");
}

fn on_one_thread(test: impl Future<Output = ()>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

fn said(messages: &[&str]) -> Vec<String> {
    messages.iter().copied().map(str::to_owned).collect()
}

#[test]
fn a_lost_connection_is_opened_and_subscribed_again() {
    on_one_thread(async {
        let turns = [
            Turn::Close(said(&["1", "2"])),
            Turn::Cut(said(&["3"])),
            Turn::Serve(said(&["4"])),
        ];
        let venue = Venue::start(turns).await;
        let bench = Bench::one(&[&venue]);
        let heard = bench.until(9).await;
        assert_eq!(
            heard[..4],
            [
                "0 opened",
                "0 1",
                "0 2",
                "0 closed: the venue closed the connection (1001 going away)"
            ]
        );
        assert_eq!(heard[4..6], ["0 opened", "0 3"]);
        assert!(heard[6].starts_with("0 closed: "), "{heard:?}");
        assert_eq!(heard[7..], ["0 opened", "0 4"]);
        wait_for(|| venue.texts() == ["subscribe 0"]).await;
        assert_eq!(venue.paths(), ["/feed/0"; 3]);
    });
}

#[test]
fn a_venue_that_refuses_or_hangs_is_left_for_the_next_one() {
    on_one_thread(async {
        let refusing = Venue::start([Turn::Refuse, Turn::Serve(said(&["back"]))]).await;
        let hanging = Venue::start([Turn::Hang(said(&["1"]))]).await;
        let stale_after = Duration::from_millis(300);
        let bench = Bench::connect(1, &[&refusing, &hanging], stale_after, limits("binance"));
        let heard = bench.until(5).await;
        assert_eq!(
            heard,
            ["0 opened", "0 1", "0 closed: no frame for 300ms", "0 opened", "0 back"]
        );
        assert_eq!(
            (refusing.paths().len(), hanging.paths().len()),
            (2, 1),
            "in turn, and round"
        );
    });
}

#[test]
fn a_venue_that_answers_pings_is_quiet_and_not_gone() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let bench = Bench::connect(1, &[&venue], Duration::from_millis(200), limits("binance"));
        bench.until(1).await;
        sleep(Duration::from_millis(700)).await;
        venue.say("still here");
        assert_eq!(bench.until(2).await, ["0 opened", "0 still here"]);
    });
}

#[test]
fn a_venue_with_a_ping_of_its_own_is_asked_by_it() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let bench = Bench::connect(1, &[&venue], Duration::from_secs(20), limits("okx"));
        let after = Duration::from_millis(100);
        let text = "ping".to_owned();
        bench.notebook.borrow_mut().probe = Some(Probe::Text { after, text });
        wait_for(|| venue.texts() == ["subscribe 0", "ping"]).await;
    });
}

#[test]
fn a_slow_answer_is_waited_for() {
    on_one_thread(async {
        let venue = Venue::start([Turn::Late(Duration::from_millis(400))]).await;
        let bench = Bench::one(&[&venue]);
        bench.until(1).await;
        venue.say("1");
        assert_eq!(bench.until(2).await, ["0 opened", "0 1"]);
    });
}

#[test]
fn each_connection_lives_by_itself() {
    on_one_thread(async {
        let venue = Venue::start([
            Turn::Serve(Vec::new()),
            Turn::Serve(Vec::new()),
            Turn::Cut(said(&["x"])),
        ])
        .await;
        let bench = Bench::connect(3, &[&venue], Duration::from_secs(20), limits("binance"));
        let heard = bench.until(6).await;
        let count = |what: &str| heard.iter().filter(|line| line.contains(what)).count();
        assert_eq!((count("opened"), count("closed"), count(" x")), (4, 1, 1), "{heard:?}");
        assert_eq!(venue.paths().len(), 4);
        venue.say("to all");
        let heard = bench.until(9).await;
        venue.cut();
        let mut to_all: Vec<&String> = heard[6..].iter().collect();
        to_all.sort();
        assert_eq!(to_all, ["0 to all", "1 to all", "2 to all"]);
        let mut texts = venue.texts();
        texts.sort();
        texts.dedup();
        assert_eq!(texts, ["subscribe 0", "subscribe 1", "subscribe 2"]);
        bench.until(15).await;
        assert_eq!(venue.paths().len(), 7, "all three are back");
    });
}

#[test]
fn replies_go_out_on_their_connection_without_anything_heard() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let bench = Bench::connect(2, &[&venue], Duration::from_secs(20), limits("binance"));
        bench.until(2).await;
        bench.notebook.borrow_mut().replies = vec![(1, "ping".to_owned()), (1, "x".repeat(70_000))];
        wait_for(|| venue.texts().len() == 4).await;
        assert_eq!(venue.texts()[2..], ["ping".to_owned(), "x".repeat(70_000)]);
    });
}

#[test]
fn openings_keep_to_the_venues_pace() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let limit = Limit {
            times: 2,
            within: Duration::from_millis(300),
        };
        let limits = Limits {
            openings: limit,
            ..limits("okx")
        };
        let bench = Bench::connect(5, &[&venue], Duration::from_secs(20), limits);
        bench.until(5).await;
        let openings = bench.notebook.borrow().openings.clone();
        assert!(openings[4] - openings[0] >= Duration::from_millis(590), "{openings:?}");
    });
}

#[test]
fn what_comes_while_the_broker_is_slow_is_late_and_not_lost() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let stale_after = Duration::from_millis(400);
        let bench = Bench::connect(2, &[&venue], stale_after, limits("binance"));
        bench.until(2).await;
        bench.notebook.borrow_mut().slow = Duration::from_millis(600);
        for number in 0..3 {
            venue.say(&number.to_string());
        }
        let heard = bench.until(8).await;
        assert!(
            !heard.iter().any(|line| line.contains("closed")),
            "the silence was ours: {heard:?}"
        );
    });
}

#[test]
fn a_stop_ends_all_of_them() {
    on_one_thread(async {
        let served = Venue::start([]).await;
        let refusing = Venue::start(vec![Turn::Refuse; 9]).await;
        let mut bench = Bench::connect(2, &[&served], Duration::from_secs(20), limits("binance"));
        let endpoints = Endpoints::new(vec![refusing.endpoint.clone()]).unwrap();
        let (notebook, opener) = (Rc::clone(&bench.notebook), Rc::new(Opener::new(limits("binance"))));
        let stop = Stop::when(bench.stop.subscribe());
        let waiting = Connection::new(2, endpoints, Duration::from_secs(20), notebook, opener, stop);
        bench.tasks.spawn_local(waiting.run());
        bench.until(2).await;
        wait_for(|| !refusing.paths().is_empty()).await;
        bench.stop.send(true).unwrap();
        while let Some(ended) = bench.tasks.join_next().await {
            ended.unwrap().unwrap();
        }
        assert_eq!(bench.heard().len(), 2);
    });
}
