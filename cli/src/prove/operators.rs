//! Small changes of a line that a good check notices.

/// What a file is written in, as far as mutations care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    Python,
    JavaScript,
    Go,
    /// Lines are all that is known of it.
    Other,
}

impl Language {
    /// By the end of a file's name.
    pub(super) fn of(path: &str) -> Language {
        match path.rsplit_once('.').map(|(_, end)| end) {
            Some("rs") => Language::Rust,
            Some("py" | "pyi") => Language::Python,
            Some("js" | "cjs" | "mjs" | "jsx" | "ts" | "cts" | "mts" | "tsx") => {
                Language::JavaScript
            }
            Some("go") => Language::Go,
            _ => Language::Other,
        }
    }

    /// Whether a line says nothing to the program.
    fn is_idle(self, line: &str) -> bool {
        let line = line.trim();
        let comments: &[&str] = match self {
            Language::Python => &["#", "import ", "from ", "@"],
            Language::Rust => &["//", "/*", "*", "#[", "use "],
            Language::JavaScript => &["//", "/*", "*", "import "],
            Language::Go => &["//", "/*", "*", "import ", "package "],
            Language::Other => &[],
        };
        let is_punctuation = |c: char| "{}()[];,".contains(c);
        comments.iter().any(|it| line.starts_with(it)) || line.chars().all(is_punctuation)
    }

    /// The line that stands for one that was taken away, if a program without it may still be one.
    fn without(self, line: &str) -> Option<String> {
        let indent = &line[..line.len() - line.trim_start().len()];
        let text = line.trim();
        let opens = |text: &str| text.ends_with(['{', '(', '[', ',', ':']);
        match self {
            Language::Other => Some(String::new()),
            Language::Python if opens(text) => None,
            Language::Python => Some(format!("{indent}pass")),
            Language::Rust | Language::JavaScript if text.ends_with(';') => {
                (!text.starts_with(['}', ')', ']'])).then(String::new)
            }
            Language::Rust | Language::JavaScript => None,
            Language::Go => {
                let is_whole = !opens(text) && !text.starts_with(['}', ')', ']']);
                (is_whole && !text.starts_with("return")).then(String::new)
            }
        }
    }
}

/// What is replaced, and by what. The first that is found counts.
const SWAPS: &[(&str, &str)] = &[
    (" == ", " != "),
    (" != ", " == "),
    (" === ", " !== "),
    (" !== ", " === "),
    (" <= ", " > "),
    (" >= ", " < "),
    (" < ", " >= "),
    (" > ", " <= "),
    (" && ", " || "),
    (" || ", " && "),
    (" += ", " -= "),
    (" -= ", " += "),
    (" + ", " - "),
    (" - ", " + "),
    (" * ", " / "),
    (" / ", " * "),
];

/// Words that are replaced by others, where they stand alone.
const WORDS: &[(&str, &str)] = &[
    ("true", "false"),
    ("false", "true"),
    ("True", "False"),
    ("False", "True"),
    ("and", "or"),
    ("or", "and"),
    ("min", "max"),
    ("max", "min"),
];

/// All changed forms of a line, with what was done in words.
pub(super) fn forms(language: Language, line: &str) -> Vec<(String, String)> {
    if line.trim().is_empty() || language.is_idle(line) {
        return Vec::new();
    }
    let mut all = Vec::new();
    if language != Language::Other {
        for (from, to) in SWAPS {
            if let Some(at) = line.find(from) {
                let what = format!("`{}` becomes `{}`", from.trim(), to.trim());
                all.push((what, replaced(line, at, from.len(), to)));
            }
        }
        for (from, to) in WORDS {
            let is_python = matches!(*from, "and" | "or");
            if is_python && language != Language::Python {
                continue;
            }
            if let Some(at) = word(line, from) {
                let what = format!("`{from}` becomes `{to}`");
                all.push((what, replaced(line, at, from.len(), to)));
            }
        }
        if let Some((at, digits)) = number(line) {
            let next = digits.parse::<u64>().ok().and_then(|it| it.checked_add(1));
            if let Some(next) = next {
                let what = format!("`{digits}` becomes `{next}`");
                all.push((what, replaced(line, at, digits.len(), &next.to_string())));
            }
        }
    }
    if let Some(without) = language.without(line) {
        all.push(("the line is taken away".to_owned(), without));
    }
    all
}

fn replaced(line: &str, at: usize, length: usize, by: &str) -> String {
    [&line[..at], by, &line[at + length..]].concat()
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a word stands alone.
fn word(line: &str, word: &str) -> Option<usize> {
    let mut found = line.match_indices(word).map(|(at, _)| at);
    found.find(|at| {
        let before = line[..*at].chars().next_back();
        let behind = line[at + word.len()..].chars().next();
        !before.is_some_and(is_part_of_word) && !behind.is_some_and(is_part_of_word)
    })
}

/// The first whole number that is no part of a word or of another number.
fn number(line: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(at) = line[from..].find(|c: char| c.is_ascii_digit()) {
        let at = from + at;
        let rest = &line[at..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let before = line[..at].chars().next_back();
        let behind = rest[end..].chars().next();
        let is_apart = |c: Option<char>| !c.is_some_and(|c| is_part_of_word(c) || c == '.');
        if is_apart(before) && is_apart(behind) {
            return Some((at, &rest[..end]));
        }
        from = at + end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, line: &str) -> String {
        let forms = forms(Language::of(path), line);
        let lines: Vec<String> = forms
            .into_iter()
            .map(|(what, line)| format!("{what}: {line}"))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn each_language_has_its_own() {
        let all = [
            shown("a.rs", "    if a == b && n < 10 {"),
            shown("a.rs", "    total += x1 * 2;"),
            shown("a.py", "    return a and not True"),
            shown("a.py", "    if a >= 0:"),
            shown("a.js", "  return x === y;"),
            shown("a.go", "\tn = min(a, 3)"),
            shown("notes.txt", "a line == 1"),
            shown("a.rs", "    // a == b"),
            shown("a.rs", "    }"),
        ];
        insta::assert_snapshot!(all.join("\n--\n"), @r"
        `==` becomes `!=`:     if a != b && n < 10 {
        `<` becomes `>=`:     if a == b && n >= 10 {
        `&&` becomes `||`:     if a == b || n < 10 {
        `10` becomes `11`:     if a == b && n < 11 {
        --
        `+=` becomes `-=`:     total -= x1 * 2;
        `*` becomes `/`:     total += x1 / 2;
        `2` becomes `3`:     total += x1 * 3;
        the line is taken away: 
        --
        `True` becomes `False`:     return a and not False
        `and` becomes `or`:     return a or not True
        the line is taken away:     pass
        --
        `>=` becomes `<`:     if a < 0:
        `0` becomes `1`:     if a >= 1:
        --
        `===` becomes `!==`:   return x !== y;
        the line is taken away: 
        --
        `min` becomes `max`: 	n = max(a, 3)
        `3` becomes `4`: 	n = min(a, 4)
        the line is taken away: 
        --
        the line is taken away: 
        --

        --
        ");
    }
}
