//! What the failure on the base must look like.

use serde::{Deserialize, Serialize};

use super::report::{Report, Tests};

/// The `red` of a verifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Expected {
    /// Patterns of tests that must fail, in which `*` stands for anything.
    #[serde(default)]
    tests: Option<Vec<String>>,
    /// How.
    #[serde(default)]
    kind: Option<Kind>,
    /// A text that the failure must show.
    #[serde(default)]
    shows: Option<String>,
}

/// See [`Expected::kind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A test ran and failed, whatever it raised.
    #[default]
    Failure,
    /// A test ran, and an assertion in it did not hold.
    Assertion,
    /// Tests may also be such that they cannot be loaded, as where what they use is not there yet.
    Error,
}

/// Why a failure is not the expected one.
pub(super) enum Unexpected {
    /// A test that should fail passes.
    Passes(String),
    /// There is no such test, or it is left out.
    Missing(String),
    /// It fails otherwise: a clause.
    Otherwise(String),
}

impl Expected {
    /// Whether what cannot be loaded counts as a failure.
    pub(super) fn may_break(&self) -> bool {
        self.kind() == Kind::Error
    }

    fn kind(&self) -> Kind {
        self.kind.unwrap_or_default()
    }

    fn names(&self) -> &[String] {
        self.tests.as_deref().unwrap_or_default()
    }

    /// Compares a failure with it. `log` is the end of the output, which is looked at only where no
    /// runner tells what a failure shows.
    pub(super) fn unlike(&self, report: Option<&Report>, log: &str) -> Option<Unexpected> {
        let Some(report) = report else {
            return self.unlike_output(log);
        };
        let tests = report.tests();
        self.unlike_names(&tests).or_else(|| {
            let mut failures = report.failures().filter(|(id, _)| {
                self.names().is_empty() || self.names().iter().any(|it| selects(it, id))
            });
            let found = failures.any(|(_, shown)| {
                let by_assertion = matches!(shown.failure.as_deref(), Some("assertion" | "panic"));
                let message = shown.message.as_deref().unwrap_or_default();
                let wanted = self.shows.as_deref();
                (self.kind() != Kind::Assertion || by_assertion)
                    && wanted.is_none_or(|wanted| message.contains(wanted) || log.contains(wanted))
            });
            let broken = self.may_break() && !tests.broken.is_empty();
            let shows = self.shows.as_deref().is_none_or(|it| log.contains(it));
            let why = match &self.shows {
                _ if found || (broken && shows) => return None,
                Some(text) => format!("no failing test shows `{text}`"),
                _ => "no test failed by an assertion".to_owned(),
            };
            Some(Unexpected::Otherwise(why))
        })
    }

    fn unlike_output(&self, log: &str) -> Option<Unexpected> {
        if !self.names().is_empty() || self.kind() == Kind::Assertion {
            let why = "which tests failed, and how, is not known of this command".to_owned();
            return Some(Unexpected::Otherwise(why));
        }
        let text = self.shows.as_deref()?;
        let why = || Unexpected::Otherwise(format!("its output does not show `{text}`"));
        (!log.contains(text)).then(why)
    }

    fn unlike_names(&self, tests: &Tests) -> Option<Unexpected> {
        for pattern in self.names() {
            let has = |names: &std::collections::BTreeSet<String>| {
                names.iter().any(|name| selects(pattern, name))
            };
            if has(&tests.failed) || (self.may_break() && has(&tests.broken)) {
                continue;
            }
            return Some(match has(&tests.passed) {
                true => Unexpected::Passes(pattern.clone()),
                false => Unexpected::Missing(pattern.clone()),
            });
        }
        None
    }
}

/// Whether a pattern means a test: by its whole name, or by the one that its own command gives it.
pub(super) fn selects(pattern: &str, test: &str) -> bool {
    matches(pattern, test) || matches(pattern, in_two(test).1)
}

/// The number of a test's command, where several decide, and the name that this gives it.
pub(super) fn in_two(test: &str) -> (&str, &str) {
    match test.split_once(": ") {
        Some((number, name)) if number.bytes().all(|it| it.is_ascii_digit()) => (number, name),
        _ => ("", test),
    }
}

/// Whether a name fits a pattern, in which `*` stands for any letters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else {
        return false;
    };
    rest = after;
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last: &str| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, fits) in [
            ("a::b", "a::b", true),
            ("a::b", "a::bc", false),
            ("a::*", "a::bc", true),
            ("*::b", "a::b", true),
            ("*b*", "abc", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("t[1]", "t[1]", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
