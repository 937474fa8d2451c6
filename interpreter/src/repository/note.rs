//! What is written about a commit beside it: git notes, in a ref of tau's own. `git push` leaves it
//! here unless it is named, and `git log` does not show it.

use git2::{ErrorCode, Signature};

use super::{Oid, Repository, RepositoryError};

/// Where the notes are.
pub const NOTES: &str = "refs/notes/tau";

/// How often it is tried when another process writes a note at the same time.
const TRIES: u32 = 20;

impl Repository {
    /// What is noted of a commit.
    ///
    /// # Errors
    /// The notes cannot be read.
    pub fn note(&self, commit: &Oid) -> Result<Option<String>, RepositoryError> {
        self.handles.with(|git| read(git, commit))
    }

    /// Adds a line to what is noted of a commit, unless it is there. Nothing else in the repository
    /// changes.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add_note(&self, commit: &Oid, line: &str) -> Result<(), RepositoryError> {
        let failed = RepositoryError::git("write the note");
        self.handles.with(|git| {
            let tau = Signature::now("tau", "tau@localhost").map_err(&failed)?;
            let mut tries = 0;
            loop {
                let mut text = read(git, commit)?.unwrap_or_default();
                if text.lines().any(|it| it == line) {
                    return Ok(());
                }
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(line);
                text.push('\n');
                match git.note(&tau, &tau, Some(NOTES), commit.0, &text, true) {
                    Ok(_) => return Ok(()),
                    Err(error)
                        if tries < TRIES
                            && matches!(error.code(), ErrorCode::Locked | ErrorCode::Modified) =>
                    {
                        tries += 1;
                        std::thread::sleep(std::time::Duration::from_millis(10));
                    }
                    Err(error) => return Err(failed(error)),
                }
            }
        })
    }
}

fn read(git: &git2::Repository, commit: &Oid) -> Result<Option<String>, RepositoryError> {
    match git.find_note(Some(NOTES), commit.0) {
        Ok(note) => Ok(Some(
            String::from_utf8_lossy(note.message_bytes()).into_owned(),
        )),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(RepositoryError::git("read the note")(error)),
    }
}
