//! `cargo test` with the harness that Rust comes with.
//!
//! Cargo is told to start the test programs through a script of tau's. That lists the tests of each
//! and has it log them to a file of its own, which the stable harness can do.

use std::collections::{BTreeMap, BTreeSet};

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, base_name, quoted};
use crate::verify::report::{Read, Report, Shown, State};

/// `cargo test …`.
pub(super) struct Cargo;

/// What all doc tests together are called. Cargo looks at them itself, and says how they ended by its own
/// end alone.
pub(in crate::verify) const DOC_TESTS: &str = "doc tests";

/// The report that says that there were some.
const DOC: &str = "doc";

/// Options after which cargo builds only the targets that are named.
const SELECTS: &[&str] = &[
    "--lib",
    "--bins",
    "--bin",
    "--test",
    "--example",
    "--examples",
];

impl Runner for Cargo {
    fn name(&self) -> &'static str {
        "cargo test"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        subcommand(argv).is_some_and(|word| matches!(word, "test" | "t"))
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let name = format!("tau_{}", checkout.nonce());
        let reports = checkout.path(Shelf::Reports);
        let script = include_str!("cargo.sh")
            .replace("@REPORTS@", &quoted(&reports.display().to_string()))
            .replace("@DOC@", DOC)
            .replace("@NAME@", &name);
        attached.tool(checkout, "start", script, true)?;
        let start = checkout.path(Shelf::Tools).join("start");
        for system in ["gnu", "musl"] {
            let target = format!("{}_UNKNOWN_LINUX_{system}", std::env::consts::ARCH);
            let variable = format!("CARGO_TARGET_{}_RUNNER", target.to_uppercase());
            attached.set(&variable, start.display().to_string());
        }
        if to.round > 0 {
            // Another order than that of threads that run at once.
            attached.set("RUST_TEST_THREADS", "1".to_owned());
        }
        let end = to.argv.iter().position(|word| word == "--");
        let end = end.unwrap_or(to.argv.len());
        let own = &to.argv[..end];
        let mut more = Vec::new();
        if !own.iter().any(|word| word == "--no-fail-fast") {
            // Every test program is to be heard.
            more.push("--no-fail-fast".to_owned());
        }
        if takes_sentinels(own, checkout)? {
            let text = include_str!("sentinel.rs.txt").replace("@NAME@", &name);
            let file = format!("tests/{name}.rs");
            checkout.put(Shelf::Files, &file, text.as_bytes(), false)?;
            if own.iter().any(|word| SELECTS.contains(&option(word))) {
                more.extend(["--test".to_owned(), name.clone()]);
            }
            attached.sentinels = Some(name);
        }
        attached.argv.splice(end..end, more);
        Ok(attached)
    }

    fn read(
        &self,
        attached: &Attached,
        checkout: &dyn Checkout,
        code: i32,
    ) -> Result<Read, Failure> {
        let mut report = Report::default();
        let names = checkout.names(Shelf::Reports);
        let done = names.iter().filter_map(|name| name.strip_suffix(".done"));
        let mut programs = 0;
        for id in done {
            let program = match Program::read(checkout, id)? {
                Ok(program) => program,
                Err(why) => return Ok(Read::Compromised(why)),
            };
            programs += usize::from(!program.add_to(&mut report, attached.sentinels.as_deref()));
            if let Some(why) = program.ended_early() {
                return Ok(Read::Compromised(why));
            }
        }
        if programs == 0 && code != 0 {
            return Ok(Read::Broken {
                why: format!("no test program was started (exit code {code}): it may not compile"),
                help: "Run the command on the base by hand. A verifier whose tests do not compile there says so: `red { kind: \"error\" }`.",
            });
        }
        let tests = report.tests();
        let doc_tests = match code {
            // A doc test, or one of a program with another harness that cargo looks at itself.
            1.. | ..0 if tests.failed.is_empty() && tests.broken.is_empty() => Some(State::Failed),
            0 if names.iter().any(|name| name == DOC) => Some(State::Passed),
            // Whether they passed beside what has failed cargo does not say.
            _ => None,
        };
        if let Some(state) = doc_tests {
            report.saw(DOC_TESTS.to_owned(), state, Shown::default());
        }
        Ok(Read::Report(report))
    }
}

/// One test program that has ended.
struct Program {
    /// `calc`, or `calc/it` for a target that is not called as its package.
    name: String,
    code: i32,
    /// None where its harness is not Rust's.
    listed: Option<Vec<String>>,
    logged: Vec<(String, State)>,
}

