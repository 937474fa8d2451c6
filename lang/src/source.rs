//! Texts, and places in them.

use std::fmt;
use std::sync::Arc;

/// The largest file that is read: 4 MiB. A larger one is refused with a message that names this.
pub const MAX_FILE_BYTES: usize = 4 * 1024 * 1024;

/// Which file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end` of `file`.
    #[must_use]
    pub fn new(file: SourceId, start: usize, end: usize) -> Self {
        // INVARIANT: files are at most MAX_FILE_BYTES, so offsets fit; a larger one saturates.
        let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file,
            start: fit(start),
            end: fit(end.max(start)),
        }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The place just behind this span.
    #[must_use]
    pub fn after(self) -> Span {
        Span {
            start: self.end,
            ..self
        }
    }
}

/// Where a node stands. Two nodes that say the same are equal wherever they stand, so this
/// compares equal to every other.
#[derive(Clone, Copy, Default)]
pub struct At(pub Span);

impl PartialEq for At {
    fn eq(&self, _: &At) -> bool {
        true
    }
}

impl Eq for At {}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.0.start, self.0.end)
    }
}

/// One file's name and text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// As the user wrote it, or as it is known (`std/prove-patch`).
    pub name: String,
    /// Its whole text.
    pub text: Arc<str>,
    line_starts: Arc<[u32]>,
}

/// A line and a column, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl SourceFile {
    /// Indexes the lines of `text`.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let starts = std::iter::once(0).chain(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        SourceFile {
            name: name.into(),
            line_starts: starts.collect(),
            text,
        }
    }

    /// The line and column of a byte offset. An offset behind the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let (line, before) = self.before(offset);
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// As [`SourceFile::position`], with the column counted in UTF-16 code units, as editors and
    /// SARIF count.
    #[must_use]
    pub fn position_utf16(&self, offset: u32) -> Position {
        let (line, before) = self.before(offset);
        Position {
            line,
            column: before.encode_utf16().count() + 1,
        }
    }

    /// The line that holds a byte offset, without its end.
    #[must_use]
    pub fn line(&self, offset: u32) -> &str {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1] as usize;
        self.text[start..].lines().next().unwrap_or("")
    }

    /// Where the line begins that holds a byte offset.
    #[must_use]
    pub fn line_start(&self, offset: u32) -> usize {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        self.line_starts[line - 1] as usize
    }

    /// The number of the line that holds a byte offset, and what stands before it on that line.
    fn before(&self, offset: u32) -> (usize, &str) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1] as usize;
        let mut end = (offset as usize).min(self.text.len()).max(start);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (line, &self.text[start..end])
    }
}

/// All files that one check has read.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        self.files.push(SourceFile::new(name, text));
        SourceId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds the files of `other`, which shares its first `shared` files with this one. A place in
    /// `other` is then what the result makes of it.
    pub fn append(&mut self, other: SourceMap, shared: usize) -> impl Fn(Span) -> Span + use<> {
        let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (first, behind) = (fit(shared), fit(self.files.len()));
        self.files.extend(other.files.into_iter().skip(shared));
        move |span| match span.file.0.checked_sub(first) {
            Some(number) => Span {
                file: SourceId(behind.saturating_add(number)),
                ..span
            },
            None => span,
        }
    }

    /// The file with this id; ids come only from [`SourceMap::add`].
    #[must_use]
    pub fn file(&self, id: SourceId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The text a span covers; empty when the span is not of this map.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// `name:line:column` of a span's start.
    #[must_use]
    pub fn location(&self, span: Span) -> String {
        match self.file(span.file) {
            Some(file) => {
                let at = file.position(span.start);
                format!("{}:{}:{}", file.name, at.line, at.column)
            }
            None => "?".to_owned(),
        }
    }
}

/// Why a file could not be had, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError(pub String);

/// Whether these are letters of two bytes: it says so, or every other byte of its beginning is NUL.
fn is_utf16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let is_wide = |nul: usize| {
        let pairs = bytes.chunks_exact(2).take(16);
        bytes.len() >= 4
            && pairs
                .into_iter()
                .all(|pair| (pair[nul] == 0) && pair[1 - nul] != 0)
    };
    marked || is_wide(0) || is_wide(1)
}

/// The text in `bytes`, if a tau file may hold it.
///
/// # Errors
/// Too large, not UTF-8 (UTF-16 is named), or with NUL bytes.
pub fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    let refuse = |why: String| Err(ReadError(why));
    if bytes.len() > MAX_FILE_BYTES {
        return refuse(format!(
            "it has {} bytes; a tau file may have {MAX_FILE_BYTES}",
            bytes.len()
        ));
    }
    if is_utf16(&bytes) {
        return refuse("it is UTF-16; save it as UTF-8".to_owned());
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return refuse(format!(
            "it has a NUL byte at offset {at}, so it is not a text file"
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => refuse(format!(
            "it is not UTF-8: byte {} is wrong; save it as UTF-8",
            error.utf8_error().valid_up_to()
        )),
    }
}
