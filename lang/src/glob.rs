//! Path patterns: what they match, what they contain, and whether two of them meet.
//!
//! `*` stands for any letters but `/`, `?` for one letter but `/`, `**` as a whole part for any
//! number of parts, `{a,b}` for either. All else stands for itself. A pattern always matches the
//! whole path. Authority is decided with these, so they are few and exact.

use std::fmt;

/// How many alternatives the braces of one pattern may expand to.
const MAX_ALTERNATIVES: usize = 64;

/// A pattern that can be matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    /// Braces expanded; each alternative as its parts.
    alternatives: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// `**`
    Any,
    /// Everything else: letters, `*` and `?`.
    One(Vec<char>),
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Glob {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Why it can match no path, as a clause: absolute, with `..`, with a `**` that is not a
    /// whole part, or with braces that do not close.
    pub fn new(text: &str) -> Result<Glob, String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if text.starts_with('/') {
            return Err("paths are relative to the repository's root".to_owned());
        }
        let mut alternatives = Vec::new();
        for alternative in expand(text)? {
            let mut parts = Vec::new();
            for part in alternative.split('/') {
                match part {
                    "" => return Err("it has an empty part (`//`, or a `/` at its end)".to_owned()),
                    "." | ".." => return Err(format!("`{part}` is not allowed in it")),
                    "**" if parts.last() == Some(&Part::Any) => {}
                    "**" => parts.push(Part::Any),
                    part if part.contains("**") => {
                        return Err("`**` must be a whole part, as in `src/**`".to_owned());
                    }
                    part => parts.push(Part::One(part.chars().collect())),
                }
            }
            alternatives.push(parts);
        }
        Ok(Glob {
            text: text.to_owned(),
            alternatives,
        })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a path rather than a pattern of several.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !self.text.contains(['*', '?', '{'])
    }

    /// Whether it matches the whole of `path`.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<Vec<char>> = path.split('/').map(|part| part.chars().collect()).collect();
        self.alternatives
            .iter()
            .any(|parts| matches_parts(parts, &path))
    }

    /// Whether every path that `other` matches is surely matched by this one too. `false` means
    /// "not surely".
    #[must_use]
    pub fn contains(&self, other: &Glob) -> bool {
        other.alternatives.iter().all(|inner| {
            self.alternatives
                .iter()
                .any(|outer| contains_parts(outer, inner))
        })
    }

    /// Whether some path may be matched by both. `true` means "perhaps".
    #[must_use]
    pub fn meets(&self, other: &Glob) -> bool {
        self.alternatives
            .iter()
            .any(|a| other.alternatives.iter().any(|b| meets_parts(a, b)))
    }
}

/// Expands `{a,b}`; braces may stand one behind the other, not one in another.
fn expand(text: &str) -> Result<Vec<String>, String> {
    let Some(open) = text.find(['{', '}']) else {
        return Ok(vec![text.to_owned()]);
    };
    let rest = &text[open..];
    let close = rest
        .find('}')
        .filter(|_| rest.starts_with('{'))
        .ok_or("its braces do not close")?;
    let inside = &rest[1..close];
    if inside.contains('{') {
        return Err("braces cannot stand in braces".to_owned());
    }
    let tails = expand(&rest[close + 1..])?;
    let mut all = Vec::new();
    for choice in inside.split(',') {
        for tail in &tails {
            if all.len() == MAX_ALTERNATIVES {
                return Err(format!("it has more than {MAX_ALTERNATIVES} alternatives"));
            }
            all.push(format!("{}{choice}{tail}", &text[..open]));
        }
    }
    Ok(all)
}

/// Dynamic programming over (parts of the pattern) × (parts of the path), so that no pattern
/// takes more than their product.
fn matches_parts(pattern: &[Part], path: &[Vec<char>]) -> bool {
    // `row[j]`: the pattern's parts so far match the first `j` parts of the path.
    let mut row = vec![false; path.len() + 1];
    row[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        match part {
            Part::Any => {
                let mut reached = false;
                for j in 0..=path.len() {
                    reached |= row[j];
                    next[j] = reached;
                }
            }
            Part::One(letters) => {
                for j in 0..path.len() {
                    next[j + 1] = row[j] && matches_letters(letters, &path[j]);
                }
            }
        }
        row = next;
    }
    row[path.len()]
}

fn matches_letters(pattern: &[char], text: &[char]) -> bool {
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for letter in pattern {
        let mut next = vec![false; text.len() + 1];
        if *letter == '*' {
            let mut reached = false;
            for j in 0..=text.len() {
                reached |= row[j];
                next[j] = reached;
            }
        } else {
            for j in 0..text.len() {
                next[j + 1] = row[j] && (*letter == '?' || *letter == text[j]);
            }
        }
        row = next;
    }
    row[text.len()]
}

/// Whether `outer` surely matches whatever `inner` does: `inner` is matched by `outer` as if its
/// own wild cards were letters that only a wild card matches.
fn contains_parts(outer: &[Part], inner: &[Part]) -> bool {
    match (outer.split_first(), inner.split_first()) {
        (None, None) => true,
        (Some((Part::Any, [])), _) => true,
        (Some((Part::Any, rest)), Some((_, inner_rest))) => {
            contains_parts(rest, inner) || contains_parts(outer, inner_rest)
        }
        (Some((Part::Any, rest)), None) => contains_parts(rest, inner),
        (Some((Part::One(a), outer)), Some((Part::One(b), inner))) => {
            contains_letters(a, b) && contains_parts(outer, inner)
        }
        _ => false,
    }
}