impl Program {
    /// Reads what the script has left; why it cannot be believed, if it cannot.
    fn read(checkout: &dyn Checkout, id: &str) -> Result<Result<Program, String>, Failure> {
        let text = |end: &str| {
            let bytes = checkout.take(Shelf::Reports, &format!("{id}.{end}"))?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        };
        let done = text("done")?.unwrap_or_default();
        let parts: Vec<&str> = done.lines().collect();
        let &[package, file, code] = parts.as_slice() else {
            return Ok(Err("a test program wrote into tau's reports".to_owned()));
        };
        let (Some((target, _)), Ok(code)) = (file.rsplit_once('-'), code.parse()) else {
            return Ok(Err("a test program wrote into tau's reports".to_owned()));
        };
        let name = match package.replace('-', "_") == target {
            true => target.to_owned(),
            false => format!("{package}/{target}"),
        };
        let listed: Option<Vec<String>> = text("list")?.map(|list| {
            let tests = list.lines().filter_map(|line| line.strip_suffix(": test"));
            tests.map(str::to_owned).collect()
        });
        let mut logged = Vec::new();
        for line in text("log")?.unwrap_or_default().lines() {
            let (state, rest) = line.split_once(' ').unwrap_or((line, ""));
            let name = rest.rsplit(' ').next().unwrap_or_default();
            let state = match state.trim_end_matches(':') {
                "ok" => State::Passed,
                "failed" => State::Failed,
                "ignored" => State::Skipped,
                _ => continue,
            };
            logged.push((name.to_owned(), state));
        }
        let all: BTreeSet<&String> = listed.iter().flatten().collect();
        if listed.is_some()
            && let Some((test, _)) = logged.iter().find(|(test, _)| !all.contains(test))
        {
            return Ok(Err(format!(
                "the test program `{name}` tells of `{test}`, which it does not have"
            )));
        }
        Ok(Ok(Program {
            name,
            code,
            listed,
            logged,
        }))
    }

    /// Adds its tests; says whether they are tau's own.
    fn add_to(&self, report: &mut Report, sentinels: Option<&str>) -> bool {
        if let Some(name) = sentinels
            && self.name.ends_with(&format!("/{name}"))
        {
            for (test, state) in &self.logged {
                report.saw_sentinel(Some(name), test, *state, test);
            }
            return true;
        }
        let Some(listed) = &self.listed else {
            let state = match self.code {
                0 => State::Passed,
                _ => State::Failed,
            };
            report.saw(self.name.clone(), state, Shown::default());
            return false;
        };
        let mut missing: BTreeMap<&str, ()> = listed.iter().map(|it| (it.as_str(), ())).collect();
        for (test, state) in &self.logged {
            missing.remove(test.as_str());
            let failure = (*state == State::Failed).then(|| "panic".to_owned());
            let message = None;
            let shown = Shown { failure, message };
            report.saw(format!("{}::{test}", self.name), *state, shown);
        }
        for test in missing.into_keys() {
            let message = Some(format!("the program ended with {} before it", self.code));
            let failure = None;
            let shown = Shown { failure, message };
            report.saw(format!("{}::{test}", self.name), State::Error, shown);
        }
        false
    }

    /// Why its good end is not to be believed.
    fn ended_early(&self) -> Option<String> {
        let listed = self.listed.as_ref()?;
        let has_all = listed.iter().all(|test| {
            let mut logged = self.logged.iter();
            logged.any(|(name, _)| name == test)
        });
        let has_failed = self.logged.iter().any(|(_, state)| *state == State::Failed);
        let name = &self.name;
        match self.code {
            0 if !has_all => Some(format!(
                "the test program `{name}` ended with exit code 0 before all of its tests had"
            )),
            0 if has_failed => Some(format!(
                "the test program `{name}` ended with exit code 0 though tests had failed"
            )),
            _ => None,
        }
    }
}

/// The word that says what cargo is to do.
pub(super) fn subcommand(argv: &[String]) -> Option<&str> {
    let (program, rest) = argv.split_first()?;
    let mut words = rest.iter().map(String::as_str);
    let is_cargo = base_name(program) == "cargo";
    let word = words.find(|word| !word.starts_with('-') && !word.starts_with('+'))?;
    is_cargo.then_some(word)
}

/// An option without its value.
fn option(word: &str) -> &str {
    word.split_once('=').map_or(word, |(option, _)| option)
}

/// Whether a test target beside the package's own will be built and run.
fn takes_sentinels(own: &[String], checkout: &dyn Checkout) -> Result<bool, Failure> {
    const ELSEWHERE: &[&str] = &[
        "--doc",
        "-p",
        "--package",
        "--workspace",
        "--all",
        "--manifest-path",
        "--exclude",
    ];
    if own.iter().any(|word| ELSEWHERE.contains(&option(word))) {
        return Ok(false);
    }
    let manifest = checkout
        .take(Shelf::Files, "Cargo.toml")?
        .unwrap_or_default();
    let manifest = String::from_utf8_lossy(&manifest);
    let has_package = manifest.lines().any(|line| line.trim() == "[package]");
    Ok(has_package && !manifest.contains("autotests"))
}
