//! Reading chosen partitions, all over one connection.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use contracts::{Batch, Topic};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use crate::inspector::{self, Watermarks};
use crate::intake::{Incoming, Intake, Place};
use crate::lane::{Assignment, Lane, Start, Times};
use crate::{LogConfig, ReadError};

/// While no record comes, what librdkafka says of its connections is heard this often.
const EVENTS: Duration = Duration::from_millis(100);

/// Partitions that share a connection and its queue. What is fetched is sorted into the partitions; whoever waits is woken
/// by a record of any of them.
pub struct Reader {
    intake: Intake,
    config: LogConfig,
    /// What each partition held when the reader was opened.
    opened: Vec<Watermarks>,
    lanes: Mutex<Lanes>,
}

struct Lanes {
    all: Vec<Lane>,
    /// Of the last message, and where that came from: the next one is most often its neighbour.
    last: usize,
    last_place: Option<Place>,
    /// The last one served by `next_of_any`.
    served: usize,
    /// Comes after the records that were read before it.
    error: Option<ReadError>,
}

impl Lanes {
    /// Puts a record into its lane; how many are pending there now.
    fn put(&mut self, message: &Incoming<'_>) -> usize {
        let place = Some(message.place());
        if self.last_place != place {
            match self.all.iter().position(|lane| lane.is(message)) {
                Some(index) => (self.last, self.last_place) = (index, place),
                None => return 0,
            }
        }
        let lane = &mut self.all[self.last];
        lane.push(message);
        lane.pending()
    }
}

