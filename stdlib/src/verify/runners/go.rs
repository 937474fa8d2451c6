//! `go test`, with a package `testing` that tells tau which tests there were.
//!
//! What `go test -json` says of tests is taken from what test programs print, so that a test can
//! say it as well. So tau gives go an overlay, in which the package `testing` of its own has a few
//! calls more: they write to a file which tests begin and how they end. Only what go itself says,
//! that a package could not be built, is taken from its events.

mod report;

use std::collections::BTreeSet;

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, base_name, quoted};
use crate::verify::report::Read;

/// `go test …`.
pub(super) struct Go;

/// Options with which it runs no tests, or leaves no place for tau's part.
const OTHERWISE: &[&str] = &["C", "c", "exec", "fuzz", "list", "n", "overlay"];

/// Options that tau sets itself, and whether they have a value.
const REPLACED: &[(&str, bool)] = &[("count", true), ("failfast", false), ("json", false)];

impl Runner for Go {
    fn name(&self) -> &'static str {
        "go test"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        let [program, word, rest @ ..] = argv else {
            return false;
        };
        let is_otherwise = |word: &String| option(word).is_some_and(|it| OTHERWISE.contains(&it));
        base_name(program) == "go" && word == "test" && !own(rest).iter().any(is_otherwise)
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let name = format!("tau_{}", checkout.nonce());
        let (reports, tools) = (checkout.path(Shelf::Reports), checkout.path(Shelf::Tools));
        let shown = |text: &str| {
            text.replace("@REPORTS@", &quoted(&reports.display().to_string()))
                .replace("@TOOLS@", &quoted(&tools.display().to_string()))
                .replace("@NAME@", &name)
        };
        let start = format!("start_{}", checkout.nonce());
        for (file, text, starts) in [
            ("run.sh", include_str!("go/run.sh"), false),
            ("show.awk", include_str!("go/show.awk"), false),
            ("testing.go", include_str!("go/testing.go.txt"), false),
            (&start, include_str!("go/start.sh"), true),
        ] {
            attached.tool(checkout, file, shown(text), starts)?;
        }
        let (first, rest) = to.argv.split_at(2);
        let end = own(rest).len();
        let overlay = reports.join("overlay.json");
        let mut argv = vec!["sh".to_owned(), tools.join("run.sh").display().to_string()];
        argv.extend_from_slice(first);
        argv.extend([
            "-json".to_owned(),
            format!("-overlay={}", overlay.display()),
            format!(
                "-exec={}",
                quoted(&tools.join(&start).display().to_string())
            ),
            // An answer that go has kept from before decides nothing.
            "-count=1".to_owned(),
        ]);
        let has = |name: &str| own(rest).iter().any(|it| option(it) == Some(name));
        if to.round > 0 && !has("shuffle") {
            argv.push(format!("-shuffle={}", to.round));
        }
        if let Some(tests) = to.only.filter(|_| !has("run") && !has("skip")) {
            argv.push(format!("-run={}", pattern(tests)));
        }
        argv.extend(kept(&rest[..end]));
        argv.extend_from_slice(&rest[end..]);
        attached.argv = argv;
        attached.sentinels = Some(name);
        Ok(attached)
    }

    fn read(
        &self,
        attached: &Attached,
        checkout: &dyn Checkout,
        code: i32,
    ) -> Result<Read, Failure> {
        report::read(attached, checkout, code)
    }
}

/// The words that are go's own, before those that it hands to the test programs.
fn own(rest: &[String]) -> &[String] {
    let end = rest.iter().position(|word| option(word) == Some("args"));
    &rest[..end.unwrap_or(rest.len())]
}

/// The name of the option that a word is: `run` for `-run=X`, `--run` and `-test.run`.
fn option(word: &str) -> Option<&str> {
    let name = word.strip_prefix('-')?.trim_start_matches('-');
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    Some(name.strip_prefix("test.").unwrap_or(name))
}

/// The words without those that tau replaces.
fn kept(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let found = REPLACED.iter().find(|(name, _)| option(word) == Some(name));
        match found {
            Some((_, true)) if !word.contains('=') => drop(words.next()),
            Some(_) => {}
            None => kept.push(word.clone()),
        }
    }
    kept
}

/// A pattern of the tests that these are or are in.
fn pattern(tests: &[String]) -> String {
    let name = |test: &String| {
        let name = test.rsplit("::").next().unwrap_or(test);
        name.split('/').next().unwrap_or(name).to_owned()
    };
    let names: BTreeSet<String> = tests.iter().map(name).collect();
    let names: Vec<String> = names.into_iter().collect();
    format!("^({})$", names.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_that_tau_replaces_are_left_out() {
        for (given, left) in [
            ("./... -run X", "./... -run X"),
            ("-count 3 ./...", "./..."),
            ("--count=3 -test.failfast -v", "-v"),
            ("-json=true -counting ./a", "-counting ./a"),
        ] {
            assert_eq!(kept(&words(given)).join(" "), left, "{given}");
        }
        assert_eq!(own(&words("-v -args -count=2")).len(), 1);
    }

    #[test]
    fn tests_are_selected_by_the_one_they_are_in() {
        let tests = words("a/b::TestA/x a/b::TestA c::TestB");
        assert_eq!(pattern(&tests), "^(TestA|TestB)$");
    }
}
