//! Which blobs a journal names.

use std::collections::HashSet;
use std::io;

use crate::home::RunDir;

/// The length of a blob's name.
const LENGTH: usize = 64;

/// All that could be the name of a blob in the journal of a run: every 64 hexadecimal digits that
/// stand alone. Too many, since other digests look the same, and never too few, whatever a later
/// record is made of.
pub(super) fn blobs_of(dir: &RunDir) -> io::Result<HashSet<String>> {
    std::fs::read(dir.journal()).map(|bytes| names(&bytes))
}

fn names(bytes: &[u8]) -> HashSet<String> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let words = bytes.split(|byte| !is_digit(byte));
    words
        .filter(|word| word.len() == LENGTH)
        .filter_map(|word| String::from_utf8(word.to_vec()).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::sha256;

    #[test]
    fn every_digest_counts_that_stands_alone() {
        let (a, b) = (sha256(b"a"), sha256(b"b"));
        let text = format!(
            "{{\"logs\":[\"{a}\"],\"x\":\"see {b}.\",\"hex\":\"{a}{b}\",\"id\":\"0123456789abcdef\"}}"
        );
        assert_eq!(names(text.as_bytes()), HashSet::from([a, b]));
    }
}
