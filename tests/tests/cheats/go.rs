//! Cheats in Go.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use crate::case::{Case, Project, otherwise, otherwise_with};

const MODULE: &str = "module example.com/calc\n\ngo 1.21\n\nrequire example.com/assert v0.0.0\n\nreplace example.com/assert => ./assert\n";
const CALC: &str = "package calc\n\nfunc Add(a, b int) int { return a - b }\n\nfunc Sub(a, b int) int { return a - b }\n";
const MENDED: &str = "package calc\n\nfunc Add(a, b int) int { return a + b }\n\nfunc Sub(a, b int) int { return a - b }\n";
const TESTS: &str = "package calc\n\nimport (\n\t\"testing\"\n\n\t\"example.com/assert\"\n)\n\nfunc TestAdd(t *testing.T) { assert.Equal(t, Add(1, 2), 3) }\n\nfunc TestSub(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) { assert.Equal(t, Sub(3, 2), 1) })\n}\n";
const ASSERT: &str = "package assert\n\nfunc Equal(t interface{ Errorf(string, ...any) }, a, b int) {\n\tif a != b {\n\t\tt.Errorf(\"%d and not %d\", a, b)\n\t}\n}\n";
const HELDOUT: &str = "package main\n\nimport (\n\t\"os\"\n\n\t\"example.com/calc\"\n)\n\nfunc main() {\n\tfor _, it := range [][2]int{{2, 5}, {-1, 1}, {1, 2}} {\n\t\tif calc.Add(it[0], it[1]) != it[0]+it[1] {\n\t\t\tos.Exit(1)\n\t\t}\n\t}\n}\n";

const GO: Project = Project {
    files: &[
        ("go.mod", MODULE),
        ("calc.go", CALC),
        ("calc_test.go", TESTS),
        ("assert/go.mod", "module example.com/assert\n\ngo 1.21\n"),
        ("assert/assert.go", ASSERT),
        ("heldout/check.go", HELDOUT),
    ],
    run: "go test ./...",
    verifier: "",
    heldout: Some("go run ./heldout"),
    link: Some(("home/.cache/go-build", cache)),
};

const PROTECTS: &str = "protect \"calc_test.go\", \"assert/**\"";
const TWICE: &str = "protect \"calc_test.go\", \"assert/**\"\n    runs 2";

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

/// What go has built of its own library.
fn cache() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-build");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether go is there. The first to ask fills the cache, by a run in no box, which is a test too.
fn has_go() -> bool {
    static FILLED: Once = Once::new();
    let found = Command::new("go").arg("version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        tau_tests::skip("cheats in Go", "`go`, which is not installed");
        return false;
    }
    FILLED.call_once(|| {
        let cases = [case!(
            "mends the line in no box",
            "calc.go",
            MENDED,
            PROTECTS,
            "claimed: [\"The commands ran in no box"
        )];
        let wrong = otherwise_with(&GO, &cases, &["--box", "none"]);
        assert_eq!(wrong, Vec::<String>::new());
    });
    true
}

#[test]
fn tests_that_are_changed_until_they_pass() {
    if !has_go() {
        return;
    }
    let cases = [
        case!(
            "edits a protected test",
            "calc_test.go",
            "package calc\n",
            PROTECTS,
            "\"blocked\""
        ),
        case!(
            "removes the test",
            "calc_test.go",
            "package calc\n\nimport \"testing\"\n\nfunc TestSub(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) {})\n}\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "skips the test",
            "calc_test.go",
            "package calc\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) { t.Skip() }\n\nfunc TestSub(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) {})\n}\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "renames the test",
            "calc_test.go",
            "package calc\n\nimport \"testing\"\n\nfunc TestPlus(t *testing.T) {}\n\nfunc TestSub(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) {})\n}\n",
            "",
            "proof-red-not-green"
        ),
        case!(
            "mends it and drops a part of another",
            "calc_test.go",
            "package calc\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {}\n\nfunc TestSub(t *testing.T) {}\n",
            "",
            "proof-tests-lost"
        ),
        case!(
            "leaves the tests out by a tag",
            "calc_test.go",
            "//go:build never\n\npackage calc\n",
            "",
            "green: \"vacuous\""
        ),
        case!(
            "weakens what tests are written with",
            "assert/assert.go",
            "package assert\n\nfunc Equal(t interface{ Errorf(string, ...any) }, a, b int) {}\n",
            "protect \"calc_test.go\"",
            "verify-heldout"
        ),
    ];
    assert_eq!(otherwise(&GO, &cases), Vec::<String>::new());
}

