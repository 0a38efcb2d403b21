//! The session as a stage over the frame log: cut anywhere, what is missing is derived again, and nothing twice.

#[path = "../../venues/tests/support/mod.rs"]
mod recordings;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use contracts::{Entry, Record, SchemaIds, decode};
use ingestor::capture::{
    Beginning, Begun, CaptureError, Confirmed, FrameLog, FrameSettings, LogName, Place, Replay, Resumed, RunLog,
    Stretch, Written, newest_beginning,
};
use ingestor::outbox::Outbox;
use ingestor::session::{Input, LastIds, Session};
use journal::frames::{FrameReader, FrameWriter, Retention, WriterOptions, segments};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::RngCore;
use recordings::recording;
use support::{PARTITION, bitcoin};
use tapelog::LogConfig;
use tempfile::TempDir;
use venues::binance::dialect::Dialect;
use venues::venue::Venue;

const LINES: usize = 150;
const RUN: u64 = 77;
const BOOK: &str = "{\"lastUpdateId\":";
const PLACES: [(&str, i32); 2] = [("market.ticks", PARTITION), ("ops.dead_letters", 0)];

/// What the first version made of `beginning`.
const BEGINNING_1: &str = r#"{"version":1,"run":77,"venue":"binance","dead_letter_partitions":1,"redundant":false,"instruments":[
    {"listed":{"terms":{"symbol":"BTCUSDT","instrument":"BTC-USDT","base":"BTC","quote":"USDT","class":"Spot","tick_size":10000000,
    "lot_size":10000,"min_quantity":10000,"max_quantity":9000000000000,"min_notional":5000000000000000000},
    "symbol":{"name":"BTCUSDT","price":-9,"quantity":-9,"decimals":null},"partition":3},
    "resumed":{"last":{"trade":null,"quote":null,"book":null},"reason":"started again"}}],
    "places":[{"topic":"market.ticks","partition":3,"from_offset":0},{"topic":"ops.dead_letters","partition":0,"from_offset":0}]}"#;

