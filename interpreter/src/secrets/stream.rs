//! Takes secrets out of bytes that come piece by piece.

use std::sync::Arc;

use super::redact::{MARK, Set};

/// Takes secrets out of bytes as they come, wherever a piece ends.
///
/// It holds back no more than what may be the beginning of a secret. However the bytes are cut
/// into pieces, what comes out is the same.
pub struct Stream {
    set: Arc<Set>,
    held: Vec<u8>,
}

impl Stream {
    pub(super) fn new(set: Arc<Set>) -> Stream {
        let held = Vec::new();
        Stream { set, held }
    }

    /// Takes a piece, and adds to `out` what is sure by now.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.set.longest == 0 {
            out.extend_from_slice(piece);
            return;
        }
        self.held.extend_from_slice(piece);
        self.drain(false, out);
    }

    /// The bytes have ended: adds the rest to `out`.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.drain(true, out);
    }

    fn drain(&mut self, ended: bool, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let mut from = 0;
        let open = loop {
            // Where more bytes could still make a secret, or a longer one.
            let open = match ended {
                true => held.len(),
                false => self.set.open(&held, from),
            };
            match self.set.find(&held, from) {
                Some(found) if found.start < open => {
                    out.extend_from_slice(&held[from..found.start]);
                    mark(&held[found.start..found.end], out);
                    from = found.end;
                }
                _ => break open,
            }
        };
        out.extend_from_slice(&held[from..open]);
        self.held = held[open..].to_vec();
    }
}

/// What is written in the place of a secret: a mark for each of its lines.
fn mark(secret: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(MARK.as_bytes());
    for (at, _) in secret
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
    {
        if at > 0 && secret[at - 1] == b'\r' {
            out.push(b'\r');
        }
        out.push(b'\n');
        out.extend_from_slice(MARK.as_bytes());
    }
}

impl Set {
    /// The first place at `from` or behind it from where all bytes to the end begin something that
    /// is looked for and is longer.
    fn open(&self, bytes: &[u8], from: usize) -> usize {
        let first = bytes.len().saturating_sub(self.longest.saturating_sub(1));
        (first.max(from)..bytes.len())
            .find(|start| self.begins(&bytes[*start..]))
            .unwrap_or(bytes.len())
    }

    /// Whether these bytes begin something that is looked for, and are not all of it.
    fn begins(&self, bytes: &[u8]) -> bool {
        let at = self
            .needles
            .partition_point(|needle| needle.as_bytes() < bytes);
        // Sorted, so what they begin comes first of all that is not less.
        let longer = |needle: &String| needle.len() > bytes.len();
        let mut next = self.needles[at..].iter().take(2);
        next.any(|needle| longer(needle) && needle.as_bytes().starts_with(bytes))
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}
