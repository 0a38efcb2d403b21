//! A run as it is written to the frame log: its inputs, and at the changes of segments where it goes on.

use std::collections::VecDeque;

use crash_points::CrashPoint;
use journal::frames::{Compressor, FrameWriter};
use journal::inputs::Logged;

use super::beginning::Beginning;
use super::confirmed::Confirmed;
use super::error::CaptureError;
use super::recovery::Recovery;
use super::stretch::Stretch;
use crate::session::{Input, Session};

/// A session's memory is written down when so many times its size was logged since it last was: it takes a fifth of the disk at most.
const APART: u64 = 4;

pub struct RunLog {
    recovery: Recovery,
    writer: FrameWriter,
    _compressor: Compressor,
    beginning: Beginning,
    /// The frame with which the run began.
    began: u64,
    /// Frames at which the run begins or goes on, oldest first: the first one is where it would be played from after a crash.
    known: VecDeque<u64>,
    /// Payloads logged since the session's memory was last made.
    since_bytes: u64,
    /// What the newest memory took.
    memory_bytes: u64,
    /// What was told already.
    told: Told,
    /// Memory for frames that are put together, used again and again.
    buffer: Vec<u8>,
}

#[derive(Debug, Default)]
struct Told {
    is_past_limits: bool,
    is_too_large: bool,
}

impl RunLog {
    pub(super) fn begin(
        recovery: Recovery,
        mut writer: FrameWriter,
        compressor: Compressor,
        beginning: Beginning,
        now_ns: i64,
    ) -> Result<Self, CaptureError> {
        let mut buffer = Vec::new();
        let made_of = beginning.to_json();
        let logged = Logged::Beginning {
            made_of: &made_of,
            memory: &[],
        };
        let (connection, payload) = logged.write(&mut buffer);
        let sequence = writer.append(connection, now_ns, payload)?;
        writer.sync()?;
        writer.need_from(sequence);
        Ok(Self {
            recovery,
            writer,
            _compressor: compressor,
            beginning,
            began: sequence,
            known: VecDeque::from([sequence]),
            since_bytes: 0,
            memory_bytes: 0,
            told: Told::default(),
            buffer,
        })
    }

    /// How the run is written once more.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The frame with which the run begins, as long as it is not known to go on behind it.
    pub fn first(&self) -> u64 {
        self.known[0]
    }

    /// The number of the frame to come.
    pub fn next_sequence(&self) -> u64 {
        self.writer.next_sequence()
    }

    /// From where it is to be played, with so much confirmed.
    pub fn stretch(&self, confirmed: Confirmed) -> Stretch {
        let mut known = self.known.iter().rev().copied();
        Stretch {
            run: self.beginning.run,
            began: Some(self.began),
            first: known.find(|first| *first <= confirmed.before).unwrap_or(self.first()),
            confirmed,
            log: self.beginning.log.clone(),
            told_at: u64::MAX,
        }
    }

    /// Appends an input that was received at `receive_ns`, before the session takes it, and returns its number. Where it begins a segment, the
    /// run goes on there first: `standing` tells the session as it is, and what is confirmed; none where that is not known.
    #[inline]
    pub fn append<'a>(
        &mut self,
        input: Input<'_>,
        receive_ns: i64,
        standing: impl FnOnce(u64) -> Option<(&'a Session, Confirmed)>,
    ) -> Result<u64, CaptureError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let (connection, payload) = Logged::Input(input).write(&mut buffer);
        if !self.writer.has_room(payload.len())
            && self.is_apart()
            && let Some((session, confirmed)) = standing(self.next_sequence())
        {
            self.go_on(session, confirmed, receive_ns)?;
        }
        let sequence = self.writer.append(connection, receive_ns, payload)?;
        self.since_bytes += payload.len() as u64;
        self.buffer = buffer;
        Ok(sequence)
    }

    /// Enough was logged since the session's memory was last made.
    fn is_apart(&self) -> bool {
        self.since_bytes >= APART * self.memory_bytes
    }

    #[cold]
    fn go_on(&mut self, session: &Session, confirmed: Confirmed, receive_ns: i64) -> Result<(), CaptureError> {
        let memory = serde_json::to_vec(&session.memory()).expect("plain values");
        self.memory_bytes = memory.len() as u64;
        if !self.is_apart() {
            return Ok(());
        }
        let before = confirmed.before;
        let made_of = self.beginning.going_on(self.began, confirmed).to_json();
        let mut buffer = Vec::with_capacity(made_of.len() + memory.len() + 1);
        let logged = Logged::Beginning {
            made_of: &made_of,
            memory: &memory,
        };
        let (connection, payload) = logged.write(&mut buffer);
        if payload.len() > self.writer.payload_bytes_max() {
            self.tell_too_large(payload.len());
            // It is not made for each file: like any other, again where so many times its size was logged.
            self.since_bytes = 0;
            return Ok(());
        }
        let sequence = self.writer.append_first(connection, receive_ns, payload)?;
        crash_points::pass(CrashPoint::GoneOn);
        // Where the newest memory that is surely on the disk is played from: this one is not there yet.
        self.writer.need_from(self.first());
        self.known.push_back(sequence);
        while self.known.get(1).is_some_and(|next| *next <= before) {
            self.known.pop_front();
        }
        self.since_bytes = 0;
        Ok(())
    }

    fn tell_too_large(&mut self, bytes: usize) {
        if !std::mem::replace(&mut self.told.is_too_large, true) {
            tracing::warn!(
                bytes,
                "the session does not fit in a file of the frame log, so that the next start plays the whole run, and all of it is \
                 kept: raise --frames-file"
            );
        }
    }

    /// Tells, once each time, if more is kept than the limits allow.
    pub fn watch_limits(&mut self) {
        let is_past_limits = self.writer.is_past_limits();
        if is_past_limits && !self.told.is_past_limits {
            tracing::warn!(
                "more frames are kept than --frames-keep and --frames-keep-for allow: the broker has not acknowledged all that is \
                 made of them, and the next start may need them"
            );
        }
        self.told.is_past_limits = is_past_limits;
    }
}
