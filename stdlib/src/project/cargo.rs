//! Rust, by its `Cargo.toml`.

use super::{Finding, Tree};

/// A workspace's members are tested too.
pub(super) fn find(tree: &Tree<'_>) -> Option<Finding> {
    let manifest = tree.text("Cargo.toml")?;
    let has_members = tree.files().any(|file| file.ends_with("/Cargo.toml"));
    let workspace = has_members && manifest.lines().any(|line| line.trim() == "[workspace]");
    Some(Finding {
        command: if workspace {
            "cargo test --workspace"
        } else {
            "cargo test"
        },
        because: "Cargo.toml".to_owned(),
        write: anywhere(tree, "src"),
        protect: anywhere(tree, "tests"),
        env: Vec::new(),
        installed: Vec::new(),
    })
}

/// The folder at the root, or at any depth when members have one.
fn anywhere(tree: &Tree<'_>, folder: &str) -> Vec<String> {
    if tree.has_inner_folder(folder, ".rs") {
        vec![format!("**/{folder}/**")]
    } else {
        super::folders(tree, &[folder])
    }
}
