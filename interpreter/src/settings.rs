//! Files of the operator's settings, outside of all missions: `NAME.toml`, or the same as `NAME.yaml`.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_saphyr::{MessageFormatter as _, UserMessageFormatter};

use crate::secrets::owned::{Exposed, check};

/// The most bytes of such a file.
pub const MAX_FILE: u64 = 256 * 1024;

/// How a file may be spelled, by the end of its name.
const SPELLINGS: &[&str] = &["toml", "yaml", "yml"];

/// The file of these settings that is there, `path` with any of its spellings; `path` if none is.
///
/// # Errors
/// There are several, and nothing says which counts.
pub(crate) fn find(path: &Path) -> Result<PathBuf, String> {
    let spelled = SPELLINGS.iter().map(|end| path.with_extension(end));
    let mut there = spelled.filter(|path| path.symlink_metadata().is_ok());
    match (there.next(), there.next()) {
        (None, _) => Ok(path.to_owned()),
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => Err(format!(
            "`{}` and `{}` are both there, and one of them must go",
            one.display(),
            other.display()
        )),
    }
}

/// What a file says, as [`find`] found it; nothing if it is not there. `about` says what whoever can change it
/// decides, as a clause behind its name.
///
/// # Errors
/// What is wrong with it, as a sentence without its full stop. No value of it is in the sentence: it may be
/// nobody's to see.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, about: &str) -> Result<Option<T>, String> {
    let shown = path.display();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("`{shown}` cannot be read: {error}")),
    };
    check(&file, Exposed::ToWriters).map_err(|why| format!("`{shown}` {about}, and {why}"))?;
    let mut text = String::new();
    let read = file.take(MAX_FILE + 1).read_to_string(&mut text);
    read.map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    if text.len() as u64 > MAX_FILE {
        return Err(format!("`{shown}` has more than {MAX_FILE} bytes"));
    }
    parse(path, &text).map(Some)
}

/// Reads a text as the file's name says that it is spelled.
///
/// # Errors
/// As [`read`].
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, String> {
    let is_toml = path.extension().is_some_and(|end| end == "toml");
    let parsed = if is_toml { toml(text) } else { yaml(text) };
    parsed.map_err(|(line, why)| format!("`{}`, line {line}: {why}", path.display()))
}

fn toml<T: DeserializeOwned>(text: &str) -> Result<T, (u64, String)> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().map_or("", |span| &text[..span.start]);
        let line = before.matches('\n').count() + 1;
        // The error's own text shows the line.
        (line as u64, without_value(error.message()))
    })
}

/// What serde says, without the value that it quotes: whoever writes a secret where its name belongs reads of it
/// in no message.
fn without_value(message: &str) -> String {
    let quotes = ["invalid ", "unknown variant "];
    let wanted = quotes
        .iter()
        .any(|begins| message.starts_with(begins))
        .then(|| message.rsplit_once(", expected "))
        .flatten();
    match wanted {
        Some((_, wanted)) => format!("expected {wanted}"),
        None => message.to_owned(),
    }
}

fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, (u64, String)> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line());
        let why = UserMessageFormatter.format_message(error.without_snippet());
        (line, without_value(&why))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Yes,
        No,
    }

    #[test]
    fn no_word_that_is_none_is_shown() {
        for (name, text) in [("a.toml", "x = \"s3cret\"\n"), ("a.yaml", "x: s3cret\n")] {
            let said = parse::<BTreeMap<String, Word>>(Path::new(name), text);
            let why = said.unwrap_err();
            assert!(why.contains("yes") && !why.contains("s3cret"), "{why}");
        }
        let said: BTreeMap<String, Word> = parse(Path::new("a.yaml"), "x: yes\ny: no\n").unwrap();
        assert!(matches!((&said["x"], &said["y"]), (Word::Yes, Word::No)));
    }

    type Said = BTreeMap<String, BTreeMap<String, u32>>;

    #[test]
    fn both_spellings_say_the_same() {
        let toml: Said = parse(Path::new("a.toml"), "[x]\ny = 1\n").unwrap();
        let yaml: Said = parse(Path::new("a.yaml"), "x:\n  y: 1\n").unwrap();
        assert_eq!(toml, yaml);
        let none: Said = parse(Path::new("a.yml"), "# nothing\n").unwrap();
        assert!(none.is_empty());
    }

    #[test]
    fn what_is_wrong_has_its_line_and_shows_no_value() {
        let wrong = [
            ("a.toml", "[x]\ny = \"s3cret\"\n"),
            ("a.toml", "[x]\n\ny = = s3cret\n"),
            ("a.yaml", "x:\n  y: s3cret\n"),
            ("a.yaml", "x:\n  z: 1\n  y: [s3cret\n"),
            ("a.toml", "x = \"s3cret\"\n"),
            ("a.yaml", "x: s3cret\n"),
            ("a.yaml", "x: {}\nx: {}\n"),
            ("a.yaml", "x: &a\n  y: 1\nz: *b\n"),
        ];
        let told = wrong.map(|(name, text)| parse::<Said>(Path::new(name), text).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
        `a.toml`, line 2: expected u32
        `a.toml`, line 3: extra `=`, expected nothing
        `a.yaml`, line 2: invalid u32
        `a.yaml`, line 3: expected string scalar
        `a.toml`, line 1: expected a map
        `a.yaml`, line 1: expected mapping start
        `a.yaml`, line 2: duplicate mapping key `x` is not allowed here
        `a.yaml`, line 3: reference to unknown value
        ");
        assert!(!told.join("").contains("s3cret"));
    }

    #[test]
    fn the_file_that_is_there_counts_and_two_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.toml");
        assert_eq!(find(&path), Ok(path.clone()));
        assert_eq!(read::<Said>(&path, "says it"), Ok(None));
        let yaml = path.with_extension("yaml");
        fs::write(&yaml, "x: {}\n").unwrap();
        assert_eq!(find(&path), Ok(yaml.clone()));
        assert!(read::<Said>(&yaml, "says it").unwrap().is_some());
        fs::write(&path, "").unwrap();
        let why = find(&path).unwrap_err();
        assert!(
            why.contains("it.toml` and `") && why.contains("it.yaml` are both"),
            "{why}"
        );
    }
}