fn contains_letters(outer: &[char], inner: &[char]) -> bool {
    match (outer.split_first(), inner.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            contains_letters(rest, inner)
                || inner
                    .split_first()
                    .is_some_and(|(_, inner)| contains_letters(outer, inner))
        }
        (Some(('?', outer)), Some((b, inner))) if *b != '*' => contains_letters(outer, inner),
        (Some((a, outer)), Some((b, inner))) if a == b && *b != '*' && *b != '?' => {
            contains_letters(outer, inner)
        }
        _ => false,
    }
}

/// Whether two patterns of parts can match one path: both walk it at the same time.
fn meets_parts(a: &[Part], b: &[Part]) -> bool {
    match (a.split_first(), b.split_first()) {
        (None, None) => true,
        (Some((Part::Any, rest)), _) if meets_parts(rest, b) => true,
        (_, Some((Part::Any, rest))) if meets_parts(a, rest) => true,
        (Some((Part::Any, _)), Some((_, rest))) => meets_parts(a, rest),
        (Some((_, rest)), Some((Part::Any, _))) => meets_parts(rest, b),
        (Some((Part::One(x), a)), Some((Part::One(y), b))) => {
            meets_letters(x, y) && meets_parts(a, b)
        }
        _ => false,
    }
}

fn meets_letters(a: &[char], b: &[char]) -> bool {
    match (a.split_first(), b.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) if meets_letters(rest, b) => true,
        (_, Some(('*', rest))) if meets_letters(a, rest) => true,
        (Some(('*', _)), Some((_, rest))) => meets_letters(a, rest),
        (Some((_, rest)), Some(('*', _))) => meets_letters(rest, b),
        (Some((x, a)), Some((y, b))) => (x == y || *x == '?' || *y == '?') && meets_letters(a, b),
        _ => false,
    }
}

/// Whether `path` may name a file of a repository: relative, `/` between its parts, no `.`, `..`
/// or `.git` among them (in any case), no control characters, no backslash.
///
/// # Errors
/// Why not, as a clause.
pub fn check_path(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("it is empty".to_owned());
    }
    if path.starts_with('/') {
        return Err("it is absolute; paths are relative to the repository's root".to_owned());
    }
    if path.len() > 4096 {
        return Err("it is longer than 4096 bytes".to_owned());
    }
    if path.contains('\\') {
        return Err("it has a backslash".to_owned());
    }
    if let Some(c) = path.chars().find(|c| c.is_control()) {
        return Err(format!(
            "it has the control character U+{:04X}",
            u32::from(c)
        ));
    }
    for part in path.split('/') {
        if part.is_empty() {
            return Err("it has an empty part".to_owned());
        }
        if part == "." || part == ".." {
            return Err(format!("`{part}` is not allowed in it"));
        }
        if is_git_dir(part) {
            return Err(format!("`{part}` is git's own"));
        }
    }
    Ok(())
}

/// Whether a file system might take `part` for `.git`: by case, by a trailing dot or space, as
/// its short name, or with code points that are ignored.
fn is_git_dir(part: &str) -> bool {
    let plain: String = part
        .chars()
        .filter(|c| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    plain == ".git" || plain == "git~1"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn glob(text: &str) -> Glob {
        Glob::new(text).unwrap()
    }

    #[test]
    fn what_patterns_match() {
        for (pattern, path, expected) in [
            ("**", "a/b/c", true),
            ("src/**", "src/a/b.rs", true),
            ("src/**", "src", true),
            ("src/**", "srcs/a", false),
            ("**/*.rs", "a.rs", true),
            ("**/*.rs", "x/y/a.rs", true),
            ("*.rs", "x/a.rs", false),
            ("a/**/z", "a/z", true),
            ("a/?/z", "a/b/z", true),
            ("{src,lib}/*.py", "lib/a.py", true),
            ("{src,lib}/*.py", "bin/a.py", false),
            ("tests/**", "tests/a", true),
            ("tau/*", "tau/fix-1", true),
        ] {
            assert_eq!(glob(pattern).matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn what_patterns_contain() {
        for (outer, inner, expected) in [
            ("**", "src/**", true),
            ("src/**", "src/a/**", true),
            ("src/**", "src/*.rs", true),
            ("src/*.rs", "src/**", false),
            ("*.rs", "a?.rs", true),
            ("a?.rs", "a*.rs", false),
            ("tau/*", "tau/fix-*", true),
            ("{a,b}/**", "a/x", true),
        ] {
            assert_eq!(
                glob(outer).contains(&glob(inner)),
                expected,
                "{outer} {inner}"
            );
        }
    }

    #[test]
    fn patterns_that_are_none() {
        for text in [
            "", "/a", "a//b", "../a", "a/", "a**b", "{a", "a}", "{a,{b}}",
        ] {
            assert!(Glob::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn paths_that_are_none() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            ".git/config",
            "a/.GIT/x",
            "a//b",
            "a\\b",
            "a\nb",
            ".git./x",
            "GIT~1/x",
            ".g\u{200c}it/config",
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        assert!(check_path("src/.gitignore").is_ok());
        assert!(check_path("ünï/文.txt").is_ok());
    }

    fn pattern() -> impl Strategy<Value = String> {
        prop::collection::vec("\\*\\*|[ab\\*\\?]{1,3}", 1..4)
            .prop_map(|parts| parts.join("/"))
            .prop_filter("a pattern", |text| Glob::new(text).is_ok())
    }

    proptest! {
        #[test]
        fn containing_and_meeting_agree_with_matching(
            a in pattern(), b in pattern(), path in "[ab]{1,2}(/[ab]{1,2}){0,3}"
        ) {
            let (a, b) = (glob(&a), glob(&b));
            if a.contains(&b) && b.matches(&path) {
                prop_assert!(a.matches(&path));
            }
            if a.matches(&path) && b.matches(&path) {
                prop_assert!(a.meets(&b) && b.meets(&a));
            }
            prop_assert!(a.contains(&a));
        }
    }
}
