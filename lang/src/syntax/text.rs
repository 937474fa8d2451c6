//! Text that was decoded from a file, with the way back to the file.

use std::sync::Arc;

use crate::source::{At, Span};

/// Decoded text (escapes and indentation gone) that knows where each part of it stands in the
/// file, so that an error inside it can be underlined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The decoded text.
    pub value: String,
    /// The whole of it in the file, with its quotes.
    pub at: At,
    places: Places,
}

/// Pairs of (offset in the decoded text, offset in the file), ascending, where the distance
/// between the two changes. Equal to every other: where a text stands is not what it says.
#[derive(Clone, Debug, Default)]
struct Places(Arc<[(u32, u32)]>);

impl PartialEq for Places {
    fn eq(&self, _: &Places) -> bool {
        true
    }
}

impl Eq for Places {}

impl Text {
    /// Text that stands in the file letter by letter, beginning where `span` begins.
    #[must_use]
    pub fn verbatim(value: impl Into<String>, span: Span) -> Self {
        Text {
            value: value.into(),
            at: At(span),
            places: Places(Arc::new([(0, span.start)])),
        }
    }

    /// Text with its own table of places: pairs of (offset in `value`, offset in the file),
    /// ascending, one for each place where a run of verbatim text begins.
    #[must_use]
    pub fn mapped(value: impl Into<String>, span: Span, places: Vec<(u32, u32)>) -> Self {
        Text {
            value: value.into(),
            at: At(span),
            places: Places(places.into()),
        }
    }

    /// Where in the file the bytes `start..end` of the decoded text stand.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let file = self.at.0.file;
        let first = self.offset(start);
        // The end is behind the last byte, so that a text ending in an escape keeps its end.
        let last = if end > start {
            self.offset(end - 1) + 1
        } else {
            first
        };
        Span::new(file, first as usize, last.max(first) as usize)
    }

    fn offset(&self, at: usize) -> u32 {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let index = self.places.0.partition_point(|(from, _)| *from <= at);
        match index
            .checked_sub(1)
            .and_then(|index| self.places.0.get(index))
        {
            Some((from, to)) => to.saturating_add(at - from),
            None => self.at.0.start,
        }
    }

    /// The part `start..end` (byte offsets on character boundaries) with its own places.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Text {
        let value = self.value.get(start..end).unwrap_or("").to_owned();
        let from = u32::try_from(start).unwrap_or(u32::MAX);
        let to = u32::try_from(end).unwrap_or(u32::MAX);
        let mut places = vec![(0, self.offset(start))];
        let first = self.places.0.partition_point(|(at, _)| *at <= from);
        let last = self.places.0.partition_point(|(at, _)| *at < to).max(first);
        places.extend(
            self.places.0[first..last]
                .iter()
                .map(|(at, file)| (at - from, *file)),
        );
        Text {
            value,
            at: At(self.span(start, end)),
            places: Places(places.into()),
        }
    }
}
