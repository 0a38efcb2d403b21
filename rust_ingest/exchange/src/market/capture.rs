//! A recorded market: capture files of lines `<recv_ns> <message>`, plain or gzip, one after the other.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::lines::Lines;
use super::{Line, Market, MarketError};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The lines of several capture files, in their order.
pub struct Capture {
    waiting: VecDeque<PathBuf>,
    current: Option<OpenCapture>,
}

struct OpenCapture {
    path: PathBuf,
    lines: Lines<Box<dyn Read + Send>>,
    count: u64,
}

impl Capture {
    /// A capture of `paths`; they are opened when their turn comes.
    pub fn new(paths: &[PathBuf]) -> Capture {
        Capture {
            waiting: paths.iter().cloned().collect(),
            current: None,
        }
    }
}

impl Market for Capture {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, MarketError> {
        loop {
            let open = match self.current.take() {
                Some(open) => open,
                None => match self.waiting.pop_front() {
                    Some(path) => OpenCapture::open(path)?,
                    None => return Ok(None),
                },
            };
            let open = self.current.insert(open);
            if open
                .lines
                .advance()
                .map_err(|source| open_failure(&open.path, open.count, source))?
            {
                open.count += 1;
                break;
            }
            self.current = None;
        }
        Ok(self.current.as_ref().map(|open| Line::split(open.lines.line())))
    }
}

fn open_failure(path: &Path, line: u64, source: io::Error) -> MarketError {
    MarketError::BreaksOff {
        path: path.to_path_buf(),
        line,
        source,
    }
}

impl OpenCapture {
    fn open(path: PathBuf) -> Result<OpenCapture, MarketError> {
        match open_text(&path) {
            Ok(input) => Ok(OpenCapture {
                path,
                lines: Lines::new(input),
                count: 0,
            }),
            Err(source) => Err(MarketError::Open { path, source }),
        }
    }
}

/// Opens a file as text, through a decompressor if it begins as gzip does.
fn open_text(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut file = File::open(path)?;
    let mut magic = [0; 2];
    let is_gzip = file.read_exact(&mut magic).is_ok() && magic == GZIP_MAGIC;
    file.rewind()?;
    // Several gzip members in one file are one text: recorders append a member at each start.
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}
