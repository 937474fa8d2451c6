//! Path patterns: what they match, what they contain, and whether two of them meet.
//!
//! `*` stands for any letters but `/`, `?` for one letter but `/`, `**` as a whole part for any
//! number of parts, `{a,b}` for either. All else stands for itself. A pattern always matches the
//! whole path. Authority is decided with these, so they are few and exact.

use std::fmt;

/// How many bytes a pattern may have.
pub const MAX_BYTES: usize = 1024;
/// How many alternatives the braces of one pattern may expand to.
const MAX_ALTERNATIVES: usize = 64;
/// How many bytes these may have together. Comparing two patterns takes at most the square of it.
const MAX_EXPANDED: usize = 4096;

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
    /// whole part, with braces that do not close; or why it takes too long: more than
    /// [`MAX_BYTES`], or too many alternatives.
    pub fn new(text: &str) -> Result<Glob, String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if text.starts_with('/') {
            return Err("paths are relative to the repository's root".to_owned());
        }
        if text.len() > MAX_BYTES {
            return Err(format!("it is longer than {MAX_BYTES} bytes"));
        }
        let alternatives = if text.contains(['{', '}']) {
            let expanded = expand(text)?;
            if expanded.iter().map(String::len).sum::<usize>() > MAX_EXPANDED {
                return Err(format!(
                    "its alternatives have more than {MAX_EXPANDED} bytes together"
                ));
            }
            let parts = expanded.iter().map(|alternative| parts(alternative));
            parts.collect::<Result<_, _>>()?
        } else {
            vec![parts(text)?]
        };
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

    /// As [`Glob::new`], if the text is a pattern of several paths and not itself one.
    #[must_use]
    pub fn new_of_several(text: &str) -> Option<Glob> {
        is_of_several(text).then(|| Glob::new(text).ok())?
    }

    /// Whether it is a path rather than a pattern of several.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !is_of_several(&self.text)
    }

    /// The patterns without braces that it stands for: itself if it has none.
    pub(crate) fn alternatives(&self) -> impl Iterator<Item = Glob> {
        let text = |parts: &Vec<Part>| {
            let parts = parts.iter().map(|part| match part {
                Part::Any => "**".to_owned(),
                Part::One(letters) => letters.iter().collect(),
            });
            parts.collect::<Vec<String>>().join("/")
        };
        self.alternatives.iter().map(move |parts| Glob {
            text: text(parts),
            alternatives: vec![parts.clone()],
        })
    }

    /// What stands before its first wild card or brace.
    fn beginning(&self) -> &str {
        let end = self.text.find(['*', '?', '{']);
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// Whether it matches the whole of `path`.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        // Most paths differ in their first letters. `src/**` matches `src` too.
        if !path.starts_with(self.beginning().trim_end_matches('/')) {
            return false;
        }
        let path: Vec<Vec<char>> = path.split('/').map(letters).collect();
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
        // Most patterns part ways in their first letters. `src/**` matches `src` too, which is
        // the beginning of its own.
        let (mine, theirs) = (self.beginning(), other.beginning());
        if !mine.starts_with(theirs) && !theirs.starts_with(mine) {
            return false;
        }
        self.alternatives
            .iter()
            .any(|a| other.alternatives.iter().any(|b| meets_parts(a, b)))
    }
}

fn is_of_several(text: &str) -> bool {
    text.contains(['*', '?', '{'])
}

/// The parts of a pattern without braces.
fn parts(pattern: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" => return Err("it has an empty part (`//`, or a `/` at its end)".to_owned()),
            "." | ".." => return Err(format!("`{part}` is not allowed in it")),
            "**" if parts.last() == Some(&Part::Any) => {}
            "**" => parts.push(Part::Any),
            part if part.as_bytes().windows(2).any(|two| two == b"**") => {
                return Err("`**` must be a whole part, as in `src/**`".to_owned());
            }
            part => parts.push(Part::One(letters(part))),
        }
    }
    Ok(parts)
}

fn letters(part: &str) -> Vec<char> {
    // Nearly every letter is one byte long.
    let mut letters = Vec::with_capacity(part.len());
    letters.extend(part.chars());
    letters
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
    contains(outer, inner, Part::is_any, |outer, inner| {
        match (outer, inner) {
            (Part::One(outer), Part::One(inner)) => contains_letters(outer, inner),
            _ => false,
        }
    })
}

fn contains_letters(outer: &[char], inner: &[char]) -> bool {
    let covers = |outer: &char, inner: &char| *outer == '?' || outer == inner;
    contains(outer, inner, is_star, covers)
}

/// Whether two patterns of parts can match one path: both walk it at the same time.
fn meets_parts(a: &[Part], b: &[Part]) -> bool {
    meets(a, b, Part::is_any, |a, b| match (a, b) {
        (Part::One(a), Part::One(b)) => meets_letters(a, b),
        _ => false,
    })
}

fn meets_letters(a: &[char], b: &[char]) -> bool {
    let agree = |a: &char, b: &char| a == b || *a == '?' || *b == '?';
    meets(a, b, is_star, agree)
}

fn is_star(letter: &char) -> bool {
    *letter == '*'
}

impl Part {
    fn is_any(&self) -> bool {
        *self == Part::Any
    }
}