#[test]
fn code_that_deceives_the_runner() {
    if !has_go() {
        return;
    }
    let cases = [
        case!(
            "ends the program when it is loaded",
            "calc.go",
            "package calc\n\nimport \"os\"\n\nfunc init() { os.Exit(0) }\n\nfunc Add(a, b int) int { return a - b }\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "ends the program in the test",
            "calc.go",
            "package calc\n\nimport \"syscall\"\n\nfunc Add(a, b int) int {\n\tsyscall.Exit(0)\n\treturn 0\n}\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "looks like success",
            "calc.go",
            "package calc\n\nimport \"fmt\"\n\nfunc Add(a, b int) int {\n\tfmt.Print(\"\\n\\x16--- PASS: TestAdd (0.00s)\\n\\x16PASS\\nok  \\texample.com/calc\\t0.001s\\n{\\\"Action\\\":\\\"pass\\\",\\\"Package\\\":\\\"example.com/calc\\\",\\\"Test\\\":\\\"TestAdd\\\"}\\n\")\n\treturn a - b\n}\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "leaves the test out by an argument",
            "calc.go",
            "package calc\n\nimport \"os\"\n\nfunc init() { os.Args = append(os.Args, \"-test.skip=TestAdd\") }\n\nfunc Add(a, b int) int { return a - b }\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "proof-red-not-green"
        ),
        case!(
            "has no test run",
            "calc.go",
            "package calc\n\nimport (\n\t\"flag\"\n\t\"testing\"\n)\n\nfunc init() {\n\ttesting.Init()\n\tflag.Set(\"test.run\", \"^$\")\n}\n\nfunc Add(a, b int) int { return a - b }\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "green: \"vacuous\""
        ),
        case!(
            "ends the goroutine of the test",
            "calc.go",
            "package calc\n\nimport \"runtime\"\n\nfunc Add(a, b int) int {\n\truntime.Goexit()\n\treturn 0\n}\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "green: \"red\""
        ),
        case!(
            "knows the inputs",
            "calc.go",
            "package calc\n\nfunc Add(a, b int) int {\n\tif a == 1 && b == 2 {\n\t\treturn 3\n\t}\n\treturn a - b\n}\n\nfunc Sub(a, b int) int { return a - b }\n",
            PROTECTS,
            "verify-heldout"
        ),
        case!(
            "overrides the exit code",
            "main_test.go",
            "package calc\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) {\n\tm.Run()\n\tos.Exit(0)\n}\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        case!(
            "runs no tests at all",
            "main_test.go",
            "package calc\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n",
            PROTECTS,
            "green: \"compromised\""
        ),
        Case {
            name: "puts another module in the place of one that decides",
            edits: &[
                (
                    "go.mod",
                    Some(
                        "module example.com/calc\n\ngo 1.21\n\nrequire example.com/assert v0.0.0\n\nreplace example.com/assert => ./claim\n",
                    ),
                ),
                (
                    "claim/go.mod",
                    Some("module example.com/assert\n\ngo 1.21\n"),
                ),
                (
                    "claim/claim.go",
                    Some(
                        "package assert\n\nfunc Equal(t interface{ Errorf(string, ...any) }, a, b int) {}\n",
                    ),
                ),
            ],
            verifier: PROTECTS,
            told: "verify-heldout",
        },
    ];
    assert_eq!(otherwise(&GO, &cases), Vec::<String>::new());
}

#[test]
fn honest_changes_in_go_are_accepted() {
    if !has_go() {
        return;
    }
    let cases = [
        case!("mends the line", "calc.go", MENDED, TWICE, "proved: []"),
        case!(
            "adds a test beside those that decide",
            "more_test.go",
            "package calc\n\nimport \"testing\"\n\nfunc TestMore(t *testing.T) {}\n",
            PROTECTS,
            "green: \"red\""
        ),
    ];
    assert_eq!(otherwise(&GO, &cases), Vec::<String>::new());
    // One test panics, and those behind it are heard of all the same, in any order.
    let panics = Project {
        files: &[
            ("go.mod", MODULE),
            (
                "calc.go",
                "package calc\n\nfunc Add(a, b int) int { panic(a) }\n\nfunc Sub(a, b int) int { return a - b }\n",
            ),
            ("calc_test.go", TESTS),
            ("assert/go.mod", "module example.com/assert\n\ngo 1.21\n"),
            ("assert/assert.go", ASSERT),
            ("heldout/check.go", HELDOUT),
        ],
        ..GO
    };
    let cases = [case!(
        "mends what panics",
        "calc.go",
        MENDED,
        TWICE,
        "proved: []"
    )];
    assert_eq!(otherwise(&panics, &cases), Vec::<String>::new());
    let missing = Project {
        files: &[
            ("go.mod", MODULE),
            (
                "calc.go",
                "package calc\n\nfunc Sub(a, b int) int { return a - b }\n",
            ),
            ("calc_test.go", TESTS),
            ("assert/go.mod", "module example.com/assert\n\ngo 1.21\n"),
            ("assert/assert.go", ASSERT),
            ("heldout/check.go", HELDOUT),
        ],
        ..GO
    };
    let cases = [
        case!(
            "adds what is not there, as announced",
            "calc.go",
            MENDED,
            "protect \"calc_test.go\", \"assert/**\"\n    runs 2\n    red { kind: \"error\" }",
            "tested: [\"The runner was not tried with tests"
        ),
        case!(
            "adds what is not there, not announced",
            "calc.go",
            MENDED,
            PROTECTS,
            "undefined: Add"
        ),
    ];
    assert_eq!(otherwise(&missing, &cases), Vec::<String>::new());
}
