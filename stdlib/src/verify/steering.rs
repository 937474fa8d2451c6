//! Changed files that could decide a verdict in another way than by being right.

use tau_interpreter::action::Changed;

/// Files that runners and interpreters load before any test, or take their settings from.
const SETTINGS: &[&str] = &[
    ".babelrc",
    ".npmrc",
    ".nycrc",
    ".python-version",
    "Cargo.toml",
    "GNUmakefile",
    "Justfile",
    "Makefile",
    "build.rs",
    "conftest.py",
    "go.mod",
    "go.work",
    "justfile",
    "makefile",
    "noxfile.py",
    "package.json",
    "pyproject.toml",
    "pytest.ini",
    "rust-toolchain",
    "rust-toolchain.toml",
    "setup.cfg",
    "setup.py",
    "sitecustomize.py",
    "tox.ini",
    "tsconfig.json",
    "usercustomize.py",
];

/// Beginnings of the names of such files.
const BEGINNINGS: &[&str] = &[
    ".mocharc",
    ".pytest",
    "ava.config",
    "babel.config",
    "jest.config",
    "jest.setup",
    "karma.conf",
    "vitest.config",
    "vitest.setup",
    "vite.config",
];

/// Folders that hold nothing else, or what a runner would take for itself.
const FOLDERS: &[&str] = &[
    ".cargo",
    ".config",
    ".github",
    ".mvn",
    "_pytest",
    "node_modules",
    "pytest",
    "unittest",
    "vendor",
];

/// Why a change to these files may be what turned the verdict, as sentences.
pub(super) fn limits(changed: &[Changed]) -> Vec<String> {
    let mut limits = Vec::new();
    let told = |those: &[&Changed]| {
        let paths: Vec<String> = those.iter().map(|it| it.path.clone()).collect();
        super::outcome::some_of(&paths)
    };
    let settings: Vec<&Changed> = changed.iter().filter(|it| is_setting(&it.path)).collect();
    if !settings.is_empty() {
        limits.push(format!(
            "The change touches {}: files like that can steer the runner.",
            told(&settings)
        ));
    }
    let tests: Vec<&Changed> = changed
        .iter()
        .filter(|it| !is_setting(&it.path) && (is_test(&it.path) || changes_own_tests(it)))
        .collect();
    if !tests.is_empty() {
        limits.push(format!(
            "The change touches tests that the verifier does not protect: {}.",
            told(&tests)
        ));
    }
    limits
}

fn is_setting(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let has_end = ["pth", "so", "pyd"].iter().any(|end| {
        let rest = name.strip_suffix(end);
        rest.is_some_and(|rest| rest.ends_with('.'))
    });
    has_end
        || SETTINGS.contains(&name)
        || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
        || folders.split('/').any(|folder| FOLDERS.contains(&folder))
        || matches!(name, "pytest.py" | "unittest.py" | "pluggy.py")
}

fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let parts: Vec<&str> = name.split('.').skip(1).collect();
    folders.split('/').any(|it| {
        matches!(
            it,
            "test" | "tests" | "__tests__" | "spec" | "testdata" | "testing"
        )
    }) || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "test"
        || stem == "tests"
        || parts.iter().any(|it| matches!(*it, "test" | "spec"))
}

/// Whether the tests that stand in a file of Rust beside what they test were changed.
fn changes_own_tests(file: &Changed) -> bool {
    if !file.path.ends_with(".rs") {
        return false;
    }
    let text = |bytes: &Option<Vec<u8>>| {
        let bytes = bytes.as_deref().unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    };
    let (before, after) = (text(&file.before), text(&file.after));
    let (code_before, tests_before) = in_two(&before);
    let (code_after, tests_after) = in_two(&after);
    tests_before != tests_after || code_before.contains("#[test]") || code_after.contains("#[test]")
}

/// A file of Rust before and from its part for tests.
fn in_two(text: &str) -> (&str, &str) {
    text.split_at(text.find("#[cfg(test)]").unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, before: &str, after: &str) -> usize {
        let bytes = |text: &str| (!text.is_empty()).then(|| text.as_bytes().to_vec());
        let changed = Changed {
            path: path.to_owned(),
            before: bytes(before),
            after: bytes(after),
        };
        limits(&[changed]).len()
    }

    #[test]
    fn files_that_can_steer_a_verdict_are_told() {
        for path in [
            "conftest.py",
            "src/conftest.py",
            "a/b.pth",
            ".cargo/config.toml",
            "build.rs",
            "jest.config.mjs",
            "tests/test_a.py",
            "src/a.test.ts",
            "pkg/a_test.go",
            "pkg/testdata/golden.txt",
            "vendor/github.com/a/assert/assert.go",
            "go.mod",
            "pytest.py",
            "_pytest/runner.py",
        ] {
            assert_eq!(told(path, "a", "b"), 1, "{path}");
        }
        for path in ["src/a.py", "src/latest.js", "src/contest.py", "README.md"] {
            assert_eq!(told(path, "a", "b"), 0, "{path}");
        }
    }

    #[test]
    fn tests_beside_the_code_count_when_they_change() {
        let file = |code: &str, tests: &str| format!("{code}\n#[cfg(test)]\nmod t {{ {tests} }}");
        let before = file("fn a() {}", "#[test] fn t() { assert!(x) }");
        let fixed = file("fn a() { 1 }", "#[test] fn t() { assert!(x) }");
        let cheat = file("fn a() {}", "#[test] fn t() {}");
        assert_eq!(told("src/a.rs", &before, &fixed), 0);
        assert_eq!(told("src/a.rs", &before, &cheat), 1);
        assert_eq!(
            told("src/a.rs", "fn a() {}", "fn a() {} #[test] fn t() {}"),
            1
        );
    }
}
