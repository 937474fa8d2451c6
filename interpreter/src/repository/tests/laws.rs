//! What holds for every tree and every change.

use std::fs;
use std::os::unix::fs::symlink;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

type Change = (String, Option<(FileMode, Vec<u8>)>);

/// Few names, so that files, folders and their replacements meet.
fn path() -> impl Strategy<Value = String> {
    vec(select(vec!["a", "b", "-c", "d e", "é", "a.b"]), 1..4).prop_map(|parts| parts.join("/"))
}

fn change() -> impl Strategy<Value = Change> {
    let mode = select(vec![
        FileMode::Regular,
        FileMode::Executable,
        FileMode::Link,
    ]);
    // A link's target is neither empty nor holds a zero byte.
    let file = (mode, vec(1u8..=255, 1..20));
    (path(), proptest::option::weighted(0.7, file))
}

/// Applies changes one by one, leaving out those that conflict.
fn grow(store: &Store, tree: Oid, changes: &[Change]) -> Oid {
    changes.iter().fold(tree, |tree, (path, file)| {
        let to = file
            .as_ref()
            .map(|(mode, bytes)| (*mode, store.blob(bytes).unwrap()));
        store
            .apply(
                &tree,
                &[Edit {
                    path: path.clone(),
                    to,
                }],
            )
            .unwrap_or(tree)
    })
}

/// Makes one change to a folder, clearing the way for it.
fn change_on_disk(dir: &Path, (path, file): &Change) {
    let at = dir.join(path);
    let mut above = dir.to_owned();
    for part in Path::new(path).parent().unwrap() {
        above.push(part);
        if fs::symlink_metadata(&above).is_ok_and(|found| !found.is_dir()) {
            fs::remove_file(&above).unwrap();
        }
    }
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    match fs::symlink_metadata(&at) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(&at).unwrap(),
        Ok(_) => fs::remove_file(&at).unwrap(),
        Err(_) => {}
    }
    match file {
        Some((FileMode::Link, target)) => {
            symlink(std::ffi::OsStr::from_bytes(target), &at).unwrap()
        }
        Some((mode, bytes)) => {
            fs::write(&at, bytes).unwrap();
            let mode = if *mode == FileMode::Executable {
                0o755
            } else {
                0o644
            };
            fs::set_permissions(&at, PermissionsExt::from_mode(mode)).unwrap();
        }
        None => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_checkout_holds_its_tree_and_changes_to_it_are_found(
        first in vec(change(), 0..30),
        on_disk in vec(change(), 0..10),
    ) {
        let scene = Scene::new();
        let store = scene.store();
        let tree = grow(&store, scene.tree(), &first);
        let out = scene.path("out");
        store.checkout(&tree, &out).unwrap();
        prop_assert_eq!(store.harvest(&out, &tree).unwrap(), []);

        for change in &on_disk {
            change_on_disk(&out, change);
        }
        let edits = store.harvest(&out, &tree).unwrap();
        let new = store.apply(&tree, &edits).unwrap();
        prop_assert_eq!(store.harvest(&out, &new).unwrap(), []);
        // Git, which knows nothing of the edits, sees the same tree in the folder.
        fs::create_dir(scene.path("index")).unwrap();
        let index = scene.path("index/.git");
        git(&scene.path("index"), &["init", "-q"], b"");
        let dirs = ["--git-dir", index.to_str().unwrap(), "--work-tree", out.to_str().unwrap()];
        git(&out, &[&dirs[..], &["add", "-A", "."]].concat(), b"");
        let gits = git(&out, &[&dirs[..], &["write-tree"]].concat(), b"");
        prop_assert_eq!(gits.trim(), new.to_string());
        store.keep(&new).unwrap();
        scene.own(&["fsck", "--strict"]);
    }

    #[test]
    fn changes_diff_and_overlay_lead_from_one_tree_to_the_other(
        left in vec(change(), 0..30),
        right in vec(change(), 0..30),
    ) {
        let scene = Scene::new();
        let store = scene.store();
        let from = grow(&store, scene.tree(), &left);
        let to = grow(&store, scene.tree(), &right);
        let changes = store.changes(&from, &to).unwrap();
        let edits: Vec<Edit> =
            changes.iter().map(|diff| Edit { path: diff.path.clone(), to: diff.new }).collect();
        prop_assert_eq!(store.apply(&from, &edits).unwrap(), to);
        prop_assert_eq!(store.overlay(&from, &to, |_| true).unwrap(), to);

        let matches = |path: &str| path.starts_with('a');
        let mixed = store.overlay(&from, &to, matches).unwrap();
        let taken = |tree: &Oid| -> Vec<_> {
            store.list(tree).unwrap().into_iter().filter(|file| matches(&file.path)).collect()
        };
        prop_assert_eq!(taken(&mixed), taken(&to));
        for file in store.list(&mixed).unwrap() {
            let source = if matches(&file.path) { &to } else { &from };
            prop_assert_eq!(store.entry(source, &file.path).unwrap(), Some((file.mode, file.blob)));
        }

        let patch = store.diff(&from, &to).unwrap();
        store.keep(&from).unwrap();
        store.keep(&to).unwrap();
        let alternates = scene.root().join(".git/objects/info/alternates");
        fs::write(alternates, scene.path("run/git/objects").to_str().unwrap()).unwrap();
        scene.git(&["read-tree", &from.to_string()]);
        if from != to {
            git(&scene.root(), &["apply", "--cached", "-"], &patch);
        }
        let gits = scene.git(&["write-tree"]);
        prop_assert_eq!(gits.trim(), to.to_string());
    }

    #[test]
    fn a_draft_is_at_each_moment_what_its_edits_would_have_made(
        first in vec(change(), 0..20),
        steps in vec((vec(change(), 1..4), any::<bool>()), 0..30),
    ) {
        let scene = Scene::new();
        let store = scene.store();
        let mut tree = grow(&store, scene.tree(), &first);
        let mut draft = Draft::new(tree);
        for (changes, is_looked_at) in steps {
            let edits: Vec<Edit> = changes
                .iter()
                .map(|(path, file)| Edit {
                    path: path.clone(),
                    to: file.as_ref().map(|(mode, bytes)| (*mode, store.blob(bytes).unwrap())),
                })
                .collect();
            let before = tree;
            let mut noted = Vec::new();
            let checked = draft.check(&store, &edits).is_ok();
            let applied = draft.apply(&store, &edits, |path, held| noted.push((path.to_owned(), held)));
            let made = store.apply(&tree, &edits);
            prop_assert_eq!(applied.is_ok(), made.is_ok(), "{:?} {:?}", applied, made);
            prop_assert_eq!(checked, made.is_ok());
            tree = made.unwrap_or(tree);
            for (path, held) in noted {
                prop_assert_eq!(store.entry(&before, &path).unwrap(), held);
            }
            for edit in &edits {
                let held = draft.entry(&store, &edit.path).unwrap();
                prop_assert_eq!(store.entry(&tree, &edit.path).unwrap(), held);
            }
            if is_looked_at {
                prop_assert_eq!(draft.tree(&store).unwrap(), tree);
            }
        }
        prop_assert_eq!(draft.tree(&store).unwrap(), tree);
    }
}
