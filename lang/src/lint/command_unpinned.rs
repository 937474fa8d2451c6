//! `command-unpinned`: something is fetched and run that may be another thing tomorrow.

use super::Subject;
use super::command::{Word, commands};
use crate::diagnostic::{Diagnostic, Kind};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for command in commands(subject) {
        let Some((program, words)) = command.program() else {
            continue;
        };
        if let Some((what, pin)) = unpinned(program, words) {
            let kind = Kind::CommandUnpinned {
                what: what.to_owned(),
                pin,
            };
            found.push(Diagnostic::new(kind, command.at));
        }
    }
    found
}

/// What is fetched without a version, and how it would be written with one.
fn unpinned<'a>(program: &str, words: &'a [Word]) -> Option<(&'a str, String)> {
    let second = words.get(1).map(|word| word.text.as_str());
    let (rest, separators): (&[Word], &[&str]) = match (program, words.first()?.text.as_str()) {
        ("pip" | "pip3" | "pipx", "install") | ("uv", "add") => (&words[1..], &["==", "@"]),
        ("python" | "python3", "-m") if matches!(second, Some("pip" | "pipx")) => {
            (words.get(3..)?, &["==", "@"])
        }
        ("uvx", _) => (words, &["==", "@"]),
        ("npx" | "bunx", _) => (words, &["@"]),
        ("pnpm" | "yarn", "dlx") | ("npm", "exec") => (&words[1..], &["@"]),
        ("go", "run" | "install") => (&words[1..], &["@v"]),
        ("docker" | "podman", "run" | "pull") => {
            let image = first_argument(&words[1..], &["-v", "-w", "-e", "-u", "--name"])?;
            let pinned = image.contains("@sha256:");
            let other = image.is_empty() || pinned;
            return (!other).then(|| (image, format!("{}@sha256:…", untagged(image))));
        }
        _ => return None,
    };
    // Local files and lists of pinned versions.
    let from_file =
        |word: &Word| ["-r", "--requirement", "-e", "--editable"].contains(&&*word.text);
    if rest
        .iter()
        .any(|word| from_file(word) || word.text == "--no-install")
    {
        return None;
    }
    let name = first_argument(rest, &["-i", "--index-url", "-p", "--package"])?;
    let local = name.starts_with(['.', '/']) || name.is_empty();
    // A scope such as `@types/node` is no version.
    let versioned = separators
        .iter()
        .any(|it| name.get(1..).is_some_and(|rest| rest.contains(it)));
    if local || versioned {
        return None;
    }
    // A program of Go without `@` is one of the module at hand.
    if program == "go" && !name.contains('@') {
        return None;
    }
    let bare = name.split('@').next().filter(|it| !it.is_empty());
    Some((name, format!("{}{}…", bare.unwrap_or(name), separators[0])))
}

/// The first word that is neither an option nor the value of one of these.
fn first_argument<'a>(words: &'a [Word], with_value: &[&str]) -> Option<&'a str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if with_value.contains(&word.text.as_str()) {
            words.next();
        } else if !word.text.starts_with('-') {
            // What is known only later is decided later.
            return (!word.has_value).then_some(&word.text);
        }
    }
    None
}

/// An image without its tag.
fn untagged(image: &str) -> &str {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}