impl Reader {
    /// Checks that every partition is there and holds its start. Waits up to 30 s for the broker.
    pub fn open(config: &LogConfig, assignments: &[Assignment], times: Times) -> Result<Self, ReadError> {
        let consumer = inspector::consumer(config)?;
        let mut list = TopicPartitionList::with_capacity(assignments.len());
        let mut lanes = Vec::with_capacity(assignments.len());
        let mut opened = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let Assignment { topic, partition, .. } = *assignment;
            let marks = inspector::watermarks(&consumer, config, topic, partition)?;
            let offset = assignment.first_offset(config, marks)?;
            let name = config.name_of(topic);
            list.add_partition_offset(&name, partition, Offset::Offset(offset))
                .map_err(|error| failed(&name, &error))?;
            lanes.push(Lane::new(topic, partition, name, offset, times));
            opened.push(marks);
        }
        let intake = Intake::new(consumer, &list).map_err(|error| failed(&names(&lanes), &error))?;
        Ok(Self {
            intake,
            config: config.clone(),
            opened,
            lanes: Mutex::new(Lanes {
                all: lanes,
                last: 0,
                last_place: None,
                served: 0,
                error: None,
            }),
        })
    }

    /// Records of assignment `index`, at most `max_records`; empty when there is none.
    ///
    /// Waits up to `timeout` for the first record of *any* partition, and not at all while another partition has records
    /// that nobody took yet: ask for those. Fails for good: every later call fails too.
    ///
    /// # Panics
    /// If there is no such assignment.
    pub fn next_batch(&self, index: usize, max_records: usize, timeout: Duration) -> Result<Batch, ReadError> {
        let mut lanes = self.lanes();
        self.fill(&mut lanes, index, max_records, timeout);
        match &lanes.error {
            Some(error) if lanes.all[index].pending() == 0 => Err(error.clone()),
            _ => Ok(lanes.all[index].take()),
        }
    }

    /// Records of whichever partition has some, at most `max_records`; empty when there is none within `timeout`.
    pub fn next_of_any(&self, max_records: usize, timeout: Duration) -> Result<Batch, ReadError> {
        let mut lanes = self.lanes();
        let first = lanes.last;
        self.fill(&mut lanes, first, max_records, timeout);
        // In turn, or a busy partition would keep the others waiting.
        let count = lanes.all.len();
        let mut turns = (1..=count).map(|step| (lanes.served + step) % count);
        let found = turns.find(|index| lanes.all[*index].pending() > 0);
        match (found, &lanes.error) {
            (Some(index), _) => {
                lanes.served = index;
                Ok(lanes.all[index].take())
            }
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Ok(Batch::default()),
        }
    }

    /// Offset behind the last record handed out of assignment `index`.
    ///
    /// # Panics
    /// If there is no such assignment.
    pub fn position(&self, index: usize) -> i64 {
        self.lanes().all[index].position
    }

    /// What assignment `index` held when the reader was opened.
    ///
    /// # Panics
    /// If there is no such assignment.
    pub fn opened(&self, index: usize) -> Watermarks {
        self.opened[index]
    }

    /// What assignment `index` holds now. Waits up to 30 s for the broker.
    ///
    /// # Panics
    /// If there is no such assignment.
    pub fn watermarks(&self, index: usize) -> Result<Watermarks, ReadError> {
        let (topic, partition) = {
            let lanes = self.lanes();
            (lanes.all[index].topic, lanes.all[index].partition)
        };
        inspector::watermarks(self.intake.consumer(), &self.config, topic, partition)
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sorts what is fetched into its lanes, until one of them is full or nothing more is there.
    fn fill(&self, lanes: &mut Lanes, wanted: usize, max_records: usize, timeout: Duration) {
        let deadline = Instant::now() + timeout;
        let mut wait = lanes.all.iter().all(|lane| lane.pending() == 0);
        if lanes.all.get(wanted).is_none_or(|lane| lane.pending() >= max_records) {
            return;
        }
        while lanes.error.is_none() {
            let left = if wait {
                deadline.saturating_duration_since(Instant::now())
            } else {
                Duration::ZERO
            };
            let mut errors = Vec::new();
            let mut is_full = false;
            let found = self.intake.take(whole_ms(left.min(EVENTS)), |message| {
                match message {
                    Ok(message) => {
                        wait = false;
                        is_full = lanes.put(&message) >= max_records;
                    }
                    Err(error) => errors.push(error),
                }
                match is_full || !errors.is_empty() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            self.intake.serve_events(|error| errors.push(error));
            lanes.error = errors.iter().find_map(|error| self.judge(error, &lanes.all));
            if is_full || (!found && (left.is_zero() || Instant::now() >= deadline)) {
                return;
            }
        }
    }

    /// The error as the end of reading; `None` for what librdkafka itself mends, such as a broker that went away.
    fn judge(&self, error: &KafkaError, lanes: &[Lane]) -> Option<ReadError> {
        use RDKafkaErrorCode as Code;
        if let Some(refused) = inspector::refused(error, || names(lanes)) {
            return Some(refused);
        }
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Some(failed(&names(lanes), error));
        }
        match error.rdkafka_error_code() {
            Some(Code::AutoOffsetReset | Code::OffsetOutOfRange) => {
                let missed = lanes.iter().find_map(|lane| self.missed(lane));
                // librdkafka has stopped that partition even where the broker now holds the offset again.
                Some(missed.unwrap_or_else(|| failed(&names(lanes), error)))
            }
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => {
                lanes.iter().find_map(|lane| self.missed(lane))
            }
            _ => None,
        }
    }

    /// Why the lane cannot go on from where it is, if it cannot.
    fn missed(&self, lane: &Lane) -> Option<ReadError> {
        match inspector::watermarks(self.intake.consumer(), &self.config, lane.topic, lane.partition) {
            Ok(marks) if (marks.low..=marks.high).contains(&lane.position) => None,
            Ok(marks) => Some(ReadError::out_of_range(
                lane.name.clone(),
                lane.partition,
                lane.position,
                marks,
            )),
            Err(error) => Some(error),
        }
    }
}

/// One partition of a reader.
#[derive(Clone)]
pub struct PartitionReader {
    reader: Arc<Reader>,
    index: usize,
}

impl PartitionReader {
    /// The partition alone, over its own connection. As `Reader::open`, with the time of each record.
    pub fn open(config: &LogConfig, topic: &'static Topic, partition: i32, start: Start) -> Result<Self, ReadError> {
        let assignment = Assignment {
            topic,
            partition,
            start,
        };
        let reader = Arc::new(Reader::open(config, &[assignment], Times::OfEach)?);
        Ok(Self { reader, index: 0 })
    }

    /// As `Reader::next_batch`.
    pub fn next_batch(&self, max_records: usize, timeout: Duration) -> Result<Batch, ReadError> {
        self.reader.next_batch(self.index, max_records, timeout)
    }

    /// Offset behind the last record handed out.
    pub fn position(&self) -> i64 {
        self.reader.position(self.index)
    }

    /// What the partition held when it was opened.
    pub fn opened(&self) -> Watermarks {
        self.reader.opened(self.index)
    }

    /// What the partition holds now. Waits up to 30 s for the broker.
    pub fn watermarks(&self) -> Result<Watermarks, ReadError> {
        self.reader.watermarks(self.index)
    }
}

/// Rounded up: rdkafka waits for whole milliseconds, and asks without a rest for what is left of one.
fn whole_ms(time: Duration) -> Duration {
    Duration::from_millis(time.as_nanos().div_ceil(1_000_000) as u64)
}

fn names(lanes: &[Lane]) -> String {
    let all: Vec<_> = lanes
        .iter()
        .map(|lane| format!("{}[{}]", lane.name, lane.partition))
        .collect();
    all.join(", ")
}

fn failed(topics: &str, error: &KafkaError) -> ReadError {
    ReadError::Failed {
        topics: topics.to_owned(),
        reason: error.to_string(),
    }
}
