//! What a process writes.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::LaunchError;
use crate::secrets::Stream;

/// Takes bytes without their secrets into the log and remembers the last of them.
pub(super) struct Output {
    path: PathBuf,
    file: File,
    redacting: Stream,
    /// How much was written to it, secrets included.
    taken: u64,
    /// How long the log is.
    bytes: u64,
    limit: u64,
    over: bool,
    tail: Vec<u8>,
    keep: usize,
}

impl Output {
    pub(super) fn create(
        path: &Path,
        limit: u64,
        keep: usize,
        redacting: Stream,
    ) -> Result<Self, LaunchError> {
        let file = File::create(path)
            .map_err(|error| LaunchError::Log(path.to_owned(), error.to_string()))?;
        let path = path.to_owned();
        Ok(Output {
            path,
            file,
            redacting,
            taken: 0,
            bytes: 0,
            limit,
            over: false,
            tail: Vec::new(),
            keep,
        })
    }

    /// Writes what the limit allows. Returns whether that was everything.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<bool, LaunchError> {
        let room = usize::try_from(self.limit - self.taken).unwrap_or(usize::MAX);
        let taken = &bytes[..bytes.len().min(room)];
        self.over |= taken.len() < bytes.len();
        self.taken += taken.len() as u64;
        let mut redacted = Vec::with_capacity(taken.len());
        self.redacting.push(taken, &mut redacted);
        self.write(&redacted)?;
        Ok(!self.over)
    }

    fn write(&mut self, redacted: &[u8]) -> Result<(), LaunchError> {
        self.file
            .write_all(redacted)
            .map_err(|error| LaunchError::Log(self.path.clone(), error.to_string()))?;
        self.bytes += redacted.len() as u64;
        self.tail.extend_from_slice(redacted);
        // Twice as much as is kept, so that the cost of moving bytes is spread.
        if self.tail.len() > self.keep.saturating_mul(2) {
            self.tail.drain(..self.tail.len() - self.keep);
        }
        Ok(())
    }

    /// Whether there was more than the limit allows.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// The last bytes as text, and how many there were in all.
    pub(super) fn finish(mut self) -> Result<(String, u64), LaunchError> {
        let mut rest = Vec::new();
        self.redacting.finish(&mut rest);
        self.write(&rest)?;
        Ok((tail(&self.tail, self.keep, self.bytes), self.bytes))
    }
}

/// The last `keep` of `bytes`, which end a text of `whole` bytes, from the beginning of a line if
/// one begins there, otherwise from that of a character.
fn tail(bytes: &[u8], keep: usize, whole: u64) -> String {
    let start = bytes.len().saturating_sub(keep);
    let mut last = &bytes[start..];
    let cut = whole > last.len() as u64;
    let at_line = start > 0 && bytes[start - 1] == b'\n';
    if cut && !at_line {
        let line = last
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|end| end + 1);
        last = match line {
            Some(line) if line < last.len() => &last[line..],
            _ => {
                let middle = last
                    .iter()
                    .take(3)
                    .take_while(|byte| *byte & 0xc0 == 0x80)
                    .count();
                &last[middle..]
            }
        };
    }
    String::from_utf8_lossy(last).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Redactor;

    fn create(path: &Path, limit: u64, keep: usize) -> Output {
        let redactor = Redactor::default();
        redactor.add("A", "hunter2!").unwrap();
        Output::create(path, limit, keep, redactor.stream()).unwrap()
    }

    fn of(text: &str, keep: usize) -> String {
        let temp = tempfile::tempdir().unwrap();
        let mut output = create(&temp.path().join("log"), 1000, keep);
        for byte in text.bytes() {
            assert!(output.take(&[byte]).unwrap());
        }
        output.finish().unwrap().0
    }

    #[test]
    fn the_tail_begins_with_a_line_where_it_can() {
        assert_eq!(of("one\ntwo\nthree\n", 100), "one\ntwo\nthree\n");
        assert_eq!(of("one\ntwo\nthree\n", 14), "one\ntwo\nthree\n");
        assert_eq!(of("one\ntwo\nthree\n", 13), "two\nthree\n");
        assert_eq!(of("one\ntwo\nthree\n", 4), "ree\n");
        assert_eq!(of("one two", 3), "two");
        assert_eq!(of("ää", 3), "ä");
        assert_eq!(of("one", 0), "");
    }

    #[test]
    fn a_secret_is_in_neither_the_log_nor_the_tail() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("log");
        let mut output = create(&path, 1000, 100);
        for byte in b"a hunter2! b aHVudGVyMiE= c hunter" {
            assert!(output.take(&[*byte]).unwrap());
        }
        let told = "a *** b *** c hunter".to_owned();
        let log = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(log, "a *** b *** c ", "what may begin one waits");
        assert_eq!(output.finish(), Ok((told.clone(), told.len() as u64)));
        assert_eq!(std::fs::read(path).unwrap(), told.as_bytes());
    }

    #[test]
    fn the_log_holds_no_more_than_the_limit() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("log");
        let mut output = create(&path, 5, 100);
        assert!(output.take(b"12345").unwrap());
        assert!(!output.take(b"6").unwrap());
        assert!(output.is_over());
        assert_eq!(output.finish(), Ok(("12345".to_owned(), 5)));
        assert_eq!(std::fs::read(path).unwrap(), b"12345");
    }
}
