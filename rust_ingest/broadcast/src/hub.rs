//! Who gets what: clients with the same wishes share one buffer, so that a record is framed once for all of them.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;

use contracts::{Entry, Kind};
use fastwebsockets::OpCode;

use crate::client::Client;
use crate::frames::{self, Chunk};
use crate::handover::Handed;
use crate::metrics::Metrics;
use crate::streams::{HEADER_BYTES, Stream, Streams};
use crate::wishes::{Format, Wishes};
use crate::zmtp;

/// A buffer is handed to its clients when it has this many bytes, or all records at hand.
const CHUNK_BYTES: usize = 64 << 10;

/// Clients that want the same.
struct Audience {
    wishes: Wishes,
    /// By stream, as far as streams were met.
    wants: Vec<bool>,
    members: Vec<Rc<Client>>,
    chunk: Chunk,
}

/// A record with its place in its stream.
pub struct Numbered<'e> {
    pub entry: Entry<'e>,
    pub stream: usize,
    pub number: u64,
}

impl Numbered<'_> {
    /// When it was handed over.
    pub fn send_ns(&self) -> i64 {
        self.entry.produced_ns.unwrap_or_default()
    }
}

#[derive(Default)]
pub struct Hub {
    audiences: RefCell<Vec<Audience>>,
    clients: Cell<usize>,
    ids: Cell<u64>,
    metrics: Metrics,
}

/// One record in each form, made when somebody wants it.
#[derive(Default)]
pub struct Forms {
    text: Vec<u8>,
    json: Vec<u8>,
    avro: Vec<u8>,
    zmtp: Vec<u8>,
    /// When this publisher began: tells its numbers from those of another run.
    run_ns: i64,
}

impl Hub {
    /// A number for the next client.
    pub fn next_id(&self) -> u64 {
        self.ids.set(self.ids.get() + 1);
        self.ids.get()
    }

    pub fn clients(&self) -> usize {
        self.clients.get()
    }

    pub fn join(&self, client: Rc<Client>, wishes: Wishes) {
        let mut audiences = self.audiences.borrow_mut();
        match audiences.iter_mut().find(|audience| audience.wishes == wishes) {
            Some(audience) => audience.members.push(client),
            None => audiences.push(Audience {
                wishes,
                wants: Vec::new(),
                members: vec![client],
                chunk: Chunk::default(),
            }),
        }
        self.clients.set(self.clients.get() + 1);
        self.metrics.clients(self.clients.get());
    }

    /// Gives a client other wishes.
    pub fn change(&self, client: &Rc<Client>, wishes: Wishes) {
        self.forget(client);
        self.clients.set(self.clients.get() - 1);
        self.join(client.clone(), wishes);
    }

    fn forget(&self, client: &Client) {
        let mut audiences = self.audiences.borrow_mut();
        for audience in audiences.iter_mut() {
            audience.members.retain(|member| member.id != client.id);
        }
        audiences.retain(|audience| !audience.members.is_empty());
    }

    pub fn leave(&self, client: &Client) {
        self.forget(client);
        self.metrics.client(client.take_unsent(), client.take_sent_bytes());
        self.clients.set(self.clients.get() - 1);
        self.metrics.clients(self.clients.get());
    }

    /// A farewell to all.
    pub fn say_goodbye(&self) {
        self.each_client(Client::say_goodbye);
    }

    /// Whether nothing waits for anybody.
    pub fn all_have_all(&self) -> bool {
        let audiences = self.audiences.borrow();
        audiences
            .iter()
            .all(|audience| audience.members.iter().all(|client| client.has_all()))
    }

    /// Adds a record for all who want it, and sends what is a good piece.
    pub fn push(&self, streams: &Streams, record: &Numbered<'_>, forms: &mut Forms) {
        forms.clear();
        let mut is_full = false;
        for audience in self.audiences.borrow_mut().iter_mut() {
            if !audience.wants(streams, record.stream) {
                continue;
            }
            match forms.of(audience.wishes.format, streams, record) {
                Ok(frame) => audience.chunk.push(frame, Some(record.stream)),
                Err(error) => {
                    let kind = streams.get(record.stream).kind;
                    tracing::error!(kind = kind.name(), "a record that is no {}: {error}", kind.name());
                    audience.lose(streams, kind, 1, &self.metrics);
                }
            }
            is_full |= audience.chunk.bytes().len() >= CHUNK_BYTES;
        }
        if is_full {
            self.send(streams);
        }
    }

