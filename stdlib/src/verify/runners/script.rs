//! jest and vitest, with reporters of tau's own, which are in the runner's process.
//!
//! They are known by their own names, behind `npx` and the like, and behind `npm test` where
//! `package.json` says nothing else but to start one of them.

use serde_json::Value;
use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, base_name, lines, literal, path_literal};
use crate::verify::report::Read;

/// What a command starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// `jest …`
    Jest,
    /// `vitest …`
    Vitest,
    /// `npm test`, which may start either.
    Package,
}

/// Words that may stand before the runner's name.
const BEFORE: &[&[&str]] = &[
    &[],
    &["npx"],
    &["npx", "--no"],
    &["npx", "--no-install"],
    &["yarn"],
    &["yarn", "run"],
    &["pnpm"],
    &["pnpm", "exec"],
    &["bunx"],
    &["node"],
];

/// What a shell would read as more than words.
const OF_SHELLS: &[char] = &[
    '&', '|', ';', '<', '>', '$', '`', '\\', '"', '\'', '(', ')', '*', '?', '#', '\n',
];

impl Runner for Script {
    fn name(&self) -> &'static str {
        match self {
            Script::Jest => "jest",
            Script::Vitest => "vitest",
            Script::Package => "npm test",
        }
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        match self {
            Script::Package => is_package(argv),
            _ => direct(argv).is_some_and(|(which, _)| which == *self),
        }
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let mut argv = to.argv.to_vec();
        let (which, at, scripted) = match direct(&argv) {
            Some((which, at)) => (which, at, Vec::new()),
            None => match script_of(checkout)? {
                Some((which, words)) => {
                    if base_name(&argv[0]) == "npm" && !argv.iter().any(|word| word == "--") {
                        argv.push("--".to_owned());
                    }
                    (which, argv.len(), words)
                }
                // How it ends decides.
                None => return Ok(attached),
            },
        };
        let name = format!("tau_{}", checkout.nonce());
        let mut own = argv.split_off(at);
        select(&mut own, &name);
        let given = match scripted.is_empty() {
            true => selects(&own),
            false => selects(&[scripted, argv[2..].to_vec()].concat()),
        };
        let sentinel = which.put(&name, to.round, &mut argv, &mut attached, checkout)?;
        argv.extend(own);
        if given == Some(true) {
            argv.push(sentinel);
        }
        attached.argv = argv;
        attached.leave_key(checkout)?;
        attached.sentinels = Some(name);
        attached.ends_with = Some(1);
        // What a project says of where its tests are may leave out tau's.
        attached.may_miss = true;
        Ok(attached)
    }

    fn read(
        &self,
        attached: &Attached,
        checkout: &dyn Checkout,
        code: i32,
    ) -> Result<Read, Failure> {
        match attached.sentinels {
            Some(_) => lines::read(self.name(), attached, checkout, code),
            None => Ok(Read::Unknown),
        }
    }
}

impl Script {
    /// Puts the reporter and the sentinel there, and the options for them to the end of the words.
    /// The name of the sentinel's file.
    fn put(
        self,
        name: &str,
        round: u64,
        argv: &mut Vec<String>,
        attached: &mut Attached,
        checkout: &dyn Checkout,
    ) -> Result<String, Failure> {
        let (part, sentinel, end) = match self {
            Script::Vitest => (
                include_str!("script/vitest.mjs"),
                include_str!("script/sentinel.vitest.mjs"),
                "test.mjs",
            ),
            _ => (
                include_str!("script/jest.mjs"),
                include_str!("script/sentinel.jest.js"),
                "test.js",
            ),
        };
        let reporter = reporter(part, name, attached, checkout)?;
        argv.extend(match self {
            Script::Vitest => vec![
                "--run".to_owned(),
                "--bail=0".to_owned(),
                format!("--reporter={reporter}"),
            ],
            // The first takes all words up to the next option.
            _ => vec![
                format!("--reporters={reporter}"),
                "--bail=0".to_owned(),
                "--watchAll=false".to_owned(),
            ],
        });
        if self == Script::Vitest && round > 0 {
            argv.extend([
                "--sequence.shuffle.tests=true".to_owned(),
                format!("--sequence.seed={round}"),
            ]);
        }
        let file = format!("{name}.{end}");
        let text = sentinel.replace("@NAME@", name);
        checkout.put(Shelf::Files, &file, text.as_bytes(), false)?;
        Ok(file)
    }
}

