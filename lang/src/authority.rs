//! What is granted, and whether a request is covered. The same rules decide while checking,
//! before a run and at every access of a run.

use crate::glob::Glob;
use crate::source::Span;
use crate::syntax::command;
use crate::syntax::tree::Effect;

/// Grants and denials with their patterns read.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

/// One grant or denial.
#[derive(Clone, Debug)]
pub struct Rule {
    /// A denial wins over any grant.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For git: `commit`, `push`.
    pub verb: Option<String>,
    /// What it covers.
    pub pattern: Pattern,
    /// Who denies, as a clause for a message: `the mission denies`, ``verifier `tests` protects``.
    pub says: String,
    /// Where it stands.
    pub at: Span,
}

/// What a rule covers.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Paths or refs.
    Glob(Glob),
    /// A command: its words, each a pattern with `*`; a last word `*` alone stands for any
    /// number of further arguments.
    Command(Vec<String>),
    /// A name, or a pattern of names with `*`.
    Name(String),
}

/// What the rules say to a request.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// Covered by this grant.
    Granted(&'a Rule),
    /// Taken away by this denial.
    Denied(&'a Rule),
    /// Covered by nothing.
    Missing,
}

impl Pattern {
    /// Reads a pattern of an effect.
    ///
    /// # Errors
    /// Why it is none, as a clause.
    pub fn new(effect: Effect, text: &str) -> Result<Pattern, String> {
        match effect {
            Effect::Read | Effect::Write | Effect::Git => Glob::new(text).map(Pattern::Glob),
            Effect::Run => command::words(text).map(Pattern::Command),
            _ if text.is_empty() => Err("it is empty".to_owned()),
            _ => Ok(Pattern::Name(text.to_owned())),
        }
    }

    /// Whether it covers all there is.
    #[must_use]
    pub fn is_universal(&self) -> bool {
        match self {
            Pattern::Glob(glob) => glob.as_str() == "**",
            Pattern::Command(words) => words.len() == 1 && words[0] == "*",
            Pattern::Name(name) => name == "*",
        }
    }

    /// Whether it surely covers `scope`, itself a path, command, ref or name, or a pattern.
    #[must_use]
    pub fn covers(&self, scope: &str) -> bool {
        match self {
            Pattern::Glob(_) if self.is_universal() => true,
            Pattern::Glob(glob) => match Glob::new_of_several(scope) {
                Some(other) => glob.contains(&other),
                None => glob.matches(scope),
            },
            Pattern::Command(pattern) => match command::words(scope) {
                Ok(words) => covers_words(pattern, &words),
                Err(_) => false,
            },
            Pattern::Name(pattern) => covers_word(pattern, scope),
        }
    }

    /// Whether it may cover a part of `scope`, read as a pattern or as the path that it may be:
    /// a file's name may have stars and braces.
    #[must_use]
    pub fn meets(&self, scope: &str) -> bool {
        match self {
            Pattern::Glob(glob) => {
                glob.matches(scope)
                    || Glob::new_of_several(scope).is_some_and(|other| glob.meets(&other))
            }
            _ => self.covers(scope),
        }
    }
}

impl Pattern {
    /// Whether it covers the one path that is spelled `path`, whatever is in its name.
    fn names(&self, path: &str) -> bool {
        matches!(self, Pattern::Glob(glob) if glob.matches(path))
    }
}

fn covers_words(pattern: &[String], words: &[String]) -> bool {
    match (pattern.split_first(), words.split_first()) {
        (None, None) => true,
        (Some((last, [])), _) if last == "*" => true,
        (Some((a, pattern)), Some((b, words))) => covers_word(a, b) && covers_words(pattern, words),
        _ => false,
    }
}

/// `*` in `pattern` stands for any letters.
fn covers_word(pattern: &str, word: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = word.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

impl Rules {
    /// The rules in their order.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Rules {
        Rules { rules }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// What the rules say to one path, command, ref or name.
    #[must_use]
    pub fn decide(&self, effect: Effect, verb: Option<&str>, scope: &str) -> Decision<'_> {
        let about = |rule: &&Rule| rule.effect == effect && rule.verb.as_deref() == verb;
        let denied = self
            .rules
            .iter()
            .filter(about)
            .find(|rule| rule.deny && rule.pattern.meets(scope));
        if let Some(rule) = denied {
            // A pattern that a denial only touches is decided path by path.
            let literal = Glob::new_of_several(scope).is_none();
            if literal || rule.pattern.covers(scope) || rule.pattern.names(scope) {
                return Decision::Denied(rule);
            }
        }
        match self
            .rules
            .iter()
            .filter(about)
            .find(|rule| !rule.deny && rule.pattern.covers(scope))
        {
            Some(rule) => Decision::Granted(rule),
            None => Decision::Missing,
        }
    }

    /// Whether one path, command, ref or name is covered.
    #[must_use]
    pub fn covers(&self, effect: Effect, verb: Option<&str>, scope: &str) -> bool {
        matches!(self.decide(effect, verb, scope), Decision::Granted(_))
    }
}

/// The line that would grant something, as it is written in tau.
#[must_use]
pub fn grant_line(effect: Effect, verb: Option<&str>, scope: &str) -> String {
    let scope = if effect.has_names() {
        scope.to_owned()
    } else {
        format!("\"{}\"", scope.replace('\\', "\\\\").replace('"', "\\\""))
    };
    match verb {
        Some(verb) => format!("{effect} {verb} on {scope}"),
        None => format!("{effect} {scope}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(deny: bool, effect: Effect, text: &str) -> Rule {
        Rule {
            deny,
            effect,
            verb: None,
            pattern: Pattern::new(effect, text).unwrap(),
            says: "the mission denies".to_owned(),
            at: Span::default(),
        }
    }

    #[test]
    fn a_denial_wins() {
        let rules = Rules::new(vec![
            rule(false, Effect::Write, "src/**"),
            rule(true, Effect::Write, "src/generated/**"),
        ]);
        let covers = |path| rules.covers(Effect::Write, None, path);
        assert!(covers("src/a.rs"));
        assert!(!covers("src/generated/a.rs"));
        assert!(!covers("docs/a.md"));
        assert!(!rules.covers(Effect::Read, None, "src/a.rs"));
        assert!(matches!(
            rules.decide(Effect::Write, None, "src/generated/a.rs"),
            Decision::Denied(_)
        ));
    }

    /// Such a name reads as a pattern that the denial does not meet, or as none at all.
    #[test]
    fn a_denial_holds_for_names_that_look_like_patterns() {
        let rules = Rules::new(vec![
            rule(false, Effect::Write, "**"),
            rule(true, Effect::Write, "kept/**"),
            rule(true, Effect::Write, "src/?a*"),
        ]);
        let long = format!("kept/{}", ["a"; 1000].join("/"));
        for path in ["kept/{x", "kept/a**b", "src/{a,b}", &long] {
            assert!(!rules.covers(Effect::Write, None, path), "{path}");
        }
        assert!(rules.covers(Effect::Write, None, "src/{x"));
    }

    #[test]
    fn commands_are_covered_word_by_word() {
        let covers = |pattern: &str, command: &str| {
            Rules::new(vec![rule(false, Effect::Run, pattern)]).covers(Effect::Run, None, command)
        };
        assert!(covers("cargo test", "cargo test"));
        assert!(!covers("cargo test", "cargo test --release"));
        assert!(covers("cargo *", "cargo test --release"));
        assert!(covers("cargo *", "cargo"));
        assert!(covers("python3 -m *", "python3 -m pytest -q"));
        assert!(!covers("python3 -m *", "python3 -c 'evil'"));
        assert!(covers("node test/*.js", "node test/a.js"));
        assert!(!covers("cargo test", "cargo 'test --x'"));
    }

    #[test]
    fn empty_means_none() {
        assert!(!Rules::default().covers(Effect::Read, None, "a"));
    }

    /// The obviously right model: a path is covered if some grant matches it and no denial does.
    fn model(rules: &[(bool, String)], path: &str) -> bool {
        let matches = |deny: bool| {
            rules
                .iter()
                .any(|(it, glob)| *it == deny && Glob::new(glob).unwrap().matches(path))
        };
        matches(false) && !matches(true)
    }

    proptest! {
        #[test]
        fn paths_are_covered_as_the_model_says(
            rules in prop::collection::vec((any::<bool>(), "(a|b|\\*|\\*\\*)(/(a|b|\\*|\\*\\*)){0,2}"), 0..4),
            path in "[ab](/[ab]){0,2}",
        ) {
            let real = Rules::new(rules.iter().map(|(deny, glob)| rule(*deny, Effect::Write, glob)).collect());
            prop_assert_eq!(real.covers(Effect::Write, None, &path), model(&rules, &path));
        }
    }
}
