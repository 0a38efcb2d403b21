//! That the broker lost what it had acknowledged, noted beside the frame log: the topics then hold records behind a hole, and by the tail rule
//! nobody would see it any more. Nothing is written there until a person has looked.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use journal::frames::WriteError as FrameError;
use serde::{Deserialize, Serialize};
use tapelog::WriteError;

use super::error::CaptureError;

/// In the frame log's folder.
const NOTE: &str = "lost_by_broker.json";
const VERSION: u32 = 1;

/// What the broker lost, as it showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    version: u32,
    pub topic: String,
    pub partition: i32,
    /// Where a record was put.
    pub offset: i64,
    /// The last offset that had been acknowledged by then.
    pub acknowledged: i64,
}

impl Loss {
    /// Notes it, if the error tells of one, and none is noted yet: the first one is where the hole begins.
    pub fn note(folder: &Path, error: &WriteError) -> Result<(), CaptureError> {
        let WriteError::WentBack {
            topic,
            partition,
            offset,
            acknowledged,
        } = error
        else {
            return Ok(());
        };
        let path = folder.join(NOTE);
        let loss = Self {
            version: VERSION,
            topic: topic.clone(),
            partition: *partition,
            offset: *offset,
            acknowledged: *acknowledged,
        };
        match loss.write(folder, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            written => Ok(written.map_err(|source| FrameError::Io { path, source })?),
        }
    }

    fn write(&self, folder: &Path, path: &Path) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    }

    /// Fails if one is noted.
    pub fn refuse(folder: &Path) -> Result<(), CaptureError> {
        let path = folder.join(NOTE);
        let noted = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            noted => noted.map_err(|source| FrameError::Io {
                path: path.clone(),
                source,
            })?,
        };
        // A crash may have cut it: what it is there for holds all the same.
        let loss = serde_json::from_slice::<Self>(&noted).ok().map(Box::new);
        Err(CaptureError::LostByBroker {
            folder: folder.to_owned(),
            note: path,
            loss,
        })
    }
}

/// What is known of it, for people.
pub(super) fn told(loss: Option<&Loss>) -> String {
    match loss {
        Some(loss) => format!(
            "{}[{}] had acknowledged offsets up to {}, and went on at {}",
            loss.topic, loss.partition, loss.acknowledged, loss.offset
        ),
        None => "the note does not say where".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn went_back(offset: i64) -> WriteError {
        WriteError::WentBack {
            topic: "market.ticks".to_owned(),
            partition: 3,
            offset,
            acknowledged: 900,
        }
    }

    fn refused(folder: &Path) -> String {
        Loss::refuse(folder).unwrap_err().to_string()
    }

    #[test]
    fn the_first_loss_is_told_until_its_note_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        Loss::refuse(folder).unwrap();
        Loss::note(folder, &went_back(40)).unwrap();
        Loss::note(folder, &went_back(50)).unwrap();
        let told = "market.ticks[3] had acknowledged offsets up to 900, and went on at 40";
        assert!(refused(folder).contains(told), "{}", refused(folder));
        fs::remove_file(folder.join(NOTE)).unwrap();
        Loss::refuse(folder).unwrap();
    }

    #[test]
    fn a_note_that_a_crash_cut_is_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NOTE), "{\"vers").unwrap();
        assert!(refused(folder.path()).contains("does not say where"));
    }

    #[test]
    fn an_outage_is_no_loss() {
        let folder = tempfile::tempdir().unwrap();
        let outage = WriteError::TimedOut {
            unacknowledged: 1,
            timeout_ms: 2,
            bootstrap: "nowhere".to_owned(),
        };
        Loss::note(folder.path(), &outage).unwrap();
        Loss::refuse(folder.path()).unwrap();
    }
}
