//! Connections to venues that close, hang, refuse and are late, over real sockets.

#[path = "support/venue.rs"]
mod venue;

#[path = "support/notebook.rs"]
mod notebook;

use std::rc::Rc;
use std::time::Duration;

use ingestor::feed::connection::Connection;
use ingestor::feed::endpoints::Endpoints;
use ingestor::feed::opener::Opener;
use ingestor::feed::stop::Stop;
use notebook::{Bench, limits_of, on_one_thread, wait_for};
use tokio::time::{Instant, sleep};
use venue::{Turn, Venue};
use venues::dialect::Probe;
use venues::limits::{Limit, Limits};

/// For so long a venue may say nothing. Both of them are on one thread here: with less, a machine that leaves it without a
/// processor for a moment makes a silence of its own.
const SILENT: Duration = Duration::from_secs(1);

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
        let bench = Bench::one(&[&venue.endpoint]);
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
        let bench = Bench::connect(
            1,
            &[&refusing.endpoint, &hanging.endpoint],
            SILENT,
            limits_of("binance"),
        );
        let heard = bench.until(5).await;
        assert_eq!(
            heard,
            ["0 opened", "0 1", "0 closed: no frame for 1s", "0 opened", "0 back"]
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
        let bench = Bench::connect(1, &[&venue.endpoint], SILENT, limits_of("binance"));
        bench.until(1).await;
        sleep(SILENT * 5 / 2).await;
        venue.say("still here");
        assert_eq!(bench.until(2).await, ["0 opened", "0 still here"]);
    });
}

#[test]
fn a_venue_with_a_ping_of_its_own_is_asked_by_it() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let bench = Bench::connect(1, &[&venue.endpoint], Duration::from_secs(20), limits_of("okx"));
        let after = Duration::from_millis(100);
        let text = "ping".to_owned();
        bench.notebook.borrow_mut().probe = Some(Probe::Text { after, text });
        wait_for(|| venue.texts() == ["subscribe 0", "ping"]).await;
    });
}

#[test]
fn a_venue_that_will_close_is_connected_to_anew_at_once() {
    on_one_thread(async {
        let other = Venue::start([]).await;
        let venue = Venue::start([Turn::Serve(said(&["1", "closing soon"])), Turn::Serve(said(&["2"]))]).await;
        let bench = Bench::one(&[&venue.endpoint, &other.endpoint]);
        let heard = bench.until(6).await;
        let expected = [
            "0 opened",
            "0 1",
            "0 closing soon",
            "0 closed: closing soon",
            "0 opened",
            "0 2",
        ];
        assert_eq!(heard, expected);
        assert!(
            other.paths().is_empty(),
            "nothing is wrong with the endpoint: it is not left, nor waited for"
        );
    });
}

#[test]
fn a_slow_answer_is_waited_for() {
    on_one_thread(async {
        let venue = Venue::start([Turn::Late(Duration::from_millis(400))]).await;
        let bench = Bench::one(&[&venue.endpoint]);
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
        let bench = Bench::connect(3, &[&venue.endpoint], Duration::from_secs(20), limits_of("binance"));
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
        let bench = Bench::connect(2, &[&venue.endpoint], Duration::from_secs(20), limits_of("binance"));
        bench.until(2).await;
        bench.notebook.borrow_mut().replies = vec![(1, said(&["ping", &"x".repeat(70_000)]))];
        wait_for(|| venue.texts().len() == 4).await;
        assert_eq!(venue.texts()[2..], ["ping".to_owned(), "x".repeat(70_000)]);
    });
}

#[test]
fn replies_keep_to_the_venues_pace_in_their_order() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let begun = Instant::now();
        let bench = two_texts_within(&venue, Duration::from_millis(200)).await;
        let books = ["-a", "+a", "-b", "+b", "-c", "+c"];
        bench.notebook.borrow_mut().replies = books.chunks(2).map(|book| (0, said(book))).collect();
        wait_for(|| venue.texts().len() == 7).await;
        assert_eq!(venue.texts()[1..], books, "behind the subscription");
        // With the subscription these are two at once, and two every 200 ms.
        assert!(begun.elapsed() >= Duration::from_millis(600), "{:?}", begun.elapsed());
    });
}

#[test]
fn what_waited_when_the_connection_was_lost_is_not_said_on_the_next_one() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        // Long enough for the cut to come before the second text's turn, on a busy machine too.
        let within = Duration::from_secs(2);
        let bench = two_texts_within(&venue, within).await;
        bench.notebook.borrow_mut().replies = vec![(0, said(&["-a", "+a"]))];
        wait_for(|| venue.texts().len() == 2).await;
        venue.cut();
        bench.until(3).await;
        wait_for(|| venue.texts().len() == 3).await;
        sleep(within).await;
        assert_eq!(
            venue.texts(),
            ["subscribe 0", "-a", "subscribe 0"],
            "which asks for all"
        );
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
            ..limits_of("okx")
        };
        // From before the first one's turn: when its handshake is done depends on the machine.
        let begun = Instant::now();
        let bench = Bench::connect(5, &[&venue.endpoint], Duration::from_secs(20), limits);
        bench.until(5).await;
        let last = bench.notebook.borrow().openings[4];
        assert!(last - begun >= Duration::from_millis(600), "{:?}", last - begun);
    });
}

#[test]
fn what_comes_while_the_broker_is_slow_is_late_and_not_lost() {
    on_one_thread(async {
        let venue = Venue::start([]).await;
        let bench = Bench::connect(2, &[&venue.endpoint], SILENT, limits_of("binance"));
        bench.until(2).await;
        bench.notebook.borrow_mut().slow = SILENT * 5 / 4;
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
        let mut bench = Bench::connect(2, &[&served.endpoint], Duration::from_secs(20), limits_of("binance"));
        let endpoints = Endpoints::new(vec![refusing.endpoint.clone()]).unwrap();
        let (notebook, opener) = (Rc::clone(&bench.notebook), Rc::new(Opener::new(limits_of("binance"))));
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

/// Connected to a venue that takes two texts in this time.
async fn two_texts_within(venue: &Venue, within: Duration) -> Bench {
    let limits = Limits {
        messages: Some(Limit { times: 2, within }),
        ..limits_of("coinbase_advanced")
    };
    let bench = Bench::connect(1, &[&venue.endpoint], Duration::from_secs(20), limits);
    bench.until(1).await;
    bench
}
