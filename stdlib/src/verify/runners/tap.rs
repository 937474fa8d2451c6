//! The Test Anything Protocol, versions 13 and 14, from a file.
//!
//! Never from what a command prints: there the tests themselves could write it.

use std::collections::BTreeMap;

use super::left::BY_HAND;
use crate::verify::report::{Read, Report, Shown, State};

/// Reads a report that should stand at `path`.
pub(super) fn read(text: Option<&[u8]>, path: &str, code: i32) -> Read {
    let broken = |why: String| Read::Broken { why, help: BY_HAND };
    let Some(text) = text else {
        return broken(format!("it left no report at `{path}` (exit code {code})"));
    };
    match parse(&String::from_utf8_lossy(text)) {
        Ok(report) => Read::Report(report),
        Err(why) => broken(format!("its report at `{path}` {why}")),
    }
}

/// The tests of one depth: a subtest stands deeper, and before the line that says how it ended.
#[derive(Default)]
struct Level {
    planned: Option<usize>,
    points: usize,
    tests: Vec<Test>,
}

struct Test {
    name: String,
    state: State,
    message: Option<String>,
}

/// How far each depth is indented.
const STEP: usize = 4;

fn parse(text: &str) -> Result<Report, String> {
    let mut levels = vec![Level::default()];
    let mut is_diagnostic = false;
    for line in text.lines() {
        let rest = line.trim_start_matches(' ');
        let depth = (line.len() - rest.len()) / STEP;
        if is_diagnostic {
            match rest.trim_end() {
                "..." => is_diagnostic = false,
                other => explain(&mut levels, other),
            }
            continue;
        }
        if rest.trim_end() == "---" {
            is_diagnostic = true;
            continue;
        }
        if let Some(why) = rest.strip_prefix("Bail out!") {
            return Err(format!("says that it gave up:{why}"));
        }
        if depth + 1 > levels.len() && (plan(rest).is_some() || point(rest).is_some()) {
            levels.resize_with(depth + 1, Level::default);
        }
        if let Some(planned) = plan(rest) {
            if levels[depth].planned.replace(planned).is_some() {
                return Err("has more than one plan".to_owned());
            }
        } else if let Some((number, test)) = point(rest) {
            if levels.len() > depth + 2 {
                return Err("has a subtest that nothing ends".to_owned());
            }
            let below = match levels.len() == depth + 2 {
                true => levels.pop(),
                false => None,
            };
            let level = &mut levels[depth];
            level.points += 1;
            if number.is_some_and(|number| number != level.points) {
                return Err(format!("counts its tests otherwise than from 1: `{rest}`"));
            }
            match below {
                Some(below) => level.tests.extend(below.into_tests(test)?),
                None => level.tests.push(test),
            }
        }
    }
    match <[Level; 1]>::try_from(levels) {
        Ok([level]) => level.into_report(),
        Err(_) => Err("ends in a subtest".to_owned()),
    }
}

impl Level {
    fn is_whole(&self) -> Result<(), String> {
        match self.planned {
            None => Err("has no plan, so it may have ended early".to_owned()),
            Some(planned) if planned != self.points => Err(format!(
                "planned {planned} tests and tells of {}",
                self.points
            )),
            Some(_) => Ok(()),
        }
    }

    /// The tests of a subtest, named by it. It counts itself where it says something else.
    fn into_tests(self, whole: Test) -> Result<Vec<Test>, String> {
        self.is_whole()?;
        let has_failed = self.tests.iter().any(|it| it.state == State::Failed);
        let is_out = whole.state == State::Skipped;
        let mut tests: Vec<Test> = self
            .tests
            .into_iter()
            .map(|test| Test {
                name: format!("{} > {}", whole.name, test.name),
                state: if is_out { State::Skipped } else { test.state },
                message: test.message,
            })
            .collect();
        if tests.is_empty() || (whole.state == State::Failed && !has_failed) {
            tests.push(whole);
        }
        Ok(tests)
    }

    fn into_report(self) -> Result<Report, String> {
        self.is_whole()?;
        let mut report = Report::default();
        let mut given: BTreeMap<String, usize> = BTreeMap::new();
        for test in self.tests {
            let count = given.entry(test.name.clone()).or_default();
            *count += 1;
            let id = match *count {
                1 => test.name,
                count => format!("{} #{count}", test.name),
            };
            let failure = None;
            let message = test.message;
            report.saw(id, test.state, Shown { failure, message });
        }
        Ok(report)
    }
}

