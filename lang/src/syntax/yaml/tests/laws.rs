use proptest::prelude::*;

use super::FIX;
use crate::source::{SourceId, Span};
use crate::syntax::yaml::parse;

/// Reads `text`, whatever it is; every place must lie within it, on character boundaries.
fn reads(text: &str) {
    let (file, diagnostics) = parse(text, SourceId(0));
    for span in diagnostics.iter().map(|diagnostic| diagnostic.span) {
        within(text, span);
    }
    // The tree's places, which its debug form shows as `1..2`.
    for word in format!("{file:?}").split([' ', ',', '{', '}', '(', ')']) {
        let Some((start, end)) = word.split_once("..") else {
            continue;
        };
        if let (Ok(start), Ok(end)) = (start.parse::<usize>(), end.parse::<usize>()) {
            within(text, Span::new(SourceId(0), start, end));
        }
    }
}

fn within(text: &str, span: Span) {
    let range = span.start as usize..span.end as usize;
    assert!(
        text.get(range.clone()).is_some(),
        "{range:?} is no part of {text:?}"
    );
}

/// Pieces that YAML cares about.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "tau: 1\n",
        "mission: m\n",
        "use: ",
        "steps:\n",
        "inputs:\n",
        "outputs:\n",
        "authority:\n",
        "  - ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        ": ",
        "- ",
        "# c",
        " #",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "{{ a }}",
        "{{",
        "'",
        "\"",
        "\\",
        "\\u12",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!x ",
        "<<: ",
        "---\n",
        "...\n",
        "%A\n",
        "? ",
        "if: a\n",
        "then:\n",
        "let: ",
        "repeat: 3\n",
        "read: ",
        "git: ",
        "deny: ",
        "time: ",
        "é",
        "\u{2028}",
        "\u{feff}",
        "\0",
        "~",
        "30m",
        "type: ",
        "value: ",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn nothing_panics_and_places_lie_within(pieces in prop::collection::vec(piece(), 0..30)) {
        reads(&pieces.concat());
    }

    #[test]
    fn changed_files_are_read_too(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, piece()), 1..4),
    ) {
        let mut text = FIX.to_owned();
        for (at, length, piece) in cuts {
            let mut start = at.index(text.len() + 1);
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, &piece);
        }
        reads(&text);
    }
}