/// Containment for parts and for letters alike: what is `many` covers any run of the other side,
/// anything else covers one that `covers` allows. From the ends to the beginnings, so that every
/// pair of places is decided once.
fn contains<T>(
    outer: &[T],
    inner: &[T],
    many: impl Fn(&T) -> bool,
    covers: impl Fn(&T, &T) -> bool,
) -> bool {
    let end = inner.len();
    // `row[j]`: the rest of `outer` contains the rest of `inner` from `j` on.
    let mut row = vec![false; end + 1];
    row[end] = true;
    for token in outer.iter().rev() {
        let mut next = vec![false; end + 1];
        if many(token) {
            next[end] = row[end];
            for j in (0..end).rev() {
                next[j] = row[j] || next[j + 1];
            }
        } else {
            for j in 0..end {
                next[j] = row[j + 1] && !many(&inner[j]) && covers(token, &inner[j]);
            }
        }
        row = next;
    }
    row[0]
}

/// Meeting for parts and for letters alike, as [`contains`].
fn meets<T>(a: &[T], b: &[T], many: impl Fn(&T) -> bool, agree: impl Fn(&T, &T) -> bool) -> bool {
    let end = b.len();
    // `row[j]`: the rest of `a` meets the rest of `b` from `j` on. Where `a` has ended, the rest
    // of `b` must be able to match nothing.
    let mut row = vec![false; end + 1];
    row[end] = true;
    for j in (0..end).rev() {
        row[j] = row[j + 1] && many(&b[j]);
    }
    for token in a.iter().rev() {
        let run = many(token);
        let mut next = vec![false; end + 1];
        next[end] = row[end] && run;
        for j in (0..end).rev() {
            let other = many(&b[j]);
            next[j] = match run || other {
                // A run takes one of the other side, or ends.
                true => row[j] || next[j + 1],
                false => row[j + 1] && agree(token, &b[j]),
            };
        }
        row = next;
    }
    row[0]
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

    #[test]
    fn what_patterns_meet() {
        for (a, b, expected) in [
            ("src/**", "**/*.rs", true),
            ("src/*", "src/a/b", false),
            ("a*", "*b", true),
            ("a*b", "*c", false),
            ("a/**", "b/**", false),
            ("{a,b}/x", "{b,c}/x", true),
            ("**", "a", true),
            ("a/**", "a", true),
        ] {
            assert_eq!(glob(a).meets(&glob(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn hostile_patterns_take_no_longer_than_others() {
        let stars = "*a".repeat(500);
        let deep = "**/a/".repeat(200) + "b";
        let wide = format!("{{a,b}}{{a,b}}{{a,b}}{}", "*a".repeat(250));
        for text in [stars, deep, wide] {
            let one = glob(&text);
            let other = glob(&text.replace('b', "c"));
            let path = text.replace("**/", "").replace('*', "");
            let _ = (one.contains(&other), one.meets(&other), one.matches(&path));
            assert!(one.contains(&one) && one.meets(&one), "{text}");
        }
    }

    #[test]
    fn long_patterns_are_refused_with_the_bound() {
        assert!(Glob::new(&"a".repeat(MAX_BYTES)).is_ok());
        let long = Glob::new(&"a".repeat(MAX_BYTES + 1)).unwrap_err();
        assert_eq!(long, "it is longer than 1024 bytes");
        let wide = format!("{}{}", "{a,b}".repeat(5), "c".repeat(900));
        let wide = Glob::new(&wide).unwrap_err();
        assert_eq!(wide, "its alternatives have more than 4096 bytes together");
    }

    fn pattern() -> impl Strategy<Value = String> {
        let part = "\\*\\*|[ab\\*\\?]{1,2}|\\{a,[ab\\*\\?]\\}";
        prop::collection::vec(part, 1..4)
            .prop_map(|parts| parts.join("/"))
            .prop_filter("a pattern", |text| Glob::new(text).is_ok())
    }

    /// All paths of up to four parts of one or two of the letters `a` and `b`. Where two of the
    /// patterns above meet, they meet in one of these.
    fn paths() -> Vec<String> {
        let parts = ["a", "b", "aa", "ab", "ba", "bb"];
        let mut all: Vec<String> = Vec::new();
        let mut longest = vec![String::new()];
        for _ in 0..4 {
            let longer = longest.iter().flat_map(|path| {
                let slash = if path.is_empty() { "" } else { "/" };
                parts.map(|part| format!("{path}{slash}{part}"))
            });
            longest = longer.collect();
            all.extend_from_slice(&longest);
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn containing_and_meeting_agree_with_matching(a in pattern(), b in pattern()) {
            let (a, b) = (glob(&a), glob(&b));
            let mut both = false;
            let mut missed = None;
            for path in paths() {
                let inner = b.matches(&path);
                let outer = a.matches(&path);
                both |= inner && outer;
                if inner && !outer {
                    missed = Some(path);
                }
            }
            prop_assert_eq!(a.meets(&b), both);
            if a.contains(&b) {
                prop_assert_eq!(missed, None);
            }
        }
    }

    proptest! {
        #[test]
        fn meeting_is_mutual_and_containing_passes_on(
            a in pattern(), b in pattern(), c in pattern()
        ) {
            let (a, b, c) = (glob(&a), glob(&b), glob(&c));
            prop_assert!(a.contains(&a) && a.meets(&a));
            prop_assert_eq!(a.meets(&b), b.meets(&a));
            if a.contains(&b) {
                prop_assert!(a.meets(&b));
                if b.contains(&c) {
                    prop_assert!(a.contains(&c));
                }
            }
        }

        /// A path as a pattern is contained exactly where it is matched.
        #[test]
        fn a_path_is_contained_where_it_is_matched(a in pattern(), path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
            let a = glob(&a);
            prop_assert_eq!(a.contains(&glob(&path)), a.matches(&path));
            prop_assert_eq!(a.meets(&glob(&path)), a.matches(&path));
        }
    }
}
