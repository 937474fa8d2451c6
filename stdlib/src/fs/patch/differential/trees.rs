//! Random trees, and what may happen to them.

use proptest::prelude::*;
use proptest::sample::select;
use tau_interpreter::action::{File, FileMode};

use super::Files;

const NAMES: &[&str] = &[
    "x",
    "y",
    "d/x",
    "d/y",
    "d/e/z",
    "a/x",
    "b/x",
    "two words",
    "d/ two b/ two",
    "tab\tname",
    "new\nline",
    "quote\"d",
    "ä/ö ü.txt",
    "d.txt",
    "-dash",
    "--- x",
    "x.orig",
];

const LINES: &[&str] = &[
    "",
    "a",
    "b",
    "c",
    "{",
    "}",
    "    if x:",
    "-- ",
    "- old",
    "+ new",
    "--- a/x",
    "+++ b/x",
    "@@ -1,3 +1,4 @@",
    "diff --git a/x b/x",
    "\\ No newline at end of file",
    "ünï\tcode",
    "crlf\r",
    "d\r",
    " ",
    "rename from x",
];

/// A line's text, most often of few kinds, so that context repeats.
pub(super) fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(LINES).prop_map(str::to_owned),
        2 => (0..30u8).prop_map(|n| format!("line {n}")),
    ]
}

pub(super) fn text(lines: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), lines), any::<bool>()).prop_map(|(lines, ends)| {
        let mut text = lines.join("\n");
        if ends && !lines.is_empty() {
            text.push('\n');
        }
        text
    })
}

fn file() -> impl Strategy<Value = File> {
    prop_oneof![
        8 => (text(0..40), select(&[FileMode::Regular, FileMode::Regular, FileMode::Executable][..]))
            .prop_map(|(text, mode)| File { bytes: text.into_bytes(), mode }),
        1 => select(&["x", "d/y", "../x"][..])
            .prop_map(|target| File { bytes: target.into(), mode: FileMode::Link }),
    ]
}

pub(super) fn tree() -> impl Strategy<Value = Files> {
    prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), file(), 0..7)
        .prop_map(without_clashes)
}

/// A path cannot be a file and a folder.
fn without_clashes(mut files: Files) -> Files {
    let paths: Vec<String> = files.keys().cloned().collect();
    files.retain(|path, _| {
        !paths
            .iter()
            .any(|other| other.starts_with(&format!("{path}/")))
    });
    files
}

/// What happens to a tree.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    Put(usize, File),
    Remove(usize),
    Rename(usize, usize),
    Swap(usize, usize),
    Copy(usize, usize),
    Mode(usize, bool),
    ReplaceLine(usize, usize, String),
    InsertLine(usize, usize, String),
    RemoveLine(usize, usize),
    ToggleLastNewline(usize),
}

pub(super) fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let n = 0..100usize;
    prop_oneof![
        1 => (n.clone(), file()).prop_map(|(a, f)| Put(a, f)),
        1 => n.clone().prop_map(Remove),
        2 => (n.clone(), n.clone()).prop_map(|(a, b)| Rename(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Swap(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Copy(a, b)),
        1 => (n.clone(), any::<bool>()).prop_map(|(a, x)| Mode(a, x)),
        4 => (n.clone(), n.clone(), line()).prop_map(|(a, at, l)| ReplaceLine(a, at, l)),
        4 => (n.clone(), n.clone(), line()).prop_map(|(a, at, l)| InsertLine(a, at, l)),
        3 => (n.clone(), n.clone()).prop_map(|(a, at)| RemoveLine(a, at)),
        1 => n.prop_map(ToggleLastNewline),
    ]
}

pub(super) fn after(mut files: Files, happenings: &[Happening]) -> Files {
    use Happening::*;
    for happening in happenings {
        let paths: Vec<String> = files.keys().cloned().collect();
        let pick = |n: &usize| {
            paths
                .get(n % paths.len().max(1))
                .cloned()
                .unwrap_or_default()
        };
        let name = |n: &usize| NAMES[n % NAMES.len()].to_owned();
        match happening {
            Put(n, file) => drop(files.insert(name(n), file.clone())),
            Remove(n) => drop(files.remove(&pick(n))),
            Rename(from, to) => {
                if let Some(file) = files.remove(&pick(from)) {
                    files.insert(name(to), file);
                }
            }
            Copy(from, to) => {
                if let Some(file) = files.get(&pick(from)).cloned() {
                    files.insert(name(to), file);
                }
            }
            Swap(a, b) => {
                let (a, b) = (pick(a), pick(b));
                if let (Some(x), Some(y)) = (files.get(&a).cloned(), files.get(&b).cloned()) {
                    files.insert(a, y);
                    files.insert(b, x);
                }
            }
            Mode(n, executable) => {
                if let Some(file) = files
                    .get_mut(&pick(n))
                    .filter(|file| file.mode != FileMode::Link)
                {
                    file.mode = if *executable {
                        FileMode::Executable
                    } else {
                        FileMode::Regular
                    };
                }
            }
            ReplaceLine(n, at, line) => edit(&mut files, &pick(n), *at, Some(line), 1),
            InsertLine(n, at, line) => edit(&mut files, &pick(n), *at, Some(line), 0),
            RemoveLine(n, at) => edit(&mut files, &pick(n), *at, None, 1),
            ToggleLastNewline(n) => {
                if let Some(file) = files
                    .get_mut(&pick(n))
                    .filter(|file| file.mode != FileMode::Link)
                {
                    match file.bytes.last() {
                        Some(b'\n') => drop(file.bytes.pop()),
                        Some(_) => file.bytes.push(b'\n'),
                        None => {}
                    }
                }
            }
        }
    }
    without_clashes(files)
}

fn edit(files: &mut Files, path: &str, at: usize, line: Option<&String>, remove: usize) {
    let Some(file) = files
        .get_mut(path)
        .filter(|file| file.mode != FileMode::Link)
    else {
        return;
    };
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    file.bytes = edit_text(&text, at, line, remove).into_bytes();
}

pub(super) fn edit_text(text: &str, at: usize, line: Option<&String>, remove: usize) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let at = at % (lines.len() + 1);
    let end = (at + remove).min(lines.len());
    lines.splice(at..end, line.map(|line| format!("{line}\n")));
    lines.concat()
}