/// Keeps what a diagnostic says of the last test.
fn explain(levels: &mut [Level], line: &str) {
    let last = levels.last_mut().and_then(|level| level.tests.last_mut());
    if let Some(test) = last.filter(|it| it.state == State::Failed) {
        let text = test.message.get_or_insert_default();
        if text.len() < 300 {
            text.push_str(line);
            text.push('\n');
        }
    }
}

/// `1..3`, and `1..0 # skip why`.
fn plan(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("1..")?;
    let number = rest.split([' ', '#']).next().unwrap_or(rest);
    number.trim().parse().ok()
}

/// `ok 3 - it adds # TODO why`, with its number if it has one.
fn point(line: &str) -> Option<(Option<usize>, Test)> {
    let (passed, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.trim();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_number = digits > 0 && matches!(rest.as_bytes().get(digits), None | Some(b' '));
    let (number, rest) = match is_number {
        true => (rest[..digits].parse().ok(), rest[digits..].trim_start()),
        false => (None, rest),
    };
    let (name, directive) = split(rest);
    let name = name.strip_prefix("- ").unwrap_or(&name).trim().to_owned();
    let name = match (name.is_empty() || name == "-", number) {
        (false, _) => name,
        (true, Some(number)) => format!("test {number}"),
        (true, None) => "test".to_owned(),
    };
    let directive = directive.to_ascii_lowercase();
    let is_out = directive.starts_with("skip") || directive.starts_with("todo");
    let state = match (is_out, passed) {
        (true, _) => State::Skipped,
        (false, true) => State::Passed,
        (false, false) => State::Failed,
    };
    let message = None;
    Some((
        number,
        Test {
            name,
            state,
            message,
        },
    ))
}

/// The text before the first ` #` that is not escaped, without escapes, and what comes behind it.
fn split(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next().map(|(_, letter)| letter)),
            '#' if name.is_empty() || name.ends_with(' ') => {
                return (name, text[at + 1..].trim_start());
            }
            _ => name.push(letter),
        }
    }
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match parse(text) {
            Err(why) => why,
            Ok(report) => {
                let tests = report.tests();
                let of = |names: &std::collections::BTreeSet<String>| {
                    names.iter().cloned().collect::<Vec<_>>().join(", ")
                };
                let (passed, failed) = (of(&tests.passed), of(&tests.failed));
                format!("{passed} | {failed} | {}", of(&tests.skipped))
            }
        }
    }

    #[test]
    fn the_tests_of_a_report() {
        for (text, wanted) in [
            ("TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b\n", "a | b | "),
            ("ok a\nok\nok - a\n1..3\n", "a, a #2, test |  | "),
            (
                "1..4\nok 1 a # SKIP no\nnot ok 2 b # todo\nok 3 c # Todo x\nok 4 d \\# skip\n",
                "d # skip |  | a, b, c",
            ),
            ("1..0 # skip all\n", " |  | "),
            (
                "TAP version 14\n# Subtest: s\n    ok 1 - a\n    not ok 2 - b\n      ---\n      message: \"1..9\"\n      ...\n    1..2\nnot ok 1 - s\n1..1\n",
                "s > a | s > b | ",
            ),
            (
                "    ok 1 - a\n    1..1\nnot ok 1 - s\n1..1\n",
                "s > a | s | ",
            ),
            (
                "    ok 1 - a\n    1..1\nok 1 - s # skip\n1..1\n",
                " |  | s > a",
            ),
            ("ok 1 - a\nokay\n# ok 2\n1..1\n", "a |  | "),
            ("ok 1 - a\n", "has no plan, so it may have ended early"),
            ("1..3\nok 1\nok 2\n", "planned 3 tests and tells of 2"),
            ("1..1\nok 1\nok 2\n", "planned 1 tests and tells of 2"),
            ("1..2\nok 1\n1..1\n", "has more than one plan"),
            (
                "1..2\nok 1\nok 1\n",
                "counts its tests otherwise than from 1: `ok 1`",
            ),
            (
                "1..2\nok 1\nBail out! no disk\n",
                "says that it gave up: no disk",
            ),
            (
                "1..1\n    ok 1 - a\n    1..2\nok 1 - s\n",
                "planned 2 tests and tells of 1",
            ),
            ("1..1\nok 1\n    ok 1 - a\n", "ends in a subtest"),
        ] {
            assert_eq!(told(text), wanted, "{text}");
        }
        assert!(matches!(read(None, "r.tap", 0), Read::Broken { .. }));
    }
}
