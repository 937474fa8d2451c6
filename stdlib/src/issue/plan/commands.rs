//! Which commands decide: those of the repository's own files, and of these those parts that the issue
//! is about. A command that runs no test, or that cannot be started here, is none.

use regex::Regex;
use serde_json::Value;
use tau_interpreter::action::Look;

use super::names::Found;
use super::repository::Repository;
use super::{PassedOver, Proposed, VerifierPlan, ci};
use crate::project::{Finding, Tree, detect};

/// How many commands are proposed.
const MOST: usize = 12;

/// Proposes commands; the mission's own `check` comes before what is found.
pub(super) fn propose(
    check: Option<&str>,
    found: &Found,
    repository: &Repository<'_>,
    hands: &dyn Look,
) -> VerifierPlan {
    let mut plan = VerifierPlan::default();
    let tree = &repository.tree;
    let findings = detect(tree);
    let mut narrow = Vec::new();
    let mut whole = Vec::new();
    for finding in &findings {
        match unfit(finding, tree, hands) {
            Some(why) => plan.passed_over.push(PassedOver {
                run: finding.command.to_owned(),
                why,
            }),
            None => {
                narrow.extend(of_issue(finding, found, tree));
                whole.push(Proposed {
                    run: finding.command.to_owned(),
                    because: finding.because.clone(),
                    narrow: false,
                });
                if plan.check.is_none() {
                    take(&mut plan, finding, hands);
                }
            }
        }
    }
    for (run, because) in ci::commands(repository) {
        let is_known =
            whole.iter().any(|it| it.run == run) || plan.passed_over.iter().any(|it| it.run == run);
        if is_known {
            continue;
        }
        let program = run.split(' ').next().unwrap_or_default();
        let is_file = program.contains('/');
        let there = match is_file {
            true => tree.has(program.trim_start_matches("./")),
            false => hands.finds(program),
        };
        let tests = findings.iter().find(|it| program_of(it) == program);
        let why = match (there, tests.and_then(|it| counted(it, tree))) {
            (false, _) => Some(format!("`{program}` is not on this machine")),
            (true, Some(0)) => Some("there is no test that it would run".to_owned()),
            (true, _) => not_installed(program, tree, hands),
        };
        match why {
            Some(why) => plan.passed_over.push(PassedOver { run, why }),
            None => {
                if plan.check.is_none() {
                    plan.check = Some(run.clone());
                    plan.because = Some(because.clone());
                }
                whole.push(Proposed {
                    run,
                    because,
                    narrow: false,
                });
            }
        }
    }
    if let Some(check) = check {
        plan.check = Some(check.to_owned());
        plan.because = Some("the mission".to_owned());
        whole.retain(|it| it.run != check);
        whole.insert(
            0,
            Proposed {
                run: check.to_owned(),
                because: "the mission".to_owned(),
                narrow: false,
            },
        );
        if let Some(finding) = findings
            .iter()
            .find(|it| program_of(it) == check.split(' ').next().unwrap_or_default())
        {
            (plan.write, plan.protect) = (finding.write.clone(), finding.protect.clone());
            plan.installed = installed(finding, hands);
        }
    }
    narrow.dedup();
    narrow.truncate(MOST);
    narrow.extend(whole);
    plan.commands = narrow;
    plan
}

/// The first finding that fits is what decides about all.
fn take(plan: &mut VerifierPlan, finding: &Finding, hands: &dyn Look) {
    plan.check = Some(finding.command.to_owned());
    plan.because = Some(finding.because.clone());
    plan.write = finding.write.clone();
    plan.protect = finding.protect.clone();
    plan.installed = installed(finding, hands);
    let env = finding.env.iter();
    plan.env = env
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
}

/// What its command needs of what is installed beside the repository, and is there.
fn installed(finding: &Finding, hands: &dyn Look) -> Vec<String> {
    let all = finding.installed.iter();
    all.filter(|it| hands.is_installed(it))
        .map(|it| (*it).to_owned())
        .collect()
}

fn program_of(finding: &Finding) -> &str {
    finding.command.split(' ').next().unwrap_or_default()
}

/// Why a command decides nothing here, if it does not.
fn unfit(finding: &Finding, tree: &Tree<'_>, hands: &dyn Look) -> Option<String> {
    let program = program_of(finding);
    if !hands.finds(program) {
        return Some(format!("`{program}` is not on this machine"));
    }
    match counted(finding, tree) {
        Some(0) => Some("there is no test that it would run".to_owned()),
        _ => not_installed(program, tree, hands),
    }
}

/// Whether a program of `npm` needs what `package.json` asks for, and that is not there.
fn not_installed(program: &str, tree: &Tree<'_>, hands: &dyn Look) -> Option<String> {
    let needs_it = ["npm", "npx", "yarn", "pnpm"].contains(&program);
    if !needs_it || hands.is_installed("node_modules") {
        return None;
    }
    let package: Value = serde_json::from_str(&tree.text("package.json")?).ok()?;
    let asks = |part: &str| package[part].as_object().is_some_and(|it| !it.is_empty());
    // Node itself runs tests without any of it.
    let test = package.pointer("/scripts/test").and_then(Value::as_str);
    let by_node = test.is_some_and(|it| it.trim_start().starts_with("node "));
    let asks = asks("dependencies") || (asks("devDependencies") && !by_node);
    asks.then(|| {
        "what `package.json` asks for is not installed in your folder, as `npm install` does it"
            .to_owned()
    })
}

