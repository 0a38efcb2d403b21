//! A run on its way to a broker that does not hold what it had acknowledged.

mod support;

use std::path::Path;
use std::time::Duration;

use contracts::{Kind, SchemaIds, TOPICS, Topic};
use ingestor::capture::{Beginning, Begun, Confirmed, LogName, Place, Recovery, Stretch};
use ingestor::claim::SoleWriter;
use ingestor::error::IngestError;
use ingestor::outbox::Outbox;
use ingestor::publisher::Publisher;
use ingestor::session::Input;
use journal::frames::{FrameWriter, WriterOptions};
use journal::inputs::Logged;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use support::{PARTITION, bitcoin, trade};
use tapelog::LogConfig;
use venues::binance::dialect::Dialect;
use venues::venue::Venue;

const RUN: u64 = 77;
const EMPTY: &str = "empty.";

/// librdkafka's own broker, with the topics and with empty ones beside them.
fn cluster() -> MockCluster<'static, DefaultProducerContext> {
    let cluster = MockCluster::new(1).unwrap();
    for topic in &TOPICS {
        for prefix in ["", EMPTY] {
            let name = format!("{prefix}{}", topic.name);
            cluster.create_topic(&name, topic.partitions as i32, 1).unwrap();
        }
    }
    cluster
}

fn ticks() -> &'static Topic {
    Topic::of_kind(Kind::Trade).unwrap()
}

fn beginning(log: LogName) -> Beginning {
    let begun = Begun {
        listed: bitcoin(Dialect::Spot).listed().clone(),
        resumed: None,
    };
    let place = |(topic, partition): (&str, i32)| Place {
        topic: topic.to_owned(),
        partition,
        from_offset: 0,
        acknowledged: None,
    };
    let places = [(ticks().name, PARTITION), ("ops.dead_letters", 0)].map(place);
    Beginning::new(
        RUN,
        Venue::Binance(Dialect::Spot),
        vec![begun],
        1,
        places.to_vec(),
        false,
    )
    .written_to(log)
}

/// A run of so many trades behind its beginning, and the number of the frame to come.
fn write_run(folder: &Path, beginning: &Beginning, trades: i64) -> u64 {
    let mut writer = FrameWriter::open(folder, WriterOptions::new("binance")).unwrap();
    let mut buffer = Vec::new();
    let mut append = |logged: Logged<'_>| {
        let (connection, payload) = logged.write(&mut buffer);
        writer.append(connection, 1, payload).unwrap();
    };
    append(Logged::Beginning {
        made_of: &beginning.to_json(),
        memory: &[],
    });
    append(Logged::Input(Input::Opened { connection: 0 }));
    for id in 0..trades {
        let payload = trade(id);
        append(Logged::Input(Input::Frame {
            connection: 0,
            payload: payload.as_bytes(),
        }));
    }
    writer.next_sequence()
}

#[test]
fn what_a_broker_acknowledged_and_lost_is_not_taken_for_acknowledged_when_it_is_written_again() {
    let cluster = cluster();
    let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let beginning = beginning(LogName::of(&config).unwrap());
    let next = write_run(folder.path(), &beginning, 20);
    let ids = SchemaIds::embedded();
    let writer = SoleWriter::take(&config, "binance", &["BTCUSDT".to_owned()], ticks()).unwrap();
    let mut publisher = Publisher::new(writer, config.clone(), None).unwrap();
    let outbox = Outbox::new(ids.clone(), 1);

    let recovery = Recovery::new(folder.path().to_owned(), config.clone(), ids.clone());
    assert_eq!(
        recovery.recover(&mut publisher, |_| ()).unwrap().unwrap().written,
        21,
        "terms and trades"
    );
    let confirmed = publisher.confirmed(&outbox, next).unwrap();
    assert_eq!(confirmed.before, next);

    // As a disk that was set back: nothing of it is in the topics. A version that named no log wrote this one.
    let newest = Stretch::newest(folder.path()).unwrap().unwrap();
    let stretch = Stretch {
        log: None,
        told_at: next,
        confirmed,
        ..newest
    };
    let empty = Recovery::new(folder.path().to_owned(), config.with_prefix(EMPTY), ids);
    empty.begin(&stretch, &mut publisher).unwrap();
    let Confirmed { before, places } = publisher.confirmed(&outbox, 0).unwrap();
    assert_eq!((before, places), (0, beginning.places), "the run's beginning");
    publisher.flush(Duration::from_secs(20)).unwrap();
}

#[test]
fn an_outage_of_the_broker_is_waited_out() {
    let cluster = cluster();
    let impatient = ("TAPEFLOW_KAFKA_DELIVERY_TIMEOUT_MS".to_owned(), "1000".to_owned());
    let config = LogConfig::new(&cluster.bootstrap_servers(), "", [impatient]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), &beginning(LogName::of(&config).unwrap()), 20);
    let writer = SoleWriter::take(&config, "binance", &["BTCUSDT".to_owned()], ticks()).unwrap();
    let mut publisher = Publisher::new(writer, config.clone(), None).unwrap();
    let recovery = Recovery::new(folder.path().to_owned(), config, SchemaIds::embedded());

    // It takes nothing until that was noticed.
    let not_now = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
    cluster.request_errors(RDKafkaApiKey::Produce, &[not_now; 10_000]);
    let mut told = Vec::new();
    let put_off = |error: &IngestError| {
        told.push(error.to_string());
        cluster.clear_request_errors(RDKafkaApiKey::Produce);
    };
    let recovered = recovery.recover(&mut publisher, put_off).unwrap().unwrap();
    assert!(recovered.retries > 0 && told[0].contains("was not written"), "{told:?}");
    assert_eq!((recovered.written, recovered.retries), (21, told.len() as u64));

    let again = recovery.recover(&mut publisher, |_| ()).unwrap().unwrap();
    assert_eq!((again.written, again.retries), (0, 0), "all is there, once");
}

#[test]
fn a_run_of_another_log_is_refused_by_both_names() {
    let cluster = cluster();
    let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
    let log = LogName::of(&config).unwrap();
    let writer = SoleWriter::take(&config, "binance", &["BTCUSDT".to_owned()], ticks()).unwrap();
    let mut publisher = Publisher::new(writer, config.clone(), None).unwrap();
    let other_cluster = LogName {
        cluster: "another".to_owned(),
        ..log.clone()
    };
    let other_prefix = LogName {
        topic_prefix: "another.".to_owned(),
        ..log
    };
    for other in [other_cluster, other_prefix] {
        let folder = tempfile::tempdir().unwrap();
        write_run(folder.path(), &beginning(other), 1);
        let recovery = Recovery::new(folder.path().to_owned(), config.clone(), SchemaIds::embedded());
        let Err(IngestError::Capture(refused)) = recovery.recover(&mut publisher, |_| ()) else {
            panic!("it is another log's");
        };
        let refused = refused.to_string();
        assert!(
            refused.contains("run 77 was written to another log (cluster "),
            "{refused}"
        );
        assert!(refused.contains("a folder of its own"), "{refused}");
    }
}
