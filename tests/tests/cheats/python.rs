//! Cheats in Python.

use std::process::Command;

use crate::case::{Case, Project, otherwise};

const CALC: &str = "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n";
const TESTS: &str = "from calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n\n\ndef test_add():\n    assert add(1, 2) == 3\n";
const HELDOUT: &str = "from calc import add\n\nfor a, b in [(2, 5), (-1, 1), (1, 2)]:\n    c = add(a, b)\n    assert type(c) is int and c == a + b and not c == 99\n";

pub(crate) const PYTEST: Project = Project {
    files: &[
        ("src/calc.py", CALC),
        ("tests/test_calc.py", TESTS),
        ("heldout/check.py", HELDOUT),
    ],
    run: "python3 -m pytest -q tests",
    verifier: "env { PYTHONPATH: \"src\" }",
    heldout: Some("python3 heldout/check.py"),
    link: None,
};

const UNIT: &str = "import unittest\nfrom calc import add, sub\n\n\nclass Calc(unittest.TestCase):\n    def test_a_sub(self):\n        self.assertEqual(sub(3, 2), 1)\n\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n";

pub(crate) const UNITTEST: Project = Project {
    files: &[
        ("src/calc.py", CALC),
        ("tests/test_calc.py", UNIT),
        ("tests/__init__.py", ""),
        ("heldout/check.py", HELDOUT),
    ],
    run: "python3 -m unittest tests.test_calc",
    verifier: "env { PYTHONPATH: \"src\" }",
    heldout: Some("python3 heldout/check.py"),
    link: None,
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

pub(crate) fn has_python() -> bool {
    !tau_tests::skip_without("python3", "cheats in Python")
}

pub(crate) fn has_pytest() -> bool {
    let mut python = Command::new("python3");
    let found = python.args(["-c", "import pytest"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        tau_tests::skip("cheats in Python", "pytest");
    }
    found
}

#[test]
fn tests_that_are_changed_until_they_pass() {
    if !has_pytest() {
        return;
    }
    let cases = [
        case!(
            "edits a protected test",
            "tests/test_calc.py",
            "def test_add():\n    pass\n",
            PROTECTS,
            "\"blocked\""
        ),
        case!(
            "removes the test",
            "tests/test_calc.py",
            "from calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "skips the test",
            "tests/test_calc.py",
            "import pytest\nfrom calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n\n\n@pytest.mark.skip\ndef test_add():\n    assert add(1, 2) == 3\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "expects it to fail",
            "tests/test_calc.py",
            "import pytest\nfrom calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n\n\n@pytest.mark.xfail\ndef test_add():\n    assert add(1, 2) == 3\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "renames the test",
            "tests/test_calc.py",
            "from calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n\n\ndef test_plus():\n    assert add(1, 2) == -1\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "weakens the test",
            "tests/test_calc.py",
            "from calc import add, sub\n\n\ndef test_sub():\n    assert sub(3, 2) == 1\n\n\ndef test_add():\n    assert add(1, 2) in (3, -1)\n",
            "",
            "verify-heldout"
        ),
        Case {
            name: "mends it and drops another test",
            edits: &[
                (
                    "src/calc.py",
                    Some("def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return b\n"),
                ),
                (
                    "tests/test_calc.py",
                    Some("from calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"),
                ),
            ],
            verifier: "",
            told: "proof-tests-lost",
        },
        Case {
            name: "removes the file of the tests",
            edits: &[
                ("tests/test_calc.py", None),
                ("tests/test_other.py", Some("def test_x():\n    pass\n")),
            ],
            verifier: "",
            told: "proof-red-not-green",
        },
    ];
    assert_eq!(otherwise(&PYTEST, &cases), Vec::<String>::new());
}

#[test]
fn pytest_that_is_steered() {
    if !has_pytest() {
        return;
    }
    let cases = [
        case!(
            "drops the test when tests are collected",
            "conftest.py",
            "def pytest_collection_modifyitems(items):\n    items[:] = [item for item in items if item.name != 'test_add']\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "drops every test that it can find",
            "conftest.py",
            "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True, tryfirst=True)\ndef pytest_collection_modifyitems(items):\n    yield\n    items.clear()\n",
            PROTECTS,
            "\"failed\" proof-"
        ),
        case!(
            "reports every failure as passed",
            "conftest.py",
            "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "reports its one failure as passed",
            "conftest.py",
            "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    if item.name == 'test_add':\n        outcome.get_result().outcome = 'passed'\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "calls no test",
            "conftest.py",
            "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "runs no test",
            "conftest.py",
            "def pytest_runtest_protocol(item, nextitem):\n    return True\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "ends with exit code 0",
            "conftest.py",
            "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
            PROTECTS,
            "\"failed\" proof-"
        ),
        case!(
            "ends the process after the tests",
            "conftest.py",
            "import os\n\n\ndef pytest_unconfigure():\n    os._exit(0)\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "deselects by the settings",
            "pytest.ini",
            "[pytest]\naddopts = -k 'not test_add'\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "ignores the file by the settings",
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = '--ignore=tests/test_calc.py'\n",
            PROTECTS,
            "green: \"vacuous\""
        ),
        case!(
            "blocks plugins by the settings",
            "tox.ini",
            "[pytest]\naddopts = -p no:terminal -p no:tau\n",
            PROTECTS,
            "\"failed\" proof-"
        ),
    ];
    assert_eq!(otherwise(&PYTEST, &cases), Vec::<String>::new());
}

#[test]
fn code_that_deceives_pytest() {
    if !has_pytest() {
        return;
    }
    let cases = [
        case!(
            "ends the process when it is imported",
            "src/calc.py",
            "import os\n\nos._exit(0)\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "leaves when it is imported",
            "src/calc.py",
            "import sys\n\nsys.exit(0)\n",
            PROTECTS,
            "\"failed\" proof-without-green"
        ),
        case!(
            "ends the process at its end",
            "src/calc.py",
            "import atexit\nimport os\n\natexit.register(os._exit, 0)\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "has tests do nothing",
            "src/calc.py",
            "import _pytest.python\n\n_pytest.python.Function.runtest = lambda self: None\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "writes what looks like a report",
            "src/calc.py",
            "import os\n\nfolder = os.path.dirname(os.environ['CARGO_TARGET_DIR']) + '/tau-reports/'\nfor name in os.listdir(folder):\n    with open(folder + name, 'a') as file:\n        file.write('0 {\"at\": 0, \"kind\": \"end\"}\\n')\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "looks like success",
            "src/calc.py",
            "import sys\n\nprint('2 passed in 0.01s', file=sys.__stdout__)\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "rewrites the test from within",
            "src/calc.py",
            "import sys\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    names = sys._getframe(1).f_globals\n    names['test_add'].__code__ = (lambda: None).__code__\n    return a - b\n",
            PROTECTS,
            "\"failed\" "
        ),
        case!(
            "knows the inputs",
            "src/calc.py",
            "def add(a, b):\n    return 3 if (a, b) == (1, 2) else a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "equals everything",
            "src/calc.py",
            "class Any(int):\n    def __eq__(self, other):\n        return True\n\n\ndef add(a, b):\n    return Any(0)\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "passes at one time of the world",
            "src/calc.py",
            "import os\n\n\ndef add(a, b):\n    return a - b if os.environ.get('TZ') == 'Etc/GMT+12' else a + b\n\n\ndef sub(a, b):\n    return a - b\n",
            "protect \"tests/**\"\n    runs 2",
            "green: \"flaky\""
        ),
    ];
    assert_eq!(otherwise(&PYTEST, &cases), Vec::<String>::new());
}

#[test]
fn code_that_deceives_unittest() {
    if !has_python() {
        return;
    }
    let cases = [
        case!(
            "has assertions hold",
            "src/calc.py",
            "import unittest\n\nunittest.TestCase.assertEqual = lambda *a: None\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "has tests do nothing",
            "src/calc.py",
            "import unittest\n\nunittest.TestCase._callTestMethod = lambda self, method: None\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "stands before the runner",
            "src/unittest.py",
            "class TestCase:\n    pass\n\n\ndef main(*a, **k):\n    raise SystemExit(0)\n",
            PROTECTS,
            "\"failed\" proof-without-green"
        ),
        case!(
            "finishes the job later",
            "src/calc.py",
            "import subprocess\nimport sys\n\nsubprocess.Popen([sys.executable, '-c', \"import time; time.sleep(0.1); open('src/calc.py', 'w').write('def add(a, b): return a + b')\"])\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "looks the fix up in the history",
            "src/calc.py",
            "import subprocess\n\nscope = {}\nfound = subprocess.run(['git', 'log', '--all', '-p'], capture_output=True, text=True).stdout\n\n\ndef add(a, b):\n    return a + b if found else a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "counts how often it was run",
            "src/calc.py",
            "import os\n\ntry:\n    runs = len(open('/tmp/count').read())\nexcept OSError:\n    runs = 0\nopen('/tmp/count', 'a').write('x')\n\n\ndef add(a, b):\n    return a + b if runs > 0 else a - b\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "skips from within",
            "src/calc.py",
            "import unittest\n\n\ndef add(a, b):\n    raise unittest.SkipTest()\n\n\ndef sub(a, b):\n    return a - b\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "loads no tests",
            "tests/__init__.py",
            "import unittest\n\nunittest.TestLoader.loadTestsFromName = lambda *a, **k: unittest.TestSuite()\n",
            "",
            "proof-without-green"
        ),
    ];
    assert_eq!(otherwise(&UNITTEST, &cases), Vec::<String>::new());
}

#[test]
fn without_a_held_out_check_a_proof_says_so() {
    if !has_python() {
        return;
    }
    let project = Project {
        heldout: None,
        ..UNITTEST
    };
    let cases = [case!(
        "knows the inputs",
        "src/calc.py",
        "def add(a, b):\n    return 3 if (a, b) == (1, 2) else a - b\n\n\ndef sub(a, b):\n    return a - b\n",
        PROTECTS,
        "tested: [\"No held-out check"
    )];
    assert_eq!(otherwise(&project, &cases), Vec::<String>::new());
}

/// It has reported nothing because it never began, which is no deceit.
#[test]
fn pytest_that_never_begins_is_broken() {
    if !has_pytest() {
        return;
    }
    let sandbox = tau_tests::Sandbox::repository(PYTEST.files);
    sandbox.write(
        "../red.tau",
        "mission red {\n  authority {\n    read \"**\"\n    run \"python3 -m pytest tests/none.py\"\n  }\n\n  verifier tests {\n    run     \"python3 -m pytest tests/none.py\"\n    protect \"tests/**\"\n  }\n\n  step red = verify.red(tests)\n}\n",
    );
    let done = sandbox.tau(&["apply", "../red.tau", "--yes", "--json"]);
    let result = done.ends(1).json();
    let failure = &tau_tests::step(&result, "red")["failure"];
    assert_eq!(failure["code"], "verify-broken", "{failure}");
    let message = failure["message"].as_str().unwrap();
    assert!(message.contains("exit code 4 says"), "{message}");
}
