//! Which files matter: those whose paths and names are in the failure or the goal, those that define
//! what is named there, and those that the former import.

use std::collections::{BTreeSet, HashSet};

/// Points for a path that is named in full, for a name of a file, for its stem.
const PATH: u32 = 100;
const NAME: u32 = 40;
const STEM: u32 = 15;
/// Points for a definition of a word that is named, for a use of it, for being imported.
const DEFINED: u32 = 6;
const USED: u32 = 1;
const IMPORTED: u32 = 10;

/// How many different words are looked for.
const WORDS: usize = 300;

/// Words that every failure and every language has.
const COMMON: &[&str] = &[
    "assert",
    "assertion",
    "assertionerror",
    "case",
    "class",
    "const",
    "else",
    "error",
    "expected",
    "fail",
    "failed",
    "failure",
    "false",
    "file",
    "from",
    "function",
    "import",
    "line",
    "main",
    "none",
    "null",
    "panicked",
    "passed",
    "python",
    "result",
    "return",
    "self",
    "should",
    "some",
    "test",
    "tests",
    "that",
    "this",
    "traceback",
    "true",
    "unittest",
    "with",
];

/// What begins a definition in common languages.
const DEFINES: &[&str] = &[
    "class ",
    "const ",
    "def ",
    "enum ",
    "fn ",
    "func ",
    "function ",
    "interface ",
    "let ",
    "module ",
    "static ",
    "struct ",
    "trait ",
    "type ",
    "var ",
];

/// A file and how much it matters.
pub(super) struct Ranked {
    pub(super) path: String,
    pub(super) points: u32,
    pub(super) text: String,
    /// Somebody has chosen it.
    pub(super) is_first: bool,
}

/// Paths with their points, as far as names say something.
pub(super) fn by_name(names: &[String], goal: &str, failure: &str) -> Vec<(String, u32)> {
    let words = words(goal, failure);
    let named = |text: &str| goal.contains(text) || failure.contains(text);
    let points = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = stem(path);
        let dotted = path.rsplit_once('.').map_or(path, |(start, _)| start);
        let dotted = dotted.replace('/', ".");
        if path.contains(['/', '.']) && named(path) {
            return PATH;
        }
        if (name.contains('.') && named(name)) || (dotted.contains('.') && named(&dotted)) {
            return NAME;
        }
        match stem.len() >= 3 && words.contains(stem) {
            true => STEM,
            false => 0,
        }
    };
    let all = names.iter().map(|path| (path.clone(), points(path)));
    all.collect()
}

/// Adds what the texts say, and sorts.
pub(super) fn by_text(files: &mut [Ranked], goal: &str, failure: &str) {
    let words = words(goal, failure);
    let mut imported: BTreeSet<String> = BTreeSet::new();
    for file in files.iter().filter(|file| file.points >= NAME) {
        imported.extend(imports(&file.text));
    }
    for file in files.iter_mut() {
        let mut defined: HashSet<&str> = HashSet::new();
        let mut used: HashSet<&str> = HashSet::new();
        for line in file.text.lines() {
            defined.extend(self::defined(line).filter(|word| words.contains(*word)));
            used.extend(split(line).filter(|word| words.contains(*word)));
        }
        let count = |all: &HashSet<&str>| u32::try_from(all.len()).unwrap_or(u32::MAX);
        let most = if is_prose(&file.path) { 2 } else { 20 };
        file.points += DEFINED * count(&defined) + USED * count(&used).min(most);
        if imported.contains(stem(&file.path)) {
            file.points += IMPORTED;
        }
    }
    files.sort_by(|a, b| {
        let key = |file: &Ranked| (!file.is_first, std::cmp::Reverse(file.points));
        key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
    });
}

/// What a line begins to define.
pub(super) fn defined(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for start in ["pub ", "export ", "async ", "default "] {
        rest = rest.strip_prefix(start).unwrap_or(rest);
    }
    let begins = DEFINES.iter().find_map(|start| rest.strip_prefix(start));
    begins.and_then(|rest| split(rest).next())
}

/// The names in lines that import something.
fn imports(text: &str) -> impl Iterator<Item = String> {
    const STARTS: &[&str] = &[
        "#include", "from ", "import ", "mod ", "pub mod ", "require", "use ",
    ];
    let imports = |line: &&str| {
        let line = line.trim_start();
        STARTS.iter().any(|start| line.starts_with(start)) || line.contains("require(")
    };
    let lines = text.lines().filter(imports);
    lines.flat_map(split).map(str::to_owned)
}

/// The words that are looked for.
pub(super) fn words<'t>(goal: &'t str, failure: &'t str) -> HashSet<&'t str> {
    let all = split(failure).chain(split(goal));
    let all =
        all.filter(|word| word.len() >= 3 && !COMMON.contains(&word.to_ascii_lowercase().as_str()));
    let mut words = HashSet::new();
    for word in all {
        if words.len() >= WORDS {
            break;
        }
        words.insert(word);
    }
    words
}

pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty() && !word.starts_with(|it: char| it.is_ascii_digit()))
}

/// Whether a file is written for people, and so shares many words with whatever people write.
fn is_prose(path: &str) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    ["adoc", "html", "md", "rst", "txt"].contains(&end.to_ascii_lowercase().as_str())
}

/// A file's name without its last ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
