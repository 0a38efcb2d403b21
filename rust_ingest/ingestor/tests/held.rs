//! How many of a file's ticks the log holds: read backwards as far as it takes, and refused where nobody can tell.

use std::time::Duration;

use contracts::{Kind, Quote, SchemaIds, TOPICS, Topic, encode};
use ingestor::error::IngestError;
use ingestor::feed::passing::Told;
use ingestor::held::Held;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use tapelog::{LogConfig, Producer};

const PARTITION: i32 = 3;
/// In place of 200,000.
const BLOCK_RECORDS: i64 = 100;

struct Log {
    config: LogConfig,
    ids: SchemaIds,
    producer: Producer,
    // Ends with the test.
    _cluster: MockCluster<'static, DefaultProducerContext>,
}

impl Log {
    fn new() -> Self {
        let cluster = MockCluster::new(1).unwrap();
        for topic in &TOPICS {
            cluster.create_topic(topic.name, topic.partitions as i32, 1).unwrap();
        }
        let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
        Self {
            producer: Producer::new(&config).unwrap(),
            config,
            ids: SchemaIds::embedded(),
            _cluster: cluster,
        }
    }

    fn write(&self, instrument: &str, event_ns: impl IntoIterator<Item = i64>) {
        for event_ns in event_ns {
            let quote = Quote {
                venue: "truefx",
                instrument,
                price_exponent: -9,
                quantity_exponent: -9,
                event_ns: Some(event_ns),
                publish_ns: None,
                receive_ns: event_ns,
                update_id: 0,
                bid_price: 1_380_000_000,
                bid_quantity: 0,
                ask_price: 0,
                ask_quantity: 0,
                flags: 0,
            };
            let mut value = Vec::new();
            encode(&self.ids, &quote.into(), &mut value);
            self.producer
                .send(ticks(), PARTITION, instrument.as_bytes(), &value, None)
                .unwrap();
        }
        self.producer.flush(Duration::from_secs(20)).unwrap();
    }

    fn held(&self) -> Held<'_> {
        Held {
            config: &self.config,
            ids: &self.ids,
            ticks: ticks(),
            venue: "truefx",
            block_records: BLOCK_RECORDS,
        }
    }
}

fn ticks() -> &'static Topic {
    Topic::of_kind(Kind::Quote).unwrap()
}

fn told(event_ns: i64) -> Told {
    (Some(event_ns), Some(1_380_000_000), None)
}

#[test]
fn more_equal_ticks_than_are_read_in_one_go_are_all_counted() {
    let log = Log::new();
    log.write("EUR-USD", 0..50);
    log.write("EUR-USD", [50; 350]);
    let held = log.held().in_partition(PARTITION, &["EUR-USD"]).unwrap();
    let equal = held[0].iter().filter(|one| **one == told(50)).count();
    assert_eq!((equal, held[0][0]), (350, told(49)), "back to the first older one");
}

#[test]
fn a_symbol_is_found_behind_any_number_of_anothers() {
    let log = Log::new();
    log.write("EUR-USD", 0..200);
    log.write("USD-JPY", 0..450);
    let names = ["USD-JPY", "EUR-USD", "GBP-USD"];
    let held = log.held().in_partition(PARTITION, &names).unwrap();
    let newest: Vec<Option<Told>> = held.iter().map(|one| one.last().copied()).collect();
    assert_eq!(newest, [Some(told(449)), Some(told(199)), None]);
    assert!(held[0].iter().is_sorted() && held[1].iter().is_sorted(), "oldest first");
}

#[test]
fn a_whole_log_of_one_time_is_counted() {
    let log = Log::new();
    log.write("EUR-USD", [7; 250]);
    let held = log.held().in_partition(PARTITION, &["EUR-USD"]).unwrap();
    assert_eq!(held[0], vec![told(7); 250]);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let log = Log::new();
    log.write("EUR-USD", [7; 150]);
    // This broker keeps 5 MiB of a partition.
    for _ in 0..8 {
        log.producer.send(ticks(), PARTITION, b"", &[0; 800_000], None).unwrap();
        log.producer.flush(Duration::from_secs(20)).unwrap();
    }
    log.write("EUR-USD", [7; 150]);
    let refused = log.held().in_partition(PARTITION, &["USD-JPY", "EUR-USD"]).unwrap_err();
    assert!(
        matches!(&refused, IngestError::TicksOfOneTime { instrument, kept_from: 1.., .. } if instrument == "EUR-USD"),
        "{refused}"
    );
    // One tick of another time, and it is known.
    log.write("EUR-USD", [8]);
    let held = log.held().in_partition(PARTITION, &["EUR-USD"]).unwrap();
    assert_eq!(held[0].last(), Some(&told(8)));
    assert!(held[0].contains(&told(7)), "back to an older one");
}
