//! The segments of a folder, by their names.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::ReadError;
use super::segment_bytes;

/// The segment to come, or the one that is written, until it has its name: its header tells which.
const UPCOMING: &str = "upcoming.frames";
const PLAIN: &str = ".frames";
const COMPRESSED: &str = ".frames.zst";
/// What is being made: not a segment until it is renamed.
const UNFINISHED: &str = ".unfinished";
const DIGITS: usize = 20;
const BLOCK_BYTES: u64 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Plain,
    Compressed,
    /// Plain, and without its name yet: the segment before it is still on its way to the disk.
    Begun,
}

/// A file of a frame log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    pub path: PathBuf,
    pub first_sequence: u64,
    pub(super) form: Form,
}

impl SegmentFile {
    pub(super) fn new(folder: &Path, first_sequence: u64, form: Form) -> Self {
        let path = match form {
            Form::Plain => folder.join(format!("{first_sequence:0DIGITS$}{PLAIN}")),
            Form::Compressed => folder.join(format!("{first_sequence:0DIGITS$}{COMPRESSED}")),
            Form::Begun => upcoming(folder),
        };
        Self {
            path,
            first_sequence,
            form,
        }
    }

    /// Where it is made before it has its name.
    pub(super) fn unfinished(&self) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(UNFINISHED);
        path.into()
    }

    pub fn is_compressed(&self) -> bool {
        self.form == Form::Compressed
    }

    pub(super) fn is_begun(&self) -> bool {
        self.form == Form::Begun
    }

    /// Where it may stand, compressed or not.
    pub(super) fn both_paths(&self) -> [PathBuf; 2] {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        [Form::Plain, Form::Compressed].map(|form| Self::new(folder, self.first_sequence, form).path)
    }

    /// What it takes on the disk, in bytes; none if it is gone.
    pub(super) fn disk_bytes(&self) -> Result<Option<u64>, ReadError> {
        match fs::metadata(&self.path) {
            Ok(metadata) => Ok(Some(metadata.blocks() * BLOCK_BYTES)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ReadError::io(&self.path)(error)),
        }
    }

    fn parse(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (digits, form) = if let Some(digits) = name.strip_suffix(PLAIN) {
            (digits, Form::Plain)
        } else {
            (name.strip_suffix(COMPRESSED)?, Form::Compressed)
        };
        let plain = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
        Some(Self {
            path: path.to_owned(),
            first_sequence: plain.then(|| digits.parse().ok())??,
            form,
        })
    }
}

/// Where a segment is made.
pub(super) fn upcoming(folder: &Path) -> PathBuf {
    folder.join(UPCOMING)
}

/// All segments, oldest first, while a writer may be at work; of one that is there both ways, as between the two last steps of compressing,
/// the plain one.
pub fn list(folder: &Path) -> Result<Vec<SegmentFile>, ReadError> {
    // A folder is read name by name: a segment that gets another name meanwhile may be met under neither. Two looks miss it alike only if
    // it is renamed in both, and a segment is renamed once an age. Writing one takes far longer than a look, so that this ends.
    let mut before = list_alone(folder)?;
    loop {
        let files = list_alone(folder)?;
        if files == before {
            return Ok(files);
        }
        before = files;
    }
}

/// As [`list`], for the one that gives segments their names: none changes meanwhile.
pub(super) fn list_alone(folder: &Path) -> Result<Vec<SegmentFile>, ReadError> {
    let mut files = Vec::new();
    let mut is_upcoming = false;
    for path in paths(folder)? {
        files.extend(SegmentFile::parse(&path));
        is_upcoming |= path == upcoming(folder);
    }
    if is_upcoming && let Some(first_sequence) = segment_bytes::begun(&upcoming(folder))? {
        files.push(SegmentFile::new(folder, first_sequence, Form::Begun));
    }
    files.sort_unstable_by_key(|file| (file.first_sequence, file.form));
    files.dedup_by_key(|file| file.first_sequence);
    Ok(files)
}

/// What a killed process left half compressed.
pub(super) fn unfinished(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = paths(folder)?;
    found.retain(|path| {
        let made = path.extension().is_some_and(|extension| extension == &UNFINISHED[1..]);
        made && SegmentFile::parse(&path.with_extension("")).is_some_and(|file| file.is_compressed())
    });
    Ok(found)
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let entries = fs::read_dir(folder).map_err(ReadError::io(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(ReadError::io(folder))?.path());
    }
    Ok(paths)
}
