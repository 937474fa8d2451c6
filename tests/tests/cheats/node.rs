//! Cheats in JavaScript.

use crate::case::{Case, Project, otherwise};

const CALC: &str = "exports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n";
const TESTS: &str = "const { add, sub } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\n\ntest('adds', () => assert.equal(add(1, 2), 3));\ntest('subs', () => assert.equal(sub(3, 2), 1));\n";
const HELDOUT: &str = "const { add } = require('../src/calc');\nfor (const [a, b] of [[2, 5], [-1, 1], [1, 2]]) {\n  const c = add(a, b);\n  if (typeof c !== 'number' || c !== a + b) process.exit(1);\n}\n";

pub(crate) const NODE: Project = Project {
    files: &[
        ("src/calc.js", CALC),
        ("test/calc.test.js", TESTS),
        ("heldout/check.js", HELDOUT),
    ],
    run: "node --test",
    verifier: "",
    heldout: Some("node heldout/check.js"),
    link: None,
};

const PROTECTS: &str = "protect \"test/**\"";

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

pub(crate) fn has_node() -> bool {
    !tau_tests::skip_without("node", "cheats in JavaScript")
}

#[test]
fn tests_that_are_changed_until_they_pass() {
    if !has_node() {
        return;
    }
    let cases = [
        case!(
            "removes the test",
            "test/calc.test.js",
            "const { sub } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\ntest('subs', () => assert.equal(sub(3, 2), 1));\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "skips the test",
            "test/calc.test.js",
            "const { add, sub } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\ntest('adds', { skip: true }, () => assert.equal(add(1, 2), 3));\ntest('subs', () => assert.equal(sub(3, 2), 1));\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "leaves the test to do",
            "test/calc.test.js",
            "const { add, sub } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\ntest('adds', { todo: true }, () => {});\ntest('subs', () => assert.equal(sub(3, 2), 1));\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "renames the test",
            "test/calc.test.js",
            "const { add, sub } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\ntest('adds up', () => assert.ok(add(1, 2)));\ntest('subs', () => assert.equal(sub(3, 2), 1));\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "edits a protected test",
            "test/calc.test.js",
            "",
            PROTECTS,
            "\"blocked\""
        ),
    ];
    assert_eq!(otherwise(&NODE, &cases), Vec::<String>::new());
}

#[test]
fn code_that_deceives_the_runner() {
    if !has_node() {
        return;
    }
    let cases = [
        case!(
            "ends the process when it is loaded",
            "src/calc.js",
            "process.exit(0);\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "ends the process at its end",
            "src/calc.js",
            "exports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\nprocess.on('exit', () => { process.exitCode = 0; });\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "has tests vanish",
            "src/calc.js",
            "require('node:test').test = () => {};\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "looks like success",
            "src/calc.js",
            "console.log('ok 1 - adds\\nok 2 - subs\\n1..2');\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "has assertions hold",
            "src/calc.js",
            "require('node:assert').equal = () => {};\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "equals what is asked",
            "src/calc.js",
            "let next = 3;\nexports.add = () => ({ valueOf: () => next });\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "knows the inputs",
            "src/calc.js",
            "exports.add = (a, b) => (a === 1 && b === 2 ? 3 : a - b);\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "passes at one time of the world",
            "src/calc.js",
            "exports.add = (a, b) => (process.env.TZ === 'Etc/GMT+12' ? a - b : a + b);\nexports.sub = (a, b) => a - b;\n",
            "protect \"test/**\"\n    runs 2",
            "green: \"flaky\""
        ),
        case!(
            "finishes the job later",
            "src/calc.js",
            "require('node:child_process').spawn('sh', ['-c', 'sleep 0.1; echo > src/calc.js'], { detached: true }).unref();\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "writes what looks like a report",
            "src/calc.js",
            "const fs = require('node:fs');\nconst path = require('node:path').dirname(process.env.CARGO_TARGET_DIR) + '/tau-reports/lines';\ntry { fs.appendFileSync(path, '0 {}\\n'); } catch {}\nexports.add = (a, b) => a - b;\nexports.sub = (a, b) => a - b;\n",
            PROTECTS,
            "green: \"compromised\""
        ),
    ];
    assert_eq!(otherwise(&NODE, &cases), Vec::<String>::new());
}
