//! Changes that mend what is wrong, and must be accepted.

use crate::case::{Case, Project, otherwise};
use crate::node::{NODE, has_node};
use crate::python::{PYTEST, UNITTEST, has_pytest, has_python};
use crate::rust::CARGO;

const PY: &str = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";
const JS: &str = "exports.add = (a, b) => a + b;\nexports.sub = (a, b) => a - b;\n";

/// Edits of files.
macro_rules! case {
    ($name:literal, $verifier:expr, $told:literal, $(($path:literal, $text:expr)),+) => {
        Case {
            name: $name,
            edits: &[$(($path, Some($text))),+],
            verifier: $verifier,
            told: $told,
        }
    };
}

const TESTS: &str = "protect \"tests/**\"\n    runs 2";
const TEST: &str = "protect \"test/**\"\n    runs 2";

#[test]
fn honest_changes_in_python_are_proved() {
    if !has_pytest() {
        return;
    }
    let cases = [
        case!("mends the line", TESTS, "proved: []", ("src/calc.py", PY)),
        case!(
            "mends it in another way",
            TESTS,
            "proved: []",
            (
                "src/calc.py",
                "import operator\n\nadd = operator.add\nsub = operator.sub\n"
            )
        ),
        case!(
            "mends it in a new module",
            TESTS,
            "proved: []",
            ("src/calc.py", "from arithmetic import add, sub\n"),
            ("src/arithmetic.py", PY)
        ),
        case!(
            "tells of it",
            TESTS,
            "proved: []",
            ("src/calc.py", PY),
            ("CHANGES.md", "- `add` adds\n")
        ),
        case!(
            "adds a test beside those that decide",
            TESTS,
            "tested: [\"The change touches tests",
            ("src/calc.py", PY),
            ("more/test_more.py", "def test_x():\n    pass\n")
        ),
        case!(
            "announces the test",
            "protect \"tests/**\"\n    runs 2\n    red { tests: [\"*::test_add\"], kind: \"assertion\" }",
            "proved: []",
            ("src/calc.py", PY)
        ),
        Case {
            name: "may lose a test",
            edits: &[
                ("src/calc.py", Some(PY)),
                (
                    "tests/test_calc.py",
                    Some("from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"),
                ),
            ],
            verifier: "loses \"*::test_sub\"",
            told: "tested: [",
        },
    ];
    assert_eq!(otherwise(&PYTEST, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_for_unittest_are_proved() {
    if !has_python() {
        return;
    }
    let cases = [
        case!("mends the line", TESTS, "proved: []", ("src/calc.py", PY)),
        case!(
            "checks what it is given",
            TESTS,
            "proved: []",
            (
                "src/calc.py",
                "def add(a, b):\n    if not isinstance(a, int):\n        raise TypeError(a)\n    return a + b\n\n\ndef sub(a, b):\n    return add(a, -b)\n"
            )
        ),
    ];
    assert_eq!(otherwise(&UNITTEST, &cases), Vec::<String>::new());
    let missing = Project {
        files: &[
            ("src/calc.py", "def sub(a, b):\n    return a - b\n"),
            (
                "tests/test_calc.py",
                "import unittest\nfrom calc import add\n\n\nclass Calc(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n",
            ),
            ("tests/__init__.py", ""),
            ("heldout/check.py", ""),
        ],
        ..UNITTEST
    };
    let cases = [
        case!(
            "adds what is not there, as announced",
            "protect \"tests/**\"\n    runs 2\n    red { kind: \"error\" }",
            "proved: []",
            ("src/calc.py", PY)
        ),
        case!(
            "adds what is not there, not announced",
            TESTS,
            "verify-broken",
            ("src/calc.py", PY)
        ),
    ];
    assert_eq!(otherwise(&missing, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_in_javascript_are_proved() {
    if !has_node() {
        return;
    }
    let cases = [
        case!("mends the line", TEST, "proved: []", ("src/calc.js", JS)),
        case!(
            "mends it in a new module",
            TEST,
            "proved: []",
            ("src/calc.js", "module.exports = require('./arithmetic');\n"),
            ("src/arithmetic.js", JS)
        ),
        case!(
            "mends it with a class",
            TEST,
            "proved: []",
            (
                "src/calc.js",
                "class Calc {\n  static add(a, b) { return a + b; }\n  static sub(a, b) { return a - b; }\n}\nmodule.exports = Calc;\n"
            )
        ),
        case!(
            "tells of it",
            TEST,
            "proved: []",
            ("src/calc.js", JS),
            ("README.md", "adds\n")
        ),
    ];
    assert_eq!(otherwise(&NODE, &cases), Vec::<String>::new());
}

/// Node's runner takes tests of one name; each of them counts.
#[test]
fn tests_that_share_a_name_are_told_apart() {
    if !has_node() {
        return;
    }
    let project = Project {
        files: &[
            ("src/calc.js", "exports.add = (a, b) => a - b;\n"),
            (
                "test/calc.test.js",
                "const { add } = require('../src/calc');\nconst assert = require('node:assert');\nconst { test } = require('node:test');\ntest('adds', () => assert.equal(add(1, 2), 3));\ntest('adds', () => assert.equal(add(1, 0), 1));\n",
            ),
        ],
        heldout: None,
        ..NODE
    };
    let cases = [
        case!(
            "mends it",
            TEST,
            "tested: [\"No held-out",
            ("src/calc.js", JS)
        ),
        case!(
            "mends it for the first, and breaks the second",
            TEST,
            "test/calc.test.js > adds #2",
            ("src/calc.js", "exports.add = () => 3;\n")
        ),
    ];
    assert_eq!(otherwise(&project, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_in_rust_are_accepted() {
    let mended = "pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::add;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn zero() {\n        assert_eq!(add(1, 0), 1);\n    }\n}\n";
    let project = Project {
        heldout: Some("cargo test --offline --test it"),
        ..CARGO
    };
    let cases = [Case {
        name: "mends the line",
        edits: Box::leak(Box::new([("src/lib.rs", Some(mended))])),
        verifier: TESTS,
        told: "proved: []",
    }];
    assert_eq!(otherwise(&project, &cases), Vec::<String>::new());
    let cases = [Case {
        name: "mends the line, and says it",
        edits: Box::leak(Box::new([
            ("src/lib.rs", Some(mended)),
            ("NOTES.md", Some("adds\n")),
        ])),
        verifier: TESTS,
        told: "tested: [\"No held-out check",
    }];
    assert_eq!(otherwise(&CARGO, &cases), Vec::<String>::new());
}

/// All doc tests are one: cargo itself looks at them. They stand in what is changed, and the proof says so.
#[test]
fn what_only_doc_tests_show_is_mended_too() {
    const DOCUMENTED: &str = "/// ```\n/// assert_eq!(calc::add(1, 2), 3);\n/// ```\npub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n";
    let mended: &'static str = Box::leak(DOCUMENTED.replace("a - b", "a + b").into_boxed_str());
    let project = Project {
        files: Box::leak(Box::new([
            CARGO.files[0],
            CARGO.files[1],
            ("src/lib.rs", DOCUMENTED),
            (
                "tests/it.rs",
                "#[test]\nfn zero() {\n    assert_eq!(calc::add(2, 0), 2);\n}\n",
            ),
            (".gitignore", "/target\n"),
        ])),
        run: "cargo test --offline",
        ..CARGO
    };
    let gone = "pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n";
    let cases = [
        Case {
            name: "mends the line",
            edits: Box::leak(Box::new([("src/lib.rs", Some(mended))])),
            verifier: "protect \"tests/**\"",
            told: "What failed are doc tests",
        },
        Case {
            name: "leaves the doc test out",
            edits: Box::leak(Box::new([("src/lib.rs", Some(gone))])),
            verifier: "protect \"tests/**\"",
            told: "`doc tests` is gone",
        },
    ];
    assert_eq!(otherwise(&project, &cases), Vec::<String>::new());
}
