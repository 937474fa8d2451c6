//! JavaScript and TypeScript, by `package.json`.

use serde_json::Value;

use super::{Finding, Tree, base_name, folders, patterns};

/// Where sources and tests usually live.
const SOURCES: [&str; 4] = ["src", "lib", "app", "packages"];
const TESTS: [&str; 3] = ["test", "tests", "spec"];
const ENDINGS: [&str; 6] = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];

/// `npm test` where the project says what that is, else Node's own runner where its tests are
/// written for it.
pub(super) fn find(tree: &Tree<'_>) -> Option<Finding> {
    let package: Value = serde_json::from_str(&tree.text("package.json")?).ok()?;
    let script = package.pointer("/scripts/test").and_then(Value::as_str);
    let command = match script.map(str::trim) {
        Some(script) if !script.is_empty() && !is_placeholder(script) => "npm test",
        _ if uses_node_test(tree) => "node --test",
        _ => return None,
    };
    let mut write = folders(tree, &SOURCES);
    for ending in ENDINGS {
        let is_source =
            |file: &str| !file.contains('/') && file.ends_with(ending) && !is_test(file);
        if tree.files().any(is_source) {
            write.push(format!("*{ending}"));
        }
    }
    let mut protect = folders(tree, &TESTS);
    protect.extend(patterns(
        tree,
        &[
            ("**/__tests__/**", |file| {
                format!("/{file}").contains("/__tests__/")
            }),
            ("**/*.test.*", |file| base_name(file).contains(".test.")),
            ("**/*.spec.*", |file| base_name(file).contains(".spec.")),
        ],
    ));
    Some(Finding {
        command,
        because: "package.json".to_owned(),
        write,
        protect,
        env: Vec::new(),
        installed: vec!["node_modules"],
    })
}

/// What `npm init` writes where there are no tests.
fn is_placeholder(script: &str) -> bool {
    script.contains("no test specified")
}

/// Whether a test imports `node:test`; a few dozen files are asked.
fn uses_node_test(tree: &Tree<'_>) -> bool {
    tree.files()
        .filter(|file| is_script(file) && is_test(file))
        .take(50)
        .filter_map(|file| tree.text(file))
        .any(|text| text.contains("node:test"))
}

fn is_script(file: &str) -> bool {
    ENDINGS.iter().any(|ending| file.ends_with(ending))
}

fn is_test(file: &str) -> bool {
    let name = base_name(file);
    name.contains(".test.")
        || name.contains(".spec.")
        || name.starts_with("test-")
        || name.starts_with("test.")
        || TESTS
            .iter()
            .any(|folder| format!("/{file}").contains(&format!("/{folder}/")))
}
