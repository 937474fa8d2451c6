//! Where the bytes are that a record names: in the record itself when they are few, so that one
//! wait for the disk makes both durable, and else in a blob.

pub mod large;

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::blobs::{Blobs, hex, unhex};

/// The most bytes of one value that stand in a record.
pub const IN_RECORD: usize = 64 << 10;

/// The most bytes of all values of one record that stand in it.
const IN_ONE_RECORD: usize = 1 << 20;

/// The bytes of one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// UTF-8.
    Text(String),
    /// Any bytes, as hexadecimal digits.
    Hex(String),
    /// The name of a [blob](Blobs).
    Blob(String),
}

impl Content {
    /// The bytes themselves.
    ///
    /// # Errors
    /// The blob is lost or damaged, or the digits are none.
    pub fn bytes(&self, blobs: &Blobs) -> io::Result<Vec<u8>> {
        match self {
            Content::Text(text) => Ok(text.clone().into_bytes()),
            Content::Hex(digits) => {
                let why = "a value in the record is no hexadecimal number";
                unhex(digits).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, why))
            }
            Content::Blob(name) => blobs.read(name),
        }
    }
}

/// The values that one record names, by what names them: the id of a git blob for a file, the
/// SHA-256 for the output of a process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contents {
    all: BTreeMap<String, Content>,
    /// How many bytes of them stand in the record.
    #[serde(skip)]
    inside: usize,
}

impl PartialEq for Contents {
    fn eq(&self, other: &Contents) -> bool {
        self.all == other.all
    }
}

impl Contents {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One value, if the record has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Content> {
        self.all.get(name)
    }

    /// All values by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Content)> {
        self.all.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// Remembers a value if it fits into the record; `false` when it must go elsewhere.
    pub fn take_in(&mut self, name: &str, bytes: &[u8]) -> bool {
        if self.all.contains_key(name) {
            return true;
        }
        let (length, content) = match str::from_utf8(bytes) {
            Ok(text) => (bytes.len(), Content::Text(text.to_owned())),
            Err(_) if bytes.len() * 2 <= IN_RECORD => (bytes.len() * 2, Content::Hex(hex(bytes))),
            Err(_) => return false,
        };
        if length > IN_RECORD || self.inside + length > IN_ONE_RECORD {
            return false;
        }
        self.inside += length;
        self.all.insert(name.to_owned(), content);
        true
    }

    /// Adds the values of another record.
    pub fn extend(&mut self, other: &Contents) {
        for (name, content) in &other.all {
            if !self.all.contains_key(name) {
                self.all.insert(name.clone(), content.clone());
            }
        }
    }

    /// Only the values of these names.
    #[must_use]
    pub fn only(mut self, names: &[String]) -> Contents {
        self.all.retain(|name, _| names.contains(name));
        self
    }

    /// Remembers that a value is in a blob.
    pub fn in_blob(&mut self, name: &str, blob: String) {
        self.all.insert(name.to_owned(), Content::Blob(blob));
    }

    /// The blobs that hold values.
    pub fn blobs(&self) -> impl Iterator<Item = &str> {
        self.all.values().filter_map(|content| match content {
            Content::Blob(name) => Some(name.as_str()),
            Content::Text(_) | Content::Hex(_) => None,
        })
    }

    /// Moves the values out of the record, each into a blob of its own.
    ///
    /// # Errors
    /// A blob cannot be written.
    pub fn into_blobs(self, blobs: &Blobs) -> io::Result<()> {
        for content in self.all.values() {
            if !matches!(content, Content::Blob(_)) {
                blobs.put(&content.bytes(blobs)?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_stand_in_the_record_and_many_do_not() {
        let temp = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(temp.path().join("blobs"));
        let mut contents = Contents::default();
        for (name, bytes, fits) in [
            ("text", vec![b'x'; IN_RECORD], true),
            ("long", vec![b'x'; IN_RECORD + 1], false),
            ("bytes", vec![0xff; IN_RECORD / 2], true),
            ("many", vec![0xff; IN_RECORD / 2 + 1], false),
        ] {
            assert_eq!(contents.take_in(name, &bytes), fits, "{name}");
            let kept = contents.get(name).map(|it| it.bytes(&blobs).unwrap());
            assert_eq!(kept, fits.then_some(bytes));
        }
        let json = serde_json::to_string(&contents).unwrap();
        let again: Contents = serde_json::from_str(&json).unwrap();
        assert_eq!(again.all, contents.all);
        let taken = (0..100)
            .filter(|number| contents.take_in(&number.to_string(), &vec![b'y'; 50_000]))
            .count();
        assert_eq!(taken, (IN_ONE_RECORD - 2 * IN_RECORD) / 50_000);
    }
}
