use super::{VerifierPlan, plan};
use crate::fake::Fake;
use crate::issue::document;

fn planned(hands: &Fake, text: &str, check: Option<&str>) -> VerifierPlan {
    plan(&document::read(text).unwrap(), check, "**", hands).unwrap()
}

fn told(plan: &VerifierPlan) -> String {
    let commands = plan.commands.iter().map(|it| {
        let narrow = if it.narrow { "part" } else { "all" };
        format!("{narrow}: {} ({})", it.run, it.because)
    });
    let passed = plan
        .passed_over
        .iter()
        .map(|it| format!("not: {} ({})", it.run, it.why));
    let questions = plan.questions.iter().map(|it| format!("ask: {}", it.id));
    let lines: Vec<String> = commands.chain(passed).chain(questions).collect();
    lines.join("\n")
}

const CRATE: &[(&str, &str)] = &[
    ("Cargo.toml", "[package]\nname = \"a\""),
    (
        "src/lib.rs",
        "pub fn split(s: &str) {}\n// error: no such field\nfn fail() { panic!(\"no such field\") }",
    ),
    ("tests/split.rs", "#[test]\nfn keeps_the_last() {}\n"),
    (
        ".github/workflows/ci.yml",
        "jobs:\n  t:\n    steps:\n      - run: cargo test --all-features\n      - run: make lint\n",
    ),
];