/// Gives a runner of JavaScript a reporter that tells tau in lines; where it is.
pub(super) fn reporter(
    part: &str,
    name: &str,
    attached: &mut Attached,
    checkout: &dyn Checkout,
) -> Result<String, Failure> {
    let file = format!("report_{}.mjs", checkout.nonce());
    let text = [include_str!("script/say.mjs"), part]
        .concat()
        .replace("@FOLDER@", &path_literal(&checkout.path(Shelf::Reports)))
        .replace("@NAME@", &literal(name));
    attached.tool(checkout, &file, text, false)?;
    Ok(checkout.path(Shelf::Tools).join(file).display().to_string())
}

/// The runner that a command names itself, and where the words behind it begin.
fn direct(argv: &[String]) -> Option<(Script, usize)> {
    let before = BEFORE.iter().find(|before| {
        let has_name = argv.get(before.len()).is_some_and(|it| named(it).is_some());
        has_name
            && argv
                .iter()
                .zip(before.iter())
                .all(|(word, it)| base_name(word) == *it)
    })?;
    Some((named(&argv[before.len()])?, before.len() + 1))
}

fn named(word: &str) -> Option<Script> {
    match base_name(word) {
        "jest" | "jest.js" => Some(Script::Jest),
        "vitest" | "vitest.mjs" => Some(Script::Vitest),
        _ => None,
    }
}

/// Whether a command starts the tests of `package.json`.
fn is_package(argv: &[String]) -> bool {
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    match words.as_slice() {
        [program, rest @ ..] if matches!(base_name(program), "npm" | "yarn" | "pnpm") => {
            matches!(rest, ["test" | "t", ..] | ["run", "test", ..])
        }
        _ => false,
    }
}

/// The runner that the script `test` of `package.json` starts, with the words behind it; none where
/// it does anything else besides.
fn script_of(checkout: &dyn Checkout) -> Result<Option<(Script, Vec<String>)>, Failure> {
    let text = checkout.take(Shelf::Files, "package.json")?;
    let package: Option<Value> = serde_json::from_slice(&text.unwrap_or_default()).ok();
    let scripts = package.as_ref().and_then(|it| it.get("scripts"));
    let part = |name: &str| scripts?.get(name)?.as_str();
    if part("pretest").is_some() || part("posttest").is_some() {
        return Ok(None);
    }
    let script = part("test").unwrap_or_default();
    if script.contains(OF_SHELLS) {
        return Ok(None);
    }
    let words = script.split_whitespace().map(str::to_owned);
    let is_variable =
        |word: &String| word == "cross-env" || (word.contains('=') && !word.starts_with('-'));
    let words: Vec<String> = words.skip_while(is_variable).collect();
    Ok(direct(&words).map(|(which, at)| (which, words[at..].to_vec())))
}

/// Lets a pattern of names select tau's tests as well.
fn select(words: &mut [String], name: &str) {
    let mut is_next = false;
    for word in words {
        if is_next {
            *word = format!("{word}|{name}_");
        }
        is_next = matches!(word.as_str(), "-t" | "--testNamePattern");
        if word.starts_with("--testNamePattern=") || word.starts_with("-t=") {
            word.push_str(&format!("|{name}_"));
        }
    }
}

/// Whether words select files; none where a word may as well be the value of an option.
fn selects(words: &[String]) -> Option<bool> {
    let mut found = Some(false);
    let mut before = "";
    for word in words {
        if !word.starts_with('-') && word != "run" {
            let may_be_value = before.starts_with('-') && before != "--" && !before.contains('=');
            match may_be_value && !matches!(before, "--run" | "--coverage" | "--runInBand" | "-i") {
                true if !matches!(before, "-t" | "--testNamePattern") => {
                    found = found.filter(|it| *it)
                }
                true => {}
                false => return Some(true),
            }
        }
        before = word;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_word_that_selects_files_is_told_from_a_value() {
        for (text, selects_files) in [
            ("", Some(false)),
            ("--coverage", Some(false)),
            ("tests/a.test.js", Some(true)),
            ("--config jest.json", None),
            ("--config jest.json tests", Some(true)),
            ("--config=jest.json", Some(false)),
            ("-t adds", Some(false)),
            ("--runInBand tests", Some(true)),
            ("run", Some(false)),
        ] {
            assert_eq!(selects(&words(text)), selects_files, "{text}");
        }
    }

    #[test]
    fn names_that_are_selected_leave_a_place_for_those_of_tau() {
        let mut given = words("-t adds --testNamePattern=b tests");
        select(&mut given, "tau");
        assert_eq!(
            given.join(" "),
            "-t adds|tau_ --testNamePattern=b|tau_ tests"
        );
    }
}