/// A record in its partition: sequence, index, key and value.
type Written4 = (u64, u32, Vec<u8>, Vec<u8>);
type Topics = BTreeMap<(&'static str, i32), Vec<Written4>>;

fn beginning() -> Beginning {
    let begun = Begun {
        listed: bitcoin(Dialect::Spot).listed().clone(),
        resumed: Some(Resumed {
            last: LastIds::default(),
            reason: "started again".to_owned(),
        }),
    };
    let place = |(topic, partition): (&str, i32)| Place {
        topic: topic.to_owned(),
        partition,
        from_offset: 0,
        acknowledged: None,
    };
    let places = PLACES.map(place).to_vec();
    let log = LogName {
        cluster: "cluster".to_owned(),
        topic_prefix: String::new(),
    };
    Beginning::new(RUN, Venue::Binance(Dialect::Spot), vec![begun], 1, places, false).written_to(log)
}

fn open(folder: &Path, segment_bytes: u64, retention: Retention) -> Result<FrameLog, CaptureError> {
    let config = LogConfig::new("127.0.0.1:1", "", []).unwrap();
    let settings = FrameSettings {
        folder: folder.to_owned(),
        retention,
        segment_bytes,
    };
    FrameLog::open(&settings, "binance", &config, &SchemaIds::embedded())
}

fn put(topics: &mut Topics, entry: &Entry<'_>) {
    let origin = (entry.origin.offset.cast_unsigned(), entry.origin.index.cast_unsigned());
    let record = (origin.0, origin.1, entry.key.to_vec(), entry.value.to_vec());
    topics
        .entry((entry.topic.name, entry.partition))
        .or_default()
        .push(record);
}

/// A run, and all that was made of it.
struct Live {
    log: RunLog,
    session: Session,
    outbox: Outbox,
    made: Topics,
    /// How many of them the broker acknowledged, by place.
    acknowledged: [usize; 2],
    /// The venue's book by REST, and whether it is to be asked for again.
    book: String,
    is_cut: bool,
}

impl Live {
    fn begin(log: FrameLog) -> Self {
        let beginning = beginning();
        let mut live = Self {
            session: beginning.session().unwrap(),
            log: log.begin(beginning, 1).unwrap(),
            outbox: Outbox::new(SchemaIds::embedded(), 1),
            made: Topics::new(),
            acknowledged: [0; 2],
            book: String::new(),
            is_cut: false,
        };
        live.outbox.begin_frame(live.log.first());
        live.session.start(1, &mut live.outbox);
        live.flush();
        live
    }

    fn take(&mut self, input: Input<'_>, receive_ns: i64) {
        let Self {
            log,
            session,
            made,
            acknowledged,
            ..
        } = self;
        let standing = |next| Some((&*session, confirmed(made, *acknowledged, next)));
        self.outbox
            .begin_frame(log.append(input, receive_ns, standing).unwrap());
        self.session.take(input, receive_ns, &mut self.outbox);
        self.flush();
    }

    /// What a market can do: a line of a recording, a frame that cannot be read, a cut with a book behind it, and a quiet second.
    fn hear(&mut self, line: &str, receive_ns: i64) {
        let (connection, payload) = (0, line.as_bytes());
        if line.starts_with(BOOK) {
            line.clone_into(&mut self.book);
            return self.hear_book(line, receive_ns);
        }
        self.take(Input::Frame { connection, payload }, receive_ns);
        if self.is_cut
            && let Some(last) = number(line, "\"u\":")
            && line.contains("depthUpdate")
        {
            let former = number(&self.book, BOOK).unwrap();
            let book = self.book.replacen(&former.to_string(), &last.to_string(), 1);
            self.hear_book(&book, receive_ns);
            self.is_cut = false;
        }
        match receive_ns % 100 {
            40 => {
                let payload = &payload[..payload.len() / 2];
                self.take(Input::Frame { connection, payload }, receive_ns);
            }
            60 if receive_ns < 1_000 => {
                let reason = "reset by peer";
                self.take(Input::Closed { connection, reason }, receive_ns);
                self.take(Input::Opened { connection }, receive_ns);
                self.is_cut = true;
            }
            80 => self.take(Input::Time, receive_ns + 5_000_000_000),
            _ => {}
        }
    }

    fn hear_book(&mut self, book: &str, receive_ns: i64) {
        let (instrument, body) = (0, book.as_bytes());
        self.take(Input::Snapshot { instrument, body }, receive_ns);
    }

    fn flush(&mut self) {
        for entry in self.outbox.entries() {
            put(&mut self.made, &entry);
        }
        self.outbox.clear();
    }
}

/// The number behind `key`.
fn number(json: &str, key: &str) -> Option<u64> {
    let (_, behind) = json.split_once(key)?;
    let end = behind.find(|digit: char| !digit.is_ascii_digit())?;
    behind[..end].parse().ok()
}

/// What a broker that acknowledged so many records says. A record's offset is its index.
fn confirmed(made: &Topics, acknowledged: [usize; 2], next: u64) -> Confirmed {
    let mut before = next;
    let mut places = beginning().places;
    for ((place, count), key) in places.iter_mut().zip(acknowledged).zip(PLACES) {
        let records = made.get(&key).map_or(&[][..], Vec::as_slice);
        place.from_offset = count as i64;
        let origin = |record: &Written4| (record.0, record.1);
        place.acknowledged = count.checked_sub(1).map(|last| origin(&records[last]));
        before = before.min(records.get(count).map_or(next, |first| first.0));
    }
    Confirmed { before, places }
}

/// The log of a run, and what was written of it.
fn undisturbed(folder: &Path, lines: &[String]) -> Topics {
    let mut live = Live::begin(open(folder, 256 << 20, Retention::default()).unwrap());
    live.take(Input::Opened { connection: 0 }, 2);
    for (line, receive_ns) in lines.iter().zip(10_i64..) {
        live.hear(line, receive_ns);
    }
    live.made
}

/// A log in small files of a run whose broker never lagged.
fn acknowledged_at_once(folder: &Path, lines: &[String]) {
    let mut live = Live::begin(open(folder, 256 << 10, Retention::default()).unwrap());
    live.take(Input::Opened { connection: 0 }, 2);
    for (line, receive_ns) in lines.iter().zip(10_i64..) {
        live.hear(line, receive_ns);
        live.acknowledged = PLACES.map(|key| live.made.get(&key).map_or(0, Vec::len));
    }
}

/// A log with the first `frames` of another: what a crash leaves.
fn cut(whole: &Path, frames: u64) -> TempDir {
    // In memory where the machine has that: hundreds of logs, each seen onto the disk, are not what is tested here.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    };
    let options = WriterOptions {
        segment_bytes: 1 << 20,
        ..WriterOptions::new("binance")
    };
    let mut reader = FrameReader::from_oldest(whole).unwrap();
    let mut writer = FrameWriter::open(folder.path(), options).unwrap();
    while writer.next_sequence() < frames {
        let frame = reader.next_frame().unwrap().unwrap();
        writer
            .append(frame.connection, frame.receive_ns, frame.payload)
            .unwrap();
    }
    folder
}

/// The tail rule, as the ingestor follows it: everything that is not past the highest origin of its partition is there. Returns the frames that
/// were played.
fn recover(folder: &Path, topics: &mut Topics) -> u64 {
    let stretch = Stretch::newest(folder).unwrap().unwrap();
    assert_eq!(stretch.run, RUN);
    let mut written = Written::default();
    for (place, key) in stretch.confirmed.places.iter().zip(PLACES) {
        let topic = contracts::Topic::named(key.0).unwrap();
        let from = usize::try_from(place.from_offset).unwrap();
        let read = topics.get(&key).map_or(&[][..], |records| &records[from..]);
        let read = read.iter().map(|(sequence, index, ..)| (*sequence, *index));
        for (sequence, index) in place.acknowledged.into_iter().chain(read) {
            written.add(topic, key.1, sequence, index);
        }
    }
    let mut replay = Replay::from_sequence(folder, stretch.first, SchemaIds::embedded()).unwrap();
    let mut frames = 0;
    while replay.play().unwrap().is_some() {
        frames += 1;
        let outbox = replay.outbox().unwrap();
        for entry in outbox.entries().filter(|entry| !written.holds(entry)) {
            put(topics, &entry);
        }
        outbox.clear();
    }
    frames
}

fn lines(count: usize) -> Option<Vec<String>> {
    let mut all = recording("spot/btcusdt_20240808.gz")?;
    all.truncate(count);
    Some(all)
}

#[test]
fn a_run_that_is_cut_anywhere_is_made_whole_and_nothing_is_there_twice() {
    let Some(lines) = lines(LINES) else { return };
    let whole = tempfile::tempdir().unwrap();
    let expected = undisturbed(whole.path(), &lines);
    let total: usize = expected.values().map(Vec::len).sum();
    assert!(total > LINES && expected.len() == 2, "ticks and dead letters");
    let frames = FrameWriter::open(whole.path(), WriterOptions::new("binance"))
        .unwrap()
        .next_sequence();
    let mut chance = Pcg64::new(7, 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96);
    for kept in 1..=frames {
        let folder = cut(whole.path(), kept);
        let made: Topics = expected
            .iter()
            .map(|(place, records)| {
                let of_kept = records.iter().filter(|(sequence, ..)| *sequence < kept);
                (*place, of_kept.cloned().collect::<Vec<_>>())
            })
            .filter(|(_, records)| !records.is_empty())
            .collect();
        // Each partition was written up to anywhere.
        let mut topics = made.clone();
        for records in topics.values_mut() {
            records.truncate((chance.next_u32() as usize) % (records.len() + 1));
        }
        topics.retain(|_, records| !records.is_empty());
        recover(folder.path(), &mut topics);
        assert_eq!(topics, made, "{kept} frames");
        // Again, as after a crash behind the last write: nothing is added.
        recover(folder.path(), &mut topics);
        assert_eq!(topics, made, "{kept} frames, twice");
    }
}

/// Small files, of which hardly any may be kept, and a broker that lags now, and is away then.
#[test]
fn a_run_whose_first_files_are_long_deleted_is_made_whole_from_where_it_went_on() {
    let Some(lines) = lines(12_000) else { return };
    let folder = tempfile::tempdir().unwrap();
    let retention = Retention {
        total_bytes: Some(256 << 10),
        age_ns: None,
    };
    let mut live = Live::begin(open(folder.path(), 256 << 10, retention).unwrap());
    live.take(Input::Opened { connection: 0 }, 2);
    let mut chance = Pcg64::new(11, 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96);
    let mut below = |end: usize| (chance.next_u32() as usize) % end;
    let (mut least, mut most) = (u64::MAX, 0);
    for (line, receive_ns) in lines.iter().zip(10_i64..) {
        live.hear(line, receive_ns);
        let is_away = (5_000..9_000).contains(&receive_ns);
        for (acknowledged, key) in live.acknowledged.iter_mut().zip(PLACES) {
            let made = live.made.get(&key).map_or(0, Vec::len);
            if !is_away && below(5) == 0 {
                *acknowledged = made - below(made - *acknowledged + 1).min(20);
            }
        }
        if receive_ns % 997 != 0 {
            continue;
        }
        // A crash here: each partition holds what was acknowledged, and perhaps more.
        let mut topics = live.made.clone();
        for (acknowledged, key) in live.acknowledged.iter().zip(PLACES) {
            if let Some(records) = topics.get_mut(&key) {
                records.truncate(acknowledged + below(records.len() - acknowledged + 1));
            }
        }
        let played = recover(folder.path(), &mut topics);
        assert!(topics == live.made, "after {receive_ns} lines");
        assert_eq!(recover(folder.path(), &mut topics), played);
        assert!(topics == live.made, "after {receive_ns} lines, twice");
        (least, most) = match is_away {
            false => (least.min(played), most),
            true => (least, most.max(played)),
        };
    }
    let frames = live.log.next_sequence();
    assert!(least < frames / 4 && most > frames / 4, "{least} {most} {frames}");
    let oldest = FrameReader::from_oldest(folder.path()).unwrap().next_sequence();
    // How far behind the newest frame depends on a thread that deletes, and which a busy machine lets wait.
    assert!(oldest > frames / 8, "{oldest} of {frames}");
    // Each session that was written down is the one that the frames before make.
    let mut replay = Replay::from_sequence(folder.path(), oldest, SchemaIds::embedded())
        .unwrap()
        .comparing();
    while replay.play().unwrap().is_some() {}
    let compared = replay.comparison().unwrap();
    assert!(compared.equal >= 2 && compared.different == 0, "{compared:?}");
    // Derived into topics of their own, the terms come first there too.
    let replay = Replay::from_sequence(folder.path(), oldest, SchemaIds::embedded());
    let mut derived = replay.unwrap().into_empty();
    assert_eq!(derived.play().unwrap(), Some(oldest));
    let first = derived.outbox().unwrap().entries().next().unwrap();
    let record = decode(&SchemaIds::embedded(), first.value).unwrap();
    assert!(matches!(record, Record::Instrument(_)), "{record:?}");
}

/// A power failure amid the newest place at which the run goes on, while the broker was ahead of the disk: the one before it is played.
#[test]
fn where_a_torn_place_is_the_newest_the_one_before_it_is_played() {
    let Some(lines) = lines(4_000) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut live = Live::begin(open(folder.path(), 256 << 10, Retention::default()).unwrap());
    live.take(Input::Opened { connection: 0 }, 2);
    for (line, receive_ns) in lines.iter().zip(10_i64..) {
        live.hear(line, receive_ns);
        for (acknowledged, key) in live.acknowledged.iter_mut().zip(PLACES) {
            *acknowledged = live.made.get(&key).map_or(0, Vec::len).saturating_sub(3);
        }
    }
    let Live { made, log, .. } = live;
    // Its files have their names by then.
    drop(log);
    let (torn, beginning) = newest_beginning(folder.path()).unwrap().unwrap();
    assert!(torn > 1_000 && beginning.confirmed_before.is_some());
    // No file behind it had its name before it was on the disk.
    for behind in segments(folder.path())
        .unwrap()
        .iter()
        .filter(|file| file.first_sequence > torn)
    {
        fs::remove_file(&behind.path).unwrap();
    }
    let file = folder.path().join(format!("{torn:020}.frames"));
    let mut bytes = fs::read(&file).unwrap();
    // Behind the headers of the file and of its first frame.
    bytes[1_000..].fill(0);
    fs::write(&file, bytes).unwrap();
    let (newest, _) = newest_beginning(folder.path()).unwrap().unwrap();
    assert!((1..torn).contains(&newest), "{newest}");
    // Some of the frames before it are lacked in one place; the other holds more than the log.
    let of_log = |records: &[Written4]| records.partition_point(|(sequence, ..)| *sequence < torn);
    let mut topics = made.clone();
    let ticks = topics.get_mut(&PLACES[0]).unwrap();
    let mut expected = made.clone();
    expected.get_mut(&PLACES[0]).unwrap().truncate(of_log(ticks));
    ticks.truncate(of_log(ticks) - 20);
    let played = recover(folder.path(), &mut topics);
    assert!((1..torn).contains(&played), "{played}");
    assert!(topics == expected);
    // As is done at the next start.
    drop(open(folder.path(), 256 << 10, Retention::default()).unwrap());
    recover(folder.path(), &mut topics);
    assert!(topics == expected);
}

#[test]
fn a_session_that_is_another_than_the_played_one_is_told_by_its_frame() {
    let Some(lines) = lines(2_000) else { return };
    let whole = tempfile::tempdir().unwrap();
    acknowledged_at_once(whole.path(), &lines);
    let folder = tempfile::tempdir().unwrap();
    let mut reader = FrameReader::from_oldest(whole.path()).unwrap();
    let mut writer = FrameWriter::open(folder.path(), WriterOptions::new("binance")).unwrap();
    let mut changed = None;
    while let Some(frame) = reader.next_frame().unwrap() {
        let mut payload = frame.payload.to_vec();
        if let (0xFFFD, Some(at)) = (frame.connection, payload.iter().position(|byte| *byte == b'\n'))
            && changed.is_none()
        {
            let memory = String::from_utf8(payload.split_off(at)).unwrap();
            payload.extend(memory.replacen("\"frames\":", "\"frames\":9", 1).into_bytes());
            changed = Some(frame.sequence);
        }
        writer.append(frame.connection, frame.receive_ns, &payload).unwrap();
    }
    let mut replay = Replay::from_sequence(folder.path(), 0, SchemaIds::embedded())
        .unwrap()
        .comparing();
    while replay.play().unwrap().is_some() {
        replay.outbox().unwrap().clear();
    }
    let compared = replay.comparison().unwrap();
    let told = format!("of frame {} at /frames: 9", changed.unwrap());
    assert!(
        compared.different == 1 && compared.first.as_ref().unwrap().starts_with(&told),
        "{compared:?}"
    );
}

/// Files that are in between are not read to the end: they may be hundreds.
#[test]
fn where_a_run_goes_on_is_found_without_reading_what_is_in_between() {
    let Some(lines) = lines(4_000) else { return };
    let folder = tempfile::tempdir().unwrap();
    acknowledged_at_once(folder.path(), &lines);
    let mut stretch = Stretch::newest(folder.path()).unwrap();
    let newest = stretch.as_ref().unwrap().told_at;
    let files = segments(folder.path()).unwrap();
    let in_between = files[1..].iter().filter(|file| file.first_sequence < newest);
    assert!(in_between.clone().count() > 4, "{}", files.len());
    // Whoever reads on there is told of damage.
    for file in in_between {
        let mut bytes = fs::read(&file.path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&file.path, bytes).unwrap();
    }
    let mut firsts = Vec::new();
    while let Some(found) = stretch {
        firsts.push(found.first);
        stretch = found.older(folder.path()).unwrap();
    }
    assert!(firsts.len() > 3 && firsts.is_sorted_by(|a, b| a >= b), "{firsts:?}");
    assert_eq!(firsts.last(), Some(&0), "back to the run's beginning");
}

#[test]
fn a_session_that_does_not_fit_in_a_file_is_not_made_for_each_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), 64 << 10, Retention::default())
        .unwrap()
        .begin(beginning(), 1)
        .unwrap();
    let mut session = beginning().session().unwrap();
    let mut outbox = Outbox::new(SchemaIds::embedded(), 1);
    let levels: Vec<String> = (1..5_000).map(|price| format!(r#"["{price}.0","1.0"]"#)).collect();
    let bids = levels.join(",");
    let book = format!(r#"{{"lastUpdateId":1,"bids":[{bids}],"asks":[["9999.0","1.0"]]}}"#);
    let depth =
        r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":12,"s":"BTCUSDT","U":1,"u":2,"b":[],"a":[]}}"#;
    let (connection, instrument) = (0, 0);
    for input in [
        Input::Opened { connection },
        Input::Frame {
            connection,
            payload: depth.as_bytes(),
        },
        Input::Snapshot {
            instrument,
            body: book.as_bytes(),
        },
    ] {
        session.take(input, 1, &mut outbox);
    }
    let memory_bytes = serde_json::to_vec(&session.memory()).unwrap().len();
    assert!(memory_bytes > 64 << 10, "{memory_bytes}");
    let (payload, mut asked) = ([b'x'; 1_000], 0);
    for _ in 0..2_000 {
        let standing = |before| {
            asked += 1;
            let places = beginning().places;
            Some((&session, Confirmed { before, places }))
        };
        let frame = Input::Frame {
            connection,
            payload: &payload,
        };
        log.append(frame, 1, standing).unwrap();
    }
    let files = segments(folder.path()).unwrap().len();
    let most = 1 + 2_000_000 / (4 * memory_bytes);
    assert!(files > 25 && (2..=most).contains(&asked), "{asked} of {files} files");
}

/// Before a run could go on amid the log: `{"version":1,...}`, and no memory.
#[test]
fn a_log_of_the_first_version_is_read_whole() {
    let Some(lines) = lines(LINES) else { return };
    let whole = tempfile::tempdir().unwrap();
    let expected = undisturbed(whole.path(), &lines);
    let folder = tempfile::tempdir().unwrap();
    let mut reader = FrameReader::from_oldest(whole.path()).unwrap();
    let mut writer = FrameWriter::open(folder.path(), WriterOptions::new("binance")).unwrap();
    let beginning_1 = BEGINNING_1.replace('\n', "");
    while let Some(frame) = reader.next_frame().unwrap() {
        let payload = match frame.sequence {
            // A line feed in it ends what a run is made of.
            0 => beginning_1.as_bytes(),
            _ => frame.payload,
        };
        writer.append(frame.connection, frame.receive_ns, payload).unwrap();
    }
    let mut topics = Topics::new();
    assert_eq!(recover(folder.path(), &mut topics), reader.next_sequence());
    assert_eq!(topics, expected);
    // Of a part that was written, too.
    topics
        .values_mut()
        .for_each(|records| records.truncate(records.len() / 2));
    recover(folder.path(), &mut topics);
    assert_eq!(topics, expected);
}

#[test]
fn a_run_that_does_not_name_each_place_of_its_records_is_refused() {
    for missing in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let log = open(folder.path(), 1 << 20, Retention::default()).unwrap();
        let mut beginning = beginning();
        let (topic, partition) = PLACES[missing];
        beginning.places.remove(missing);
        let refused = log.begin(beginning, 1).err().unwrap().to_string();
        assert!(refused.contains(&format!("{topic}[{partition}]")), "{refused}");
        assert!(Stretch::newest(folder.path()).unwrap().is_none(), "nothing was logged");
    }
}

#[test]
fn origins_increase_in_every_partition() {
    let Some(lines) = lines(LINES) else { return };
    let folder = tempfile::tempdir().unwrap();
    for ((topic, partition), records) in undisturbed(folder.path(), &lines) {
        let origins: Vec<_> = records
            .iter()
            .map(|(sequence, index, ..)| (*sequence, *index))
            .collect();
        assert!(origins.is_sorted_by(|a, b| a < b), "{topic}[{partition}]");
    }
}

#[test]
fn a_folder_has_one_ingestor() {
    let folder = tempfile::tempdir().unwrap();
    let open = || open(folder.path(), 1 << 20, Retention::default());
    let _first = open().unwrap();
    let refused = open().err().unwrap().to_string();
    assert!(refused.contains("is in use by another process"), "{refused}");
}
