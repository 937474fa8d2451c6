//! Several commands of one verifier.

use crate::case::{Case, Project, otherwise};
use crate::python::{UNITTEST, has_python};

const CALC: &str = "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n";
const TESTS: &str = "import unittest\nfrom calc import add\n\n\nclass Calc(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n";
const SUB: &str = "import unittest\nfrom calc import sub\n\n\nclass Calc(unittest.TestCase):\n    def test_sub(self):\n        self.assertEqual(sub(3, 2), 1)\n";
const MENDED: &str = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";
const STYLED: &str =
    "def add(a, b):\n    return a + b  # TODO\n\n\ndef sub(a, b):\n    return a - b\n";
const BROKEN: &str = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return b\n";

/// Two runners, whose tests would have the same names, and a script.
const SEVERAL: Project = Project {
    files: &[
        ("src/calc.py", CALC),
        ("tests/test_calc.py", TESTS),
        ("tests/more/test_calc.py", SUB),
        ("tests/__init__.py", ""),
        ("tests/style.sh", "! grep -q TODO src/calc.py\n"),
        ("heldout/check.py", ""),
    ],
    run: "python3 -m unittest discover -s tests -t .\npython3 -m unittest discover -s tests/more\nsh tests/style.sh",
    ..UNITTEST
};

const TWICE: &str = "protect \"tests/**\"\n    runs 2\n    red { tests: [\"*.test_add\"] }";

fn case(name: &'static str, text: &'static str, told: &'static str) -> Case {
    Case {
        name,
        edits: Box::leak(Box::new([("src/calc.py", Some(text))])),
        verifier: TWICE,
        told,
    }
}

#[test]
fn all_must_pass() {
    if !has_python() {
        return;
    }
    let cases = [
        case(
            "mends the line",
            MENDED,
            "tested: [\"The runner was not tried with tests that tau adds: what it reports rests on its word.\"]",
        ),
        case("passes one and fails the script", STYLED, "green: \"red\""),
        case("passes one and fails another", BROKEN, "green: \"red\""),
    ];
    assert_eq!(otherwise(&SEVERAL, &cases), Vec::<String>::new());
    let scripts = Project {
        run: "python3 -m unittest discover -s tests -t .\npython3 -m unittest discover -s tests/more",
        ..SEVERAL
    };
    let cases = [case("mends the line", MENDED, "proved: []")];
    assert_eq!(otherwise(&scripts, &cases), Vec::<String>::new());
}
