//! The demonstration's repository is what it says: RED before the patch, GREEN behind it.

use std::path::Path;
use std::process::{Command, Output};

use super::{Demo, folder, prepare};

fn cargo_test(demo: &Demo, target: &Path) -> Output {
    let words: Vec<_> = demo.check.split(' ').collect();
    Command::new(words[0])
        .args(&words[1..])
        .current_dir(&demo.repo)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap()
}

fn git(demo: &Demo, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(&demo.repo)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_tests_fail_by_assertion_until_the_patch_is_applied() {
    let root = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let demo = prepare(root.path()).unwrap();

    let red = cargo_test(&demo, target.path());
    let text = String::from_utf8_lossy(&red.stdout);
    assert_eq!(red.status.code(), Some(101), "{text}");
    assert!(text.contains("3 passed; 1 failed"), "{text}");
    assert!(
        text.contains("no_line_is_wider_than_asked ... FAILED"),
        "{text}"
    );

    let patch = demo.patch.canonicalize().unwrap();
    git(&demo, &["apply", patch.to_str().unwrap()]);
    let green = cargo_test(&demo, target.path());
    assert!(green.status.success(), "{green:?}");
    // Testing and building leave nothing that git would see but the fix.
    assert_eq!(git(&demo, &["status", "--porcelain"]), " M src/lib.rs\n");
}

#[test]
fn the_commit_is_the_same_everywhere() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let head = |root: &Path| git(&prepare(root).unwrap(), &["rev-parse", "HEAD"]);
    assert_eq!(head(one.path()), head(two.path()));
}

#[test]
fn a_folder_in_use_is_refused() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(folder(Some(root.path())), Ok(root.path().to_owned()));
    std::fs::write(root.path().join("mine"), "").unwrap();
    assert!(
        folder(Some(root.path()))
            .unwrap_err()
            .contains("is not empty")
    );
}