/// How many tests there are for a command, at least; `None` where only the command knows.
fn counted(finding: &Finding, tree: &Tree<'_>) -> Option<usize> {
    let (is_file, test): (fn(&str) -> bool, &str) = match program_of(finding) {
        "cargo" => (
            |path| path.ends_with(".rs"),
            r"#\[(?:\w+::)*test\b|#\[(?:\w+::)?(?:rstest|test_case|quickcheck|proptest)\b|proptest!|^\s*///\s*```",
        ),
        "go" => (
            |path| path.ends_with("_test.go"),
            r"(?m)^func (?:Test|Fuzz|Example)",
        ),
        "python3" | "pytest" | "python" => (
            |path| path.ends_with(".py"),
            r"(?m)^\s*(?:async )?def test|^class \w*Test|unittest\.TestCase",
        ),
        "node" => (
            |path| {
                [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"]
                    .iter()
                    .any(|it| path.ends_with(it))
            },
            r"\b(?:test|it|describe)(?:\.\w+)?\s*\(",
        ),
        _ => return None,
    };
    let test = Regex::new(test).ok()?;
    let files = tree.files().filter(|path| is_file(path));
    let texts = files.filter_map(|path| tree.text(path));
    // One is enough to know.
    Some(
        texts
            .map(|text| test.find_iter(&text).take(2).count())
            .find(|count| *count > 0)
            .unwrap_or(0),
    )
}

/// The same command, only for what the issue is about.
fn of_issue(finding: &Finding, found: &Found, tree: &Tree<'_>) -> Vec<Proposed> {
    let mut all = Vec::new();
    let mut add = |run: String, because: String| {
        let proposed = Proposed {
            run,
            because,
            narrow: true,
        };
        if !all.contains(&proposed) {
            all.push(proposed);
        }
    };
    let program = program_of(finding);
    for (test, path) in &found.tests {
        let because = format!("the issue names the test `{test}` of `{path}`");
        match program {
            "cargo" if path.ends_with(".rs") => add(format!("{} {test}", finding.command), because),
            "go" if path.ends_with(".go") => {
                add(format!("go test {} -run ^{test}$", package(path)), because);
            }
            "python3" if path.ends_with(".py") && finding.command.contains("pytest") => {
                let nested = tree
                    .text(path)
                    .is_some_and(|text| !text.contains(&format!("\ndef {test}")));
                match nested {
                    true => add(format!("python3 -m pytest -q {path} -k {test}"), because),
                    false => add(format!("python3 -m pytest -q {path}::{test}"), because),
                }
            }
            _ => {}
        }
    }
    let places = found.named.files.iter().chain(&found.places);
    for place in places {
        for (path, because) in tests_of(place, tree) {
            match program {
                "cargo" if path.starts_with("tests/") && path.matches('/').count() == 1 => {
                    let name = path.trim_start_matches("tests/").trim_end_matches(".rs");
                    add(format!("cargo test --test {name}"), because);
                }
                "go" if path.ends_with("_test.go") => {
                    add(format!("go test {}", package(&path)), because)
                }
                "python3" if finding.command.contains("pytest") && path.ends_with(".py") => {
                    add(format!("python3 -m pytest -q {path}"), because);
                }
                "node" if !path.ends_with(".py") => add(format!("node --test {path}"), because),
                _ => {}
            }
        }
    }
    all
}

/// The files of tests that belong to a file: itself, or those named after it.
fn tests_of(place: &str, tree: &Tree<'_>) -> Vec<(String, String)> {
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let stem = |path: &str| {
        let name = base(path);
        name.split('.').next().unwrap_or_default().to_owned()
    };
    let own = stem(place);
    let names = [
        format!("test_{own}.py"),
        format!("{own}_test.py"),
        format!("{own}_test.go"),
        format!("{own}.test."),
        format!("{own}.spec."),
        format!("test-{own}."),
    ];
    let mut found = Vec::new();
    for path in tree.files() {
        let name = base(path);
        let is_rust = path == format!("tests/{own}.rs");
        let is_own = path == place && is_test_file(path);
        let is_named = names.iter().any(|it| name.starts_with(it.as_str()));
        if is_own {
            found.push((path.to_owned(), format!("the issue is about `{path}`")));
        } else if is_rust || is_named {
            let because = format!("`{path}` tests `{place}`, which the issue is about");
            found.push((path.to_owned(), because));
        }
    }
    found
}

fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    (path.starts_with("tests/") && path.ends_with(".rs"))
        || (name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py")))
        || name.ends_with("_test.go")
        || name.contains(".test.")
        || name.contains(".spec.")
}

/// The package of a file, as `go` names it.
fn package(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("./{folder}"),
        None => ".".to_owned(),
    }
}
