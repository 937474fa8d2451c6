//! Each kind of project, as small as it can be.

use std::collections::BTreeMap;

use super::{Finding, Tree, detect};

fn found(files: &[(&str, &str)]) -> Vec<Finding> {
    let texts: BTreeMap<String, String> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let names = texts.keys().cloned().collect();
    detect(&Tree::new(names, |path| texts.get(path).cloned()))
}

/// The one finding, as `command | write | protect`.
fn one(files: &[(&str, &str)]) -> String {
    let found = found(files);
    assert_eq!(found.len(), 1, "{found:?}");
    let Finding {
        command,
        write,
        protect,
        ..
    } = &found[0];
    format!("{command} | {} | {}", write.join(" "), protect.join(" "))
}

#[test]
fn a_crate() {
    let files = [
        ("Cargo.toml", "[package]"),
        ("src/lib.rs", ""),
        ("tests/a.rs", ""),
    ];
    assert_eq!(one(&files), "cargo test | src/** | tests/**");
}

#[test]
fn a_workspace() {
    let files = [
        ("Cargo.toml", "[workspace]"),
        ("a/Cargo.toml", ""),
        ("a/src/lib.rs", ""),
        ("a/tests/a.rs", ""),
    ];
    assert_eq!(
        one(&files),
        "cargo test --workspace | **/src/** | **/tests/**"
    );
}

#[test]
fn a_go_module() {
    let files = [
        ("go.mod", ""),
        ("a.go", ""),
        ("a_test.go", ""),
        ("x/testdata/y", ""),
    ];
    assert_eq!(
        one(&files),
        "go test ./... | **/*.go | **/*_test.go **/testdata/**"
    );
}

#[test]
fn python_with_pytest_named_in_its_project_file() {
    let files = [
        ("pyproject.toml", "[tool.pytest.ini_options]"),
        ("src/pkg/__init__.py", ""),
        ("tests/test_a.py", ""),
    ];
    assert_eq!(one(&files), "python3 -m pytest -q | src/** | tests/**");
    assert_eq!(found(&files)[0].env, [("PYTHONPATH", "src")]);
}

#[test]
fn python_with_tests_that_only_pytest_finds() {
    let files = [
        ("calc.py", ""),
        ("test_calc.py", "import calc\n\ndef test_a():\n    pass\n"),
    ];
    assert_eq!(one(&files), "python3 -m pytest -q | *.py | **/test_*.py");
    assert_eq!(found(&files)[0].because, "test_calc.py");
}

#[test]
fn python_with_the_standard_librarys_tests() {
    let test = "import unittest\n\nclass A(unittest.TestCase):\n    def test_a(self): pass\n";
    let mut files = vec![
        ("setup.py", ""),
        ("pkg/__init__.py", ""),
        ("tests/test_a.py", test),
    ];
    assert_eq!(
        one(&files),
        "python3 -m unittest discover -s tests | pkg/** | tests/**"
    );
    files.push(("tests/__init__.py", ""));
    assert_eq!(one(&files), "python3 -m unittest | pkg/** | tests/**");
}

#[test]
fn a_node_package_with_a_test_script() {
    let files = [
        ("package.json", r#"{ "scripts": { "test": "vitest" } }"#),
        ("src/a.js", ""),
        ("src/a.test.js", ""),
    ];
    assert_eq!(one(&files), "npm test | src/** | **/*.test.*");
}

#[test]
fn a_node_package_with_nodes_own_tests() {
    let files = [
        (
            "package.json",
            r#"{ "scripts": { "test": "echo \"Error: no test specified\" && exit 1" } }"#,
        ),
        ("index.js", ""),
        ("test/a.js", "import test from 'node:test'"),
    ];
    assert_eq!(one(&files), "node --test | *.js | test/**");
}

#[test]
fn a_makefile_with_a_test_target() {
    let files = [
        ("Makefile", "all:\n\ntest: all\n\t./run\n"),
        ("src/a.c", ""),
        ("t/a", ""),
    ];
    assert_eq!(one(&files), "make test | src/** | t/**");
}

#[test]
fn several_in_a_sensible_order() {
    let files = [
        ("Makefile", "test:\n"),
        ("package.json", r#"{ "scripts": { "test": "x" } }"#),
        ("Cargo.toml", ""),
    ];
    let commands: Vec<_> = found(&files).iter().map(|found| found.command).collect();
    assert_eq!(commands, ["cargo test", "npm test", "make test"]);
}

#[test]
fn files_that_do_not_hold_what_their_names_promise_are_passed_over() {
    let deep = "[".repeat(10_000);
    let files = [
        ("package.json", deep.as_str()),
        ("Makefile", "all:\n"),
        ("requirements.txt", "pytest"),
        ("README.md", ""),
    ];
    assert_eq!(found(&files), []);
}
