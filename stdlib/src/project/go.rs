//! Go, by its `go.mod`.

use super::{Finding, Tree, patterns};

/// Go keeps tests beside what they test; only their names tell them apart.
pub(super) fn find(tree: &Tree<'_>) -> Option<Finding> {
    tree.has("go.mod").then(|| Finding {
        command: "go test ./...",
        because: "go.mod".to_owned(),
        write: vec!["**/*.go".to_owned()],
        protect: patterns(
            tree,
            &[
                ("**/*_test.go", |file| file.ends_with("_test.go")),
                ("**/testdata/**", |file| {
                    format!("/{file}").contains("/testdata/")
                }),
            ],
        ),
        env: Vec::new(),
        installed: Vec::new(),
    })
}
