//! `fs.patch` against git itself: what `git diff` writes must give the tree it was made from, and
//! where `git apply` and `fs.patch` both accept a patch, their results must be the same.

mod trees;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tau_interpreter::action::{File, FileMode};

use self::trees::{after, edit_text, happening, line, text, tree};
use crate::fake::Fake;

type Files = BTreeMap<String, File>;

/// Enough to meet each construct in every run, and short enough to be run each time.
const CASES: u32 = 100;

/// Ways to write a diff.
const DIFFS: &[&[&str]] = &[
    &[],
    &["-M", "-C"],
    &["-B", "-M", "-C", "--find-copies-harder"],
    &["-M10%", "-U1"],
    &["--no-renames", "-U10"],
    &["--no-prefix", "-M"],
    &["--src-prefix=old/", "--dst-prefix=new/"],
    &["-M", "--full-index", "--patience", "-p", "--stat"],
    &["-M", "--inter-hunk-context=5", "-W"],
];

/// Git without the configuration of whoever runs the tests.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .env("LC_ALL", "C");
    git
}

fn feed(mut command: Command, input: &[u8]) -> (bool, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// The unified diff between two trees, as git writes it.
fn diff(folder: &Path, before: &Files, after: &Files, options: &[&str]) -> String {
    let mut import = Vec::new();
    for (name, files) in [("before", before), ("after", after)] {
        write!(
            import,
            "reset refs/heads/{name}\n\ncommit refs/heads/{name}\ncommitter a <a> 0 +0000\ndata 0\n"
        )
        .unwrap();
        for (path, file) in files {
            let path = path
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            let mode = serde_json::to_value(file.mode).unwrap();
            writeln!(
                import,
                "M {} inline \"{path}\"\ndata {}",
                mode.as_str().unwrap(),
                file.bytes.len()
            )
            .unwrap();
            import.extend_from_slice(&file.bytes);
            import.push(b'\n');
        }
    }
    let mut command = git(folder);
    command.args(["fast-import", "--quiet", "--force", "--date-format=raw"]);
    let (imported, error) = feed(command, &import);
    assert!(imported, "{error}");
    let output = git(folder)
        .args(["diff", "--no-color", "--no-ext-diff"])
        .args(options)
        .args(["before", "after", "--"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Whether git would apply the patch to the tree of the branch `before`.
fn git_accepts(folder: &Path, diff: &str) -> bool {
    assert!(
        git(folder)
            .args(["read-tree", "before"])
            .status()
            .unwrap()
            .success()
    );
    let mut apply = git(folder);
    apply.args(["apply", "--cached", "--check", "-"]);
    feed(apply, diff.as_bytes()).0
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        git(folder.path())
            .args(["init", "-q", "--bare"])
            .status()
            .unwrap()
            .success()
    );
    folder
}

fn fake(files: &Files) -> Fake {
    let fake = Fake::default();
    for (path, file) in files {
        fake.put(path, &file.bytes, file.mode);
    }
    fake
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn what_git_writes_gives_the_tree_it_was_made_from(
        before in tree(),
        happenings in prop::collection::vec(happening(), 1..9),
        options in select(DIFFS),
    ) {
        let after = after(before.clone(), &happenings);
        let repository = repository();
        let diff = diff(repository.path(), &before, &after, options);
        if diff.is_empty() {
            prop_assert_eq!(before, after);
            return Ok(());
        }

        let tree = fake(&before);
        if let Err(failure) = tree.call("fs.patch", json!({ "diff": diff })) {
            // With -B, git renames over a symbolic link without saying that the link goes, and
            // refuses to apply what it wrote.
            let accepted = git_accepts(repository.path(), &diff);
            prop_assert!(!accepted, "{}\n{diff}", failure.message);
            return Ok(());
        }
        prop_assert_eq!(tree.files(), after.clone(), "{}", diff);

        let mut touched: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
        touched.retain(|path| before.get(path) != after.get(path));
        let named = super::paths(&diff).unwrap();
        for path in touched {
            prop_assert!(named.contains(&path), "{} is not in {:?}", path, named);
        }
    }

    #[test]
    fn on_a_file_that_has_changed_nothing_is_accepted_that_git_refuses(
        before in text(0..25),
        edits in prop::collection::vec((0..100usize, prop::option::of(line()), 0..2usize), 1..4),
        drift in prop::collection::vec((0..100usize, prop::option::of(line()), 0..2usize), 0..4),
        context in select(&["-U0", "-U1", "-U2", "-U3"][..]),
    ) {
        let edited = |text: &str, edits: &[(usize, Option<String>, usize)]| {
            edits.iter().fold(text.to_owned(), |text, (at, line, remove)| edit_text(&text, *at, line.as_ref(), *remove))
        };
        let files = |text: String| Files::from([(
            "x".to_owned(),
            File { bytes: text.into_bytes(), mode: FileMode::Regular },
        )]);
        let after = edited(&before, &edits);
        let drifted = edited(&before, &drift);
        let repository = repository();
        let diff = diff(repository.path(), &files(before), &files(after), &[context]);
        if diff.is_empty() {
            return Ok(());
        }

        let tree = fake(&files(drifted.clone()));
        let ours = tree.call("fs.patch", json!({ "diff": diff }));
        let work = tempfile::tempdir().unwrap();
        std::fs::write(work.path().join("x"), &drifted).unwrap();
        let mut apply = git(work.path());
        apply.args(["apply", "-"]);
        let (accepted, error) = feed(apply, diff.as_bytes());
        match ours {
            Ok(_) => {
                prop_assert!(accepted, "git refuses: {error}\n{diff}\non:\n{drifted}");
                let theirs = std::fs::read_to_string(work.path().join("x")).unwrap();
                prop_assert_eq!(tree.text("x").unwrap(), theirs, "{}\non:\n{}", diff, drifted);
            }
            // Git takes the nearest of several places, hunks without any context, and a line that
            // has a line end for one that shall have none. We do not.
            Err(failure) if accepted && context != "-U0" && !diff.contains("\n\\ No newline") => {
                prop_assert!(failure.message.contains("several other places"), "git accepts, but: {}\n{diff}\non:\n{drifted}", failure.message);
            }
            Err(failure) => prop_assert_eq!(failure.code, "patch-conflict"),
        }
    }
}
