//! Anything else, by a `test` target of its makefile.

use super::{Finding, Tree, folders};

/// Where sources and tests usually live, whatever the language.
const SOURCES: [&str; 6] = ["src", "lib", "app", "include", "cmd", "pkg"];
const TESTS: [&str; 4] = ["tests", "test", "spec", "t"];

pub(super) fn find(tree: &Tree<'_>) -> Option<Finding> {
    // In the order in which make looks.
    let names = ["GNUmakefile", "makefile", "Makefile"];
    let name = names.iter().find(|name| tree.has(name))?;
    let has_target = tree.text(name)?.lines().any(is_test_target);
    has_target.then(|| Finding {
        command: "make test",
        because: (*name).to_owned(),
        write: folders(tree, &SOURCES),
        protect: folders(tree, &TESTS),
        env: Vec::new(),
        installed: Vec::new(),
    })
}

/// `test:`, `test: build`, `all test:`; but not `test := x` and not a recipe's line.
fn is_test_target(line: &str) -> bool {
    let Some((targets, rest)) = line.split_once(':') else {
        return false;
    };
    !line.starts_with(['\t', ' ', '#'])
        && !rest.trim_start_matches(':').starts_with('=')
        && targets.split_whitespace().any(|target| target == "test")
}

#[cfg(test)]
mod tests {
    use super::is_test_target;

    #[test]
    fn a_target_is_told_from_a_variable_and_a_recipe() {
        for line in ["test:", "test: build", "check test::", "test : x"] {
            assert!(is_test_target(line), "{line}");
        }
        for line in [
            "test := 1",
            "test ::= 1",
            "tests:",
            "\ttest: x",
            ".PHONY: test",
            "# test:",
        ] {
            assert!(!is_test_target(line), "{line}");
        }
    }
}