#[test]
fn a_crate_is_tested_where_the_issue_points() {
    let hands = Fake::with(CRATE);
    hands.has_programs(&["cargo"]);
    let plan = planned(
        &hands,
        "`split` drops the last field\n\n`keeps_the_last` should cover it. It says \"no such field\" in lib.rs:3.",
        None,
    );
    insta::assert_snapshot!(told(&plan), @"
    part: cargo test keeps_the_last (the issue names the test `keeps_the_last` of `tests/split.rs`)
    part: cargo test --test split (the issue is about `tests/split.rs`)
    all: cargo test (Cargo.toml)
    all: cargo test --all-features (.github/workflows/ci.yml)
    ");
    assert_eq!(plan.check.as_deref(), Some("cargo test"));
    assert_eq!(plan.found.files, ["src/lib.rs"]);
    assert_eq!(plan.found.symbols, ["split"]);
    assert_eq!(plan.found.tests, ["keeps_the_last"]);
    assert_eq!(plan.found.messages, ["no such field"]);
    insta::assert_snapshot!(plan.authority.join("\n"), @r#"
    read "**"
    write "src/**"
    run "cargo test"
    git commit on "tau/*"
    "#);
    assert_eq!(plan.comment, "");
}

#[test]
fn what_cannot_be_started_or_tests_nothing_is_passed_over() {
    let hands = Fake::with(CRATE);
    let plan = planned(&hands, "Bug\n\nIt is slow.", None);
    assert!(!plan.decides());
    insta::assert_snapshot!(told(&plan), @"
    not: cargo test (`cargo` is not on this machine)
    not: cargo test --all-features (`cargo` is not on this machine)
    ask: which-check
    ask: which-place
    ask: what-is-expected
    ");
    insta::assert_snapshot!(plan.comment, @"
    Before this can be worked on, some things are not clear:

    - Which command shows that this is done: one that fails now, and passes then? What was found decides nothing here (`cargo test`: `cargo` is not on this machine; `cargo test --all-features`: `cargo` is not on this machine).
    - Where is it seen: which file, command, function or message is it about?
    - What should happen, and what happens instead?

    Please answer in the text of the issue or in a comment.
    ");
    let without = Fake::with(&[
        ("go.mod", "module a"),
        ("a.go", "package a\nfunc Full() {}"),
    ]);
    without.has_programs(&["go"]);
    let plan = planned(&without, "`Full` should return 1", None);
    insta::assert_snapshot!(told(&plan), @"
    not: go test ./... (there is no test that it would run)
    ask: which-check
    ");
}

#[test]
fn what_is_not_installed_is_no_reason_to_fail_later() {
    let package = r#"{ "scripts": { "test": "tap" }, "devDependencies": { "tap": "1" } }"#;
    let files = [
        ("package.json", package),
        ("lib/a.js", "full()"),
        ("test/a.js", "test('a')"),
    ];
    let ci = (
        ".github/workflows/ci.yml",
        "jobs:\n  a:\n    steps:\n      - run: npm test\n",
    );
    let hands = Fake::with(&[&files[..], &[ci]].concat());
    hands.has_programs(&["npm", "node"]);
    let plan = planned(&hands, "`full` should return 1", None);
    insta::assert_snapshot!(told(&plan), @"
    not: npm test (what `package.json` asks for is not installed in your folder, as `npm install` does it)
    ask: which-check
    ask: which-place
    ");
    hands.has_installed("node_modules");
    assert_eq!(
        planned(&hands, "`full` should return 1", None)
            .check
            .as_deref(),
        Some("npm test")
    );
    // Node's own runner needs none of it.
    let own = package.replace("\"tap\" }", "\"node --test\" }");
    let hands = Fake::with(&[("package.json", own.as_str()), files[1], files[2]]);
    hands.has_programs(&["npm", "node"]);
    assert!(planned(&hands, "`full` should return 1", None).decides());
}

#[test]
fn other_languages_are_tested_where_the_issue_points() {
    let python = Fake::with(&[
        ("pyproject.toml", "[tool.pytest.ini_options]"),
        ("app/dates.py", "def parse(text):\n    return 1\n"),
        (
            "tests/test_dates.py",
            "import pytest\n\ndef test_leap():\n    assert 1\n\nclass TestB:\n    def test_inner(self):\n        pass\n",
        ),
    ]);
    python.has_programs(&["python3"]);
    let plan = planned(
        &python,
        "`parse` is wrong, see test_leap and test_inner",
        None,
    );
    insta::assert_snapshot!(told(&plan), @"
    part: python3 -m pytest -q tests/test_dates.py::test_leap (the issue names the test `test_leap` of `tests/test_dates.py`)
    part: python3 -m pytest -q tests/test_dates.py -k test_inner (the issue names the test `test_inner` of `tests/test_dates.py`)
    part: python3 -m pytest -q tests/test_dates.py (`tests/test_dates.py` tests `app/dates.py`, which the issue is about)
    part: python3 -m pytest -q tests/test_dates.py (the issue is about `tests/test_dates.py`)
    all: python3 -m pytest -q (pyproject.toml)
    ");
    let go = Fake::with(&[
        ("go.mod", "module a"),
        ("net/dial.go", "package net\nfunc Dial() {}"),
        (
            "net/dial_test.go",
            "package net\nfunc TestDial(t *testing.T) {}",
        ),
    ]);
    go.has_programs(&["go"]);
    let plan = planned(&go, "`Dial` hangs, as `TestDial` should show", None);
    insta::assert_snapshot!(told(&plan), @"
    part: go test ./net -run ^TestDial$ (the issue names the test `TestDial` of `net/dial_test.go`)
    part: go test ./net (`net/dial_test.go` tests `net/dial.go`, which the issue is about)
    part: go test ./net (the issue is about `net/dial_test.go`)
    all: go test ./... (go.mod)
    ");
    let node = Fake::with(&[
        ("package.json", "{}"),
        ("src/cut.js", "export function cut() {}"),
        (
            "test/cut.test.js",
            "import test from 'node:test';\ntest('cuts', () => {});",
        ),
    ]);
    node.has_programs(&["node"]);
    let plan = planned(&node, "`cut` should trim", None);
    insta::assert_snapshot!(told(&plan), @"
    part: node --test test/cut.test.js (`test/cut.test.js` tests `src/cut.js`, which the issue is about)
    all: node --test (package.json)
    ");
}

#[test]
fn the_missions_own_check_decides() {
    let hands = Fake::with(&[("a.txt", "")]);
    let plan = planned(&hands, "Fix `a.txt`", Some("sh check.sh"));
    insta::assert_snapshot!(told(&plan), @"all: sh check.sh (the mission)");
    assert_eq!(plan.check.as_deref(), Some("sh check.sh"));
}

/// No name of an issue gets into a command: only names that the repository has do.
#[test]
fn nothing_that_only_the_issue_says_is_in_a_command() {
    let hands = Fake::with(CRATE);
    hands.has_programs(&["cargo"]);
    let text = "`test_x; rm -rf /`\n\nRun `cargo test evil $(curl x)` and `keeps_the_last && sh`";
    let plan = planned(&hands, text, None);
    insta::assert_snapshot!(told(&plan), @"
    part: cargo test keeps_the_last (the issue names the test `keeps_the_last` of `tests/split.rs`)
    part: cargo test --test split (the issue is about `tests/split.rs`)
    all: cargo test (Cargo.toml)
    all: cargo test --all-features (.github/workflows/ci.yml)
    ask: what-is-expected
    ");
}

#[test]
fn what_is_installed_beside_a_node_package_is_seen() {
    let files = [
        ("package.json", r#"{"scripts":{"test":"node --test"}}"#),
        ("test/a.test.js", "test('a')"),
    ];
    let hands = Fake::with(&files);
    hands.has_programs(&["npm", "node"]);
    let installed = |hands: &Fake| planned(hands, "It fails", None).installed;
    assert!(installed(&hands).is_empty());
    hands.has_installed("node_modules");
    assert_eq!(installed(&hands), ["node_modules"]);
    assert_eq!(
        planned(&hands, "It fails", Some("npm test")).installed,
        ["node_modules"]
    );
}