    /// Tells all who would have got them of records that are lost.
    pub fn lose(&self, streams: &Streams, stream: usize, count: u64) {
        let kind = streams.get(stream).kind;
        for audience in self.audiences.borrow_mut().iter_mut() {
            if audience.wants(streams, stream) {
                audience.lose(streams, kind, count, &self.metrics);
            }
        }
    }

    /// Sends what was added.
    pub fn send(&self, streams: &Streams) {
        for audience in self.audiences.borrow_mut().iter_mut() {
            audience.send(streams, &self.metrics);
        }
    }

    /// Counts what was handed over, and what clients took meanwhile.
    pub fn count(&self, handed: &Handed) {
        self.metrics.records(handed.batch.len(), handed.lost.values().sum());
        self.each_client(|client| self.metrics.client(client.take_unsent(), client.take_sent_bytes()));
    }

    fn each_client(&self, mut act: impl FnMut(&Client)) {
        for audience in self.audiences.borrow().iter() {
            audience.members.iter().for_each(|client| act(client));
        }
    }
}

impl Audience {
    fn wants(&mut self, streams: &Streams, stream: usize) -> bool {
        for index in self.wants.len()..streams.len() {
            self.wants.push(self.wishes.want(streams.get(index)));
        }
        self.wants[stream]
    }

    fn send(&mut self, streams: &Streams, metrics: &Metrics) {
        if self.chunk.is_empty() {
            return;
        }
        let chunk = Rc::new(std::mem::take(&mut self.chunk));
        for client in &self.members {
            if client.send(&chunk, |stream| streams.get(stream).kind) {
                metrics.cut_off();
            }
        }
        // Usually all have taken it by now, and its memory serves again.
        if let Some(mut chunk) = Rc::into_inner(chunk) {
            chunk.clear();
            self.chunk = chunk;
        }
    }

    /// At its place among the records.
    fn lose(&mut self, streams: &Streams, kind: Kind, count: u64, metrics: &Metrics) {
        self.send(streams, metrics);
        self.members.iter().for_each(|client| client.lose(kind, count));
    }
}

impl Forms {
    pub fn of_run(run_ns: i64) -> Self {
        Self {
            run_ns,
            ..Self::default()
        }
    }

    fn clear(&mut self) {
        self.json.clear();
        self.avro.clear();
        self.zmtp.clear();
    }

    fn of(
        &mut self,
        format: Format,
        streams: &Streams,
        record: &Numbered<'_>,
    ) -> Result<&[u8], contracts::DecodeError> {
        match format {
            Format::Avro => {
                if self.avro.is_empty() {
                    frames::append(&mut self.avro, OpCode::Binary, record.entry.value);
                }
                Ok(&self.avro)
            }
            Format::Json => {
                if self.json.is_empty() {
                    self.text.clear();
                    write_json(streams, record, &mut self.text)?;
                    frames::append(&mut self.json, OpCode::Text, &self.text);
                }
                Ok(&self.json)
            }
            Format::Zmtp => {
                if self.zmtp.is_empty() {
                    let topic = &streams.get(record.stream).topic;
                    let numbers = [record.number.cast_signed(), record.send_ns(), self.run_ns];
                    zmtp::append_message(&mut self.zmtp, topic, record.entry.value, numbers);
                }
                Ok(&self.zmtp)
            }
        }
    }
}

/// `{"kind":"Trade","sequence":7,"send_ns":1,"record":{...}}`
fn write_json(streams: &Streams, record: &Numbered<'_>, out: &mut Vec<u8>) -> Result<(), contracts::DecodeError> {
    let Stream { kind, schema_id, .. } = streams.get(record.stream);
    let (number, send_ns) = (record.number, record.send_ns());
    write!(
        out,
        "{{\"kind\":\"{}\",\"sequence\":{number},\"send_ns\":{send_ns},\"record\":",
        kind.name()
    )
    .expect("memory takes it");
    streams
        .shapes()
        .write(*schema_id, &record.entry.value[HEADER_BYTES..], out)?;
    out.push(b'}');
    Ok(())
}
