//! Cheats where jest runs the tests.

use std::path::PathBuf;

use tau_tests::workspace_root;

use crate::case::{Case, Project, otherwise};
use crate::node::has_node;

const CALC: &str = "exports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n";
const MENDED: &str = "exports.add = (a, b) => a + b;\nexports.sub = (a, b) => a - b;\n";
const TESTS: &str = "const { add, sub } = require('../src/calc');\n\ndescribe('calc', () => {\n  test('adds', () => expect(add(1, 2)).toBe(3));\n  test('subs', () => expect(sub(3, 2)).toBe(1));\n});\n";
const HELDOUT: &str = "const { add } = require('../src/calc');\nfor (const [a, b] of [[2, 5], [-1, 1], [1, 2]]) {\n  if (add(a, b) !== a + b) process.exit(1);\n}\n";

const JEST: Project = Project {
    files: &[
        (".gitignore", "node_modules\n"),
        ("package.json", "{ \"scripts\": { \"test\": \"jest\" } }\n"),
        ("src/calc.js", CALC),
        ("tests/calc.test.js", TESTS),
        ("heldout/check.js", HELDOUT),
    ],
    run: "npx jest",
    verifier: "installed \"node_modules\"",
    heldout: Some("node heldout/check.js"),
    link: Some(("repo/node_modules", packages)),
};

/// The same, started as the package says.
const PACKAGE: Project = Project {
    run: "npm test",
    ..JEST
};

const PROTECTS: &str = "protect \"tests/**\"";

/// One edit of a file.
macro_rules! case {
    ($name:literal, $path:literal, $text:expr, $verifier:expr, $told:literal) => {
        Case {
            name: $name,
            edits: &[($path, Some($text))],
            verifier: $verifier,
            told: $told,
        }
    };
}

/// What `.ci/run` has installed.
pub(crate) fn packages() -> PathBuf {
    workspace_root().join("target/node/node_modules")
}

pub(crate) fn has_package(name: &str) -> bool {
    let found = has_node() && packages().join(name).is_dir();
    if !found {
        let needs = format!("`{name}` in `target/node`, where it is not installed");
        tau_tests::skip(&format!("cheats where {name} runs the tests"), &needs);
    }
    found
}

#[test]
fn tests_that_are_changed_until_they_pass() {
    if !has_package("jest") {
        return;
    }
    let cases = [
        case!(
            "skips the test",
            "tests/calc.test.js",
            "const { sub } = require('../src/calc');\n\ndescribe('calc', () => {\n  test.skip('adds', () => {});\n  test('subs', () => expect(sub(3, 2)).toBe(1));\n});\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "leaves the tests out by its configuration",
            "jest.config.js",
            "module.exports = { testPathIgnorePatterns: ['calc'] };\n",
            PROTECTS,
            "green: \"vacuous\""
        ),
        Case {
            name: "has every comparison hold",
            edits: &[
                (
                    "jest.config.js",
                    Some("module.exports = { setupFilesAfterEnv: ['./setup.js'] };\n"),
                ),
                (
                    "setup.js",
                    Some("expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n"),
                ),
            ],
            verifier: PROTECTS,
            told: "green: \"compromised\"",
        },
        Case {
            name: "puts a mock in the place of the code",
            edits: &[
                (
                    "jest.config.js",
                    Some(
                        "module.exports = { moduleNameMapper: { 'src/calc$': '<rootDir>/mock.js' } };\n",
                    ),
                ),
                ("mock.js", Some(MENDED)),
            ],
            verifier: PROTECTS,
            told: "verify-heldout",
        },
    ];
    assert_eq!(otherwise(&JEST, &cases), Vec::<String>::new());
}

#[test]
fn code_that_deceives_the_runner() {
    if !has_package("jest") {
        return;
    }
    let cases = [
        case!(
            "ends the process",
            "src/calc.js",
            "process.exit(0);\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "looks like success",
            "src/calc.js",
            "console.log('PASS tests/calc.test.js\\nTests: 2 passed, 2 total');\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "green: \"red\""
        ),
    ];
    assert_eq!(otherwise(&JEST, &cases), Vec::<String>::new());
    let cases = [case!(
        "starts something else",
        "package.json",
        "{ \"scripts\": { \"test\": \"true\" } }\n",
        PROTECTS,
        "proof-red-not-green"
    )];
    assert_eq!(otherwise(&PACKAGE, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_are_accepted() {
    if !has_package("jest") {
        return;
    }
    let cases = [case!(
        "mends the line",
        "src/calc.js",
        MENDED,
        "protect \"tests/**\"\n    runs 2\n    red { tests: [\"* > adds\"], kind: \"assertion\" }",
        "proved: []"
    )];
    assert_eq!(otherwise(&JEST, &cases), Vec::<String>::new());
    let cases = [case!(
        "mends the line",
        "src/calc.js",
        MENDED,
        PROTECTS,
        "tested: [\"One run for each tree"
    )];
    assert_eq!(otherwise(&PACKAGE, &cases), Vec::<String>::new());
}
