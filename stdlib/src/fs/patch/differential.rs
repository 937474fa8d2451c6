//! `fs.patch` against git itself: what `git diff` writes must give the tree it was made from, and
//! where `git apply` and `fs.patch` both accept a patch, their results must be the same.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tau_interpreter::action::{File, FileMode};

use super::Patch;
use crate::fs::fake::Fake;

type Files = BTreeMap<String, File>;

const NAMES: &[&str] = &[
    "x",
    "y",
    "d/x",
    "d/y",
    "d/e/z",
    "a/x",
    "b/x",
    "two words",
    "d/ two b/ two",
    "tab\tname",
    "new\nline",
    "quote\"d",
    "ä/ö ü.txt",
    "d.txt",
    "-dash",
    "--- x",
    "x.orig",
];

const LINES: &[&str] = &[
    "",
    "a",
    "b",
    "c",
    "{",
    "}",
    "    if x:",
    "-- ",
    "- old",
    "+ new",
    "--- a/x",
    "+++ b/x",
    "@@ -1,3 +1,4 @@",
    "diff --git a/x b/x",
    "\\ No newline at end of file",
    "ünï\tcode",
    "crlf\r",
    "d\r",
    " ",
    "rename from x",
];

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

/// A line's text, most often of few kinds, so that context repeats.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(LINES).prop_map(str::to_owned),
        2 => (0..30u8).prop_map(|n| format!("line {n}")),
    ]
}

fn text(lines: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    (prop::collection::vec(line(), lines), any::<bool>()).prop_map(|(lines, ends)| {
        let mut text = lines.join("\n");
        if ends && !lines.is_empty() {
            text.push('\n');
        }
        text
    })
}

fn file() -> impl Strategy<Value = File> {
    prop_oneof![
        8 => (text(0..40), select(&[FileMode::Regular, FileMode::Regular, FileMode::Executable][..]))
            .prop_map(|(text, mode)| File { bytes: text.into_bytes(), mode }),
        1 => select(&["x", "d/y", "../x"][..])
            .prop_map(|target| File { bytes: target.into(), mode: FileMode::Link }),
    ]
}

fn tree() -> impl Strategy<Value = Files> {
    prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), file(), 0..7)
        .prop_map(without_clashes)
}

/// A path cannot be a file and a folder.
fn without_clashes(mut files: Files) -> Files {
    let paths: Vec<String> = files.keys().cloned().collect();
    files.retain(|path, _| {
        !paths
            .iter()
            .any(|other| other.starts_with(&format!("{path}/")))
    });
    files
}

/// What happens to a tree.
#[derive(Clone, Debug)]
enum Happening {
    Put(usize, File),
    Remove(usize),
    Rename(usize, usize),
    Swap(usize, usize),
    Copy(usize, usize),
    Mode(usize, bool),
    ReplaceLine(usize, usize, String),
    InsertLine(usize, usize, String),
    RemoveLine(usize, usize),
    ToggleLastNewline(usize),
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    let n = 0..100usize;
    prop_oneof![
        1 => (n.clone(), file()).prop_map(|(a, f)| Put(a, f)),
        1 => n.clone().prop_map(Remove),
        2 => (n.clone(), n.clone()).prop_map(|(a, b)| Rename(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Swap(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Copy(a, b)),
        1 => (n.clone(), any::<bool>()).prop_map(|(a, x)| Mode(a, x)),
        4 => (n.clone(), n.clone(), line()).prop_map(|(a, at, l)| ReplaceLine(a, at, l)),
        4 => (n.clone(), n.clone(), line()).prop_map(|(a, at, l)| InsertLine(a, at, l)),
        3 => (n.clone(), n.clone()).prop_map(|(a, at)| RemoveLine(a, at)),
        1 => n.prop_map(ToggleLastNewline),
    ]
}

fn after(mut files: Files, happenings: &[Happening]) -> Files {
    use Happening::*;
    for happening in happenings {
        let paths: Vec<String> = files.keys().cloned().collect();
        let pick = |n: &usize| {
            paths
                .get(n % paths.len().max(1))
                .cloned()
                .unwrap_or_default()
        };
        let name = |n: &usize| NAMES[n % NAMES.len()].to_owned();
        match happening {
            Put(n, file) => drop(files.insert(name(n), file.clone())),
            Remove(n) => drop(files.remove(&pick(n))),
            Rename(from, to) => {
                if let Some(file) = files.remove(&pick(from)) {
                    files.insert(name(to), file);
                }
            }
            Copy(from, to) => {
                if let Some(file) = files.get(&pick(from)).cloned() {
                    files.insert(name(to), file);
                }
            }
            Swap(a, b) => {
                let (a, b) = (pick(a), pick(b));
                if let (Some(x), Some(y)) = (files.get(&a).cloned(), files.get(&b).cloned()) {
                    files.insert(a, y);
                    files.insert(b, x);
                }
            }
            Mode(n, executable) => {
                if let Some(file) = files
                    .get_mut(&pick(n))
                    .filter(|file| file.mode != FileMode::Link)
                {
                    file.mode = if *executable {
                        FileMode::Executable
                    } else {
                        FileMode::Regular
                    };
                }
            }
            ReplaceLine(n, at, line) => edit(&mut files, &pick(n), *at, Some(line), 1),
            InsertLine(n, at, line) => edit(&mut files, &pick(n), *at, Some(line), 0),
            RemoveLine(n, at) => edit(&mut files, &pick(n), *at, None, 1),
            ToggleLastNewline(n) => {
                if let Some(file) = files
                    .get_mut(&pick(n))
                    .filter(|file| file.mode != FileMode::Link)
                {
                    match file.bytes.last() {
                        Some(b'\n') => drop(file.bytes.pop()),
                        Some(_) => file.bytes.push(b'\n'),
                        None => {}
                    }
                }
            }
        }
    }
    without_clashes(files)
}

fn edit(files: &mut Files, path: &str, at: usize, line: Option<&String>, remove: usize) {
    let Some(file) = files
        .get_mut(path)
        .filter(|file| file.mode != FileMode::Link)
    else {
        return;
    };
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    file.bytes = edit_text(&text, at, line, remove).into_bytes();
}

fn edit_text(text: &str, at: usize, line: Option<&String>, remove: usize) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let at = at % (lines.len() + 1);
    let end = (at + remove).min(lines.len());
    lines.splice(at..end, line.map(|line| format!("{line}\n")));
    lines.concat()
}

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
        prop_assume!(!diff.is_empty());

        let tree = fake(&before);
        let result = tree.run(&Patch, json!({ "diff": diff }));
        prop_assert!(result.is_ok(), "{:?}\n{diff}", result);
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
        prop_assume!(!diff.is_empty());

        let tree = fake(&files(drifted.clone()));
        let ours = tree.run(&Patch, json!({ "diff": diff }));
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
            // Git takes the nearest of several places, and hunks without any context; we do not.
            Err(failure) if accepted && context != "-U0" => {
                prop_assert!(failure.message.contains("several other places"), "git accepts, but: {}\n{diff}\non:\n{drifted}", failure.message);
            }
            Err(failure) => prop_assert_eq!(failure.code, "patch-conflict"),
        }
    }
}

/// Enough to meet each construct in every run, and short enough to be run each time.
const CASES: u32 = 100;
