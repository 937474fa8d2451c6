//! `secret-literal`: a credential in the text of a file, wherever it stands: a value, a comment,
//! the documentation. It is known by its shape, which its issuer chose so that it can be found.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{SourceFile, SourceId, Span};

/// How a credential begins, what its letters are, how many there are at least, and what it is.
type Shape = (&'static str, fn(u8) -> bool, usize, &'static str);

const SHAPES: &[Shape] = &[
    ("AKIA", is_upper, 16, "an AWS access key"),
    ("ASIA", is_upper, 16, "an AWS access key"),
    ("ghp_", is_word, 36, "a GitHub token"),
    ("gho_", is_word, 36, "a GitHub token"),
    ("ghs_", is_word, 36, "a GitHub token"),
    ("ghu_", is_word, 36, "a GitHub token"),
    ("ghr_", is_word, 36, "a GitHub token"),
    ("github_pat_", is_word, 60, "a GitHub token"),
    ("glpat-", is_key, 20, "a GitLab token"),
    ("sk-ant-", is_key, 32, "an API key"),
    ("sk-or-", is_key, 32, "an API key"),
    ("sk-proj-", is_key, 32, "an API key"),
    ("sk-", is_alphanumeric, 40, "an API key"),
    ("sk_live_", is_alphanumeric, 20, "a payment key"),
    ("rk_live_", is_alphanumeric, 20, "a payment key"),
    ("xoxb-", is_key, 30, "a Slack token"),
    ("xoxp-", is_key, 30, "a Slack token"),
    ("AIza", is_key, 35, "a Google API key"),
    ("npm_", is_alphanumeric, 36, "an npm token"),
    ("pypi-", is_key, 60, "a PyPI token"),
    ("hf_", is_alphanumeric, 34, "a Hugging Face token"),
];

/// The fewest letters that any of them has.
const LEAST: usize = 20;

/// The line that begins a private key, and those that surround its kind.
const PEM: (&str, &str) = ("-----BEGIN ", "PRIVATE KEY-----");

/// The credentials in the text of a file.
pub(super) fn secrets(source: &SourceFile, file: SourceId) -> Vec<Diagnostic> {
    places(&source.text)
        .into_iter()
        .map(|(range, what)| {
            let kind = Kind::SecretLiteral {
                what: what.to_owned(),
            };
            Diagnostic::new(kind, Span::new(file, range.start, range.end))
        })
        .collect()
}

/// What kind of credential is in a text.
pub(super) fn shape(text: &str) -> Option<&'static str> {
    places(text).first().map(|(_, what)| *what)
}

fn places(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    // Most files have none, so all shapes are looked for in one pass: at the beginnings of words
    // that are long enough.
    let mut start = 0;
    for word in text.as_bytes().split(|byte| !is_key(*byte)) {
        if word.len() >= LEAST {
            let shape = SHAPES.iter().find_map(|(begin, is_letter, least, what)| {
                let rest = word.strip_prefix(begin.as_bytes())?;
                let letters = rest.iter().take_while(|byte| is_letter(**byte)).count();
                let fits = letters >= *least && is_random(&rest[..letters]);
                fits.then_some((start..start + begin.len() + letters, *what))
            });
            found.extend(shape);
        }
        start += word.len() + 1;
    }
    for (at, _) in text.match_indices(PEM.0) {
        let line = text[at..].lines().next().unwrap_or("");
        if let Some(end) = line.find(PEM.1).map(|end| at + end + PEM.1.len()) {
            found.push((at..end, "a private key"));
        }
    }
    found
}

/// Whether letters are mixed as chance mixes them, so that `AKIAXXXXXXXXXXXXXXXX` in an example is
/// no credential.
fn is_random(letters: &[u8]) -> bool {
    let mut seen = [false; 256];
    letters
        .iter()
        .for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|it| **it).count() >= 8
}

fn is_upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_key(byte: u8) -> bool {
    IN_WORD[usize::from(byte)]
}

/// For each byte, whether it is a letter of [`is_key`]. A table, since every byte is asked for.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        table[byte] = letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-');
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::shape;

    /// A credential that nobody has: the letters after `start` count up.
    fn made(start: &str, letters: usize) -> String {
        let alphabet = "Q7w2E9r4T1y6U3i8O5p0A".chars().cycle();
        start.chars().chain(alphabet.take(letters)).collect()
    }

    #[test]
    fn credentials_are_known_by_their_shape() {
        for (start, letters, what) in [
            ("ghp_", 36, "a GitHub token"),
            ("sk-ant-", 40, "an API key"),
            ("xoxb-", 40, "a Slack token"),
            ("npm_", 36, "an npm token"),
        ] {
            assert_eq!(shape(&made(start, letters)), Some(what));
            let quoted = format!("x = \"{}\"", made(start, letters));
            assert_eq!(shape(&quoted), Some(what));
            assert_eq!(shape(&made(start, 5)), None);
            assert_eq!(shape(&made(&format!("a{start}"), letters)), None);
        }
        let header = format!("-----BEGIN RSA {}", "PRIVATE KEY-----");
        assert_eq!(shape(&header), Some("a private key"));
    }

    #[test]
    fn a_stand_in_is_none() {
        assert_eq!(shape(&format!("ghp_{}", "x".repeat(36))), None);
        assert_eq!(shape("AKIAXXXXXXXXXXXXXXXX"), None);
        assert_eq!(shape("-----BEGIN CERTIFICATE-----"), None);
    }
}
