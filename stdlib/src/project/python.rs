//! Python, by its project files or its tests.

use super::{Finding, Tree, base_name, folders, patterns};

const PROJECT: [&str; 6] = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "pytest.ini",
    "tox.ini",
    "requirements.txt",
];
/// Files whose mention of pytest means that the project uses it.
const MENTIONS: [&str; 7] = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "tox.ini",
    "requirements.txt",
    "requirements-dev.txt",
    "dev-requirements.txt",
];
const TESTS: [&str; 2] = ["tests", "test"];

/// pytest where the project names it or its tests need it, else the standard library's runner.
pub(super) fn find(tree: &Tree<'_>) -> Option<Finding> {
    let project = PROJECT.iter().find(|name| tree.has(name)).copied();
    let because = project.or_else(|| tree.files().find(|file| is_test(file)))?;
    // These files are other languages' too; without any Python they mean nothing.
    if !tree.files().any(|file| file.ends_with(".py")) {
        return None;
    }
    let command = if uses_pytest(tree) {
        "python3 -m pytest -q"
    } else if tree.has_folder("tests") && !tree.has("tests/__init__.py") {
        // Discovery from the root enters packages only.
        "python3 -m unittest discover -s tests"
    } else {
        "python3 -m unittest"
    };
    let src = tree
        .files()
        .any(|file| file.starts_with("src/") && file.ends_with(".py"));
    let mut protect = folders(tree, &TESTS);
    protect.extend(patterns(
        tree,
        &[
            ("**/test_*.py", |file| is_test(file) && !in_tests(file)),
            ("**/*_test.py", |file| {
                file.ends_with("_test.py") && !in_tests(file)
            }),
            ("**/conftest.py", |file| {
                base_name(file) == "conftest.py" && !in_tests(file)
            }),
        ],
    ));
    Some(Finding {
        command,
        because: because.to_owned(),
        write: sources(tree, src),
        protect,
        env: vec![("PYTHONPATH", if src { "src" } else { "." })],
        installed: Vec::new(),
    })
}

fn uses_pytest(tree: &Tree<'_>) -> bool {
    tree.has("pytest.ini")
        || tree.files().any(|file| base_name(file) == "conftest.py")
        || MENTIONS
            .iter()
            .any(|name| tree.text(name).is_some_and(|text| text.contains("pytest")))
        || tests_are_functions(tree)
}

/// Tests that are functions are found by pytest only; a few dozen files are asked.
fn tests_are_functions(tree: &Tree<'_>) -> bool {
    tree.files()
        .filter(|file| is_test(file))
        .take(50)
        .filter_map(|file| tree.text(file))
        .any(|text| text.contains("import pytest") || text.contains("\ndef test_"))
}

/// `src`, or else the packages and the modules at the root.
fn sources(tree: &Tree<'_>, src: bool) -> Vec<String> {
    if src {
        return vec!["src/**".to_owned()];
    }
    let mut write = Vec::new();
    for file in tree.files() {
        let Some((folder, "__init__.py")) = file.split_once('/') else {
            continue;
        };
        if !TESTS.contains(&folder) && write.len() < 8 {
            write.push(format!("{folder}/**"));
        }
    }
    let is_module = |file: &str| {
        !file.contains('/') && file.ends_with(".py") && file != "setup.py" && !is_test(file)
    };
    if tree.files().any(is_module) {
        write.push("*.py".to_owned());
    }
    write
}

fn is_test(file: &str) -> bool {
    let name = base_name(file);
    name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"))
}

/// Whether another pattern covers it already.
fn in_tests(file: &str) -> bool {
    file.split_once('/')
        .is_some_and(|(folder, _)| TESTS.contains(&folder))
}
