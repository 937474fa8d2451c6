use std::fs;

use super::*;
use crate::repository::{RepositoryError, TreeEntry};

#[test]
fn applies_edits_and_keeps_the_rest() {
    let scene = Scene::new();
    let store = scene.store();
    let x = store.blob(b"new\n").unwrap();
    let edits = [
        write("src/lib.rs", x),
        write("src/new/file", x),
        remove("src/deep/er/x"),
        remove("not/there"),
        Edit {
            path: "link".into(),
            to: Some((FileMode::Link, x)),
        },
        Edit {
            path: "a.txt".into(),
            to: Some((FileMode::Executable, x)),
        },
    ];
    let tree = store.apply(&scene.tree(), &edits).unwrap();
    store.keep(&tree).unwrap();
    assert_eq!(
        scene.own(&["ls-tree", "-r", &tree.to_string()]),
        "100755 blob 3e757656cf36eca53338e520d134963a44f793f8\ta.txt\n\
         120000 blob 3e757656cf36eca53338e520d134963a44f793f8\tlink\n\
         100755 blob 1a2485251c33a70432394c93fb89330ef214bfc9\trun.sh\n\
         100644 blob 3e757656cf36eca53338e520d134963a44f793f8\tsrc/lib.rs\n\
         100644 blob 3e757656cf36eca53338e520d134963a44f793f8\tsrc/new/file\n"
    );
    scene.own(&["fsck", "--strict"]);
    assert_eq!(store.apply(&tree, &[]).unwrap(), tree);
}

#[test]
fn taking_everything_away_leaves_the_empty_tree() {
    let scene = Scene::new();
    let store = scene.store();
    let all: Vec<Edit> = store
        .list(&scene.tree())
        .unwrap()
        .iter()
        .map(|entry| remove(&entry.path))
        .collect();
    let tree = store.apply(&scene.tree(), &all).unwrap();
    assert_eq!(tree.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    assert_eq!(store.list(&tree).unwrap(), []);
}

#[test]
fn a_file_becomes_a_folder_only_when_it_is_removed() {
    let scene = Scene::new();
    let store = scene.store();
    let x = store.blob(b"x").unwrap();
    let base = scene.tree();
    let conflict = |path: &str| Err(RepositoryError::PathConflict(path.into()));
    assert_eq!(
        store.apply(&base, &[write("a.txt/b", x)]),
        conflict("a.txt")
    );
    assert_eq!(
        store.apply(&base, &[write("src/deep", x)]),
        conflict("src/deep")
    );
    assert_eq!(
        store.apply(&base, &[write("n", x), write("n/m", x)]),
        conflict("n")
    );
    assert_eq!(store.apply(&base, &[remove("src")]), conflict("src"));

    let tree = store
        .apply(&base, &[remove("a.txt"), write("a.txt/b", x)])
        .unwrap();
    assert!(store.file(&tree, "a.txt/b").unwrap().is_some());
    let tree = store
        .apply(&base, &[write("src/deep", x), remove("src/deep/er/x")])
        .unwrap();
    assert!(store.file(&tree, "src/deep").unwrap().is_some());
}

#[test]
fn refuses_paths_and_blobs_that_no_tree_may_hold() {
    let scene = Scene::new();
    let store = scene.store();
    let x = store.blob(b"x").unwrap();
    for path in ["../x", ".git/config", "/etc/passwd", "a//b", ""] {
        let error = store.apply(&scene.tree(), &[write(path, x)]).unwrap_err();
        assert_eq!(error.code(), "bad-path", "{path}");
    }
    let error = store
        .apply(&scene.tree(), &[write("x", scene.tree())])
        .unwrap_err();
    assert_eq!(error, RepositoryError::MissingObject(scene.tree()));
}

#[test]
fn keeps_submodules_old_modes_and_odd_names() {
    let scene = Scene::new();
    let blob = scene.hash("x");
    let commit = scene.git(&["rev-parse", "HEAD"]);
    let inner = scene.mktree(&[
        ("100644", &blob, b"\xff\xfe"),
        ("100644", &blob, b"-rf\n\""),
    ]);
    let tree = scene.mktree(&[
        ("100644", &blob, b"a"),
        ("160000", commit.trim(), b"module"),
        ("040000", &inner.to_string(), b"odd"),
        ("040000", &inner.to_string(), b"odd.more"),
        ("100644", &blob, b"odd0"),
    ]);
    let store = scene.store();
    let x = store.blob(b"y").unwrap();
    let new = store
        .apply(
            &tree,
            &[write("odd/new", x), remove("odd/-rf\n\""), write("b", x)],
        )
        .unwrap();
    store.keep(&new).unwrap();
    scene.own(&["fsck", "--strict"]);
    let before = scene.own(&["ls-tree", "-r", &tree.to_string()]);
    let after = scene.own(&["ls-tree", "-r", &new.to_string()]);
    let kept: Vec<&str> = after
        .lines()
        .filter(|line| before.contains(*line))
        .collect();
    assert_eq!(kept.len(), 6, "{after}");
    assert!(after.contains("160000 commit"), "{after}");

    let listed: Vec<String> = store
        .list(&tree)
        .unwrap()
        .into_iter()
        .map(|e| e.path)
        .collect();
    assert_eq!(listed, ["a", "odd.more/-rf\n\"", "odd/-rf\n\"", "odd0"]);
    for path in ["module", "module/x"] {
        let error = store.apply(&tree, &[write(path, x)]).unwrap_err();
        assert_eq!(error, RepositoryError::PathConflict("module".into()));
    }
    assert_eq!(store.file(&tree, "module").unwrap(), None);
}

#[test]
fn reads_files_and_nothing_else() {
    let scene = Scene::new();
    let store = scene.store();
    let tree = scene.tree();
    let file = store.file(&tree, "run.sh").unwrap().unwrap();
    assert_eq!(
        (file.bytes.as_slice(), file.mode),
        (b"#!/bin/sh\n".as_slice(), FileMode::Executable)
    );
    for path in [
        "",
        "src",
        "src/",
        "/a.txt",
        "a.txt/x",
        "src/../a.txt",
        "nothing",
    ] {
        assert_eq!(store.file(&tree, path).unwrap(), None, "{path}");
    }
    let missing: Oid = "1234567812345678123456781234567812345678".parse().unwrap();
    assert_eq!(
        store.file(&missing, "x"),
        Err(RepositoryError::MissingObject(missing))
    );
    assert_eq!(store.read(&tree), Err(RepositoryError::MissingObject(tree)));
    let listed = store.list(&tree).unwrap();
    let shown: Vec<String> = listed
        .iter()
        .map(|TreeEntry { path, mode, blob }| {
            let mode = serde_json::to_value(mode).unwrap();
            format!("{} blob {blob}\t{path}\n", mode.as_str().unwrap())
        })
        .collect();
    assert_eq!(shown.concat(), scene.git(&["ls-tree", "-r", "HEAD"]));
}

#[test]
fn overlay_takes_matching_paths_whatever_stands_in_their_way() {
    let scene = Scene::new();
    let store = scene.store();
    let x = store.blob(b"changed").unwrap();
    let base = store
        .apply(
            &scene.tree(),
            &[write("tests/a", x), write("tests/b", x), write("conf", x)],
        )
        .unwrap();
    let y = store.blob(b"other").unwrap();
    let onto = store
        .apply(
            &base,
            &[
                remove("tests/a"),
                remove("tests/b"),
                write("tests", y),
                remove("conf"),
                write("conf/x", y),
                write("a.txt", y),
            ],
        )
        .unwrap();
    let tests = |path: &str| path.starts_with("tests/");
    let tree = store.overlay(&onto, &base, tests).unwrap();
    assert_eq!(
        tree,
        store
            .apply(
                &base,
                &[remove("conf"), write("conf/x", y), write("a.txt", y)]
            )
            .unwrap()
    );
    let conf = store.overlay(&onto, &base, |path| path == "conf").unwrap();
    assert!(store.file(&conf, "conf").unwrap().is_some());
    assert!(store.file(&conf, "tests").unwrap().is_some());

    let added = store.apply(&base, &[write("tests/c", y)]).unwrap();
    assert_eq!(store.overlay(&added, &base, tests).unwrap(), base);
    assert_eq!(store.overlay(&added, &base, |_| false).unwrap(), added);
    assert_eq!(store.overlay(&onto, &base, |_| true).unwrap(), base);
}

#[test]
fn diff_is_what_git_prints_and_git_applies_it() {
    let scene = Scene::new();
    fs::write(scene.root().join("bin"), b"\0\x01\x02").unwrap();
    fs::write(scene.root().join("latin"), b"caf\xe9\nx\n").unwrap();
    scene.put("no-newline", "x");
    scene.put("sp ace\t\"q\"\n", "odd\n");
    std::os::unix::fs::symlink("a.txt", scene.root().join("link")).unwrap();
    scene.put(
        "long",
        &(0..100)
            .map(|n| format!("fn line_{n}\n"))
            .collect::<String>(),
    );
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "second"]);
    // None of this may show.
    scene.put(".git/info/attributes", "* -diff\n");
    scene.git(&["config", "diff.noprefix", "true"]);

    let store = scene.store();
    let base = scene.tree();
    let put = |bytes: &[u8]| store.blob(bytes).unwrap();
    let edits = [
        write("a.txt", put(b"one\ntwo\r\n3\n")),
        write("latin", put(b"caf\xe9\ny\n")),
        write("no-newline", put(b"y")),
        write("sp ace\t\"q\"\n", put(b"even\n")),
        write("link", put(b"file now\n")),
        write("empty", put(b"")),
        remove("gone-empty"),
        write("with space", put(b"t\n")),
        remove("src/lib.rs"),
        Edit {
            path: "run.sh".into(),
            to: Some((FileMode::Regular, put(b"#!/bin/sh\n"))),
        },
        write(
            "long",
            put((0..100)
                .map(|n| {
                    if n % 40 == 20 {
                        "changed\n".into()
                    } else {
                        format!("fn line_{n}\n")
                    }
                })
                .collect::<String>()
                .as_bytes()),
        ),
        write("dir/é", put("ü\n".as_bytes())),
    ];
    let new = store.apply(&base, &edits).unwrap();
    let ours = store.diff(&base, &new).unwrap();
    store.keep(&new).unwrap();
    let (base, new) = (base.to_string(), new.to_string());
    let args = [
        "diff",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--full-index",
        "--binary",
    ];
    let (_, gits, _) = try_git(
        &scene.path("run/git"),
        &[&args[..], &[&base, &new]].concat(),
        b"",
    );
    assert_eq!(
        String::from_utf8_lossy(&ours),
        String::from_utf8_lossy(&gits)
    );

    assert!(ours.windows(9).any(|line| line == b"old mode "));
    assert_applies(&scene, &ours, &new);
    assert_eq!(store.diff(&scene.tree(), &scene.tree()).unwrap(), b"");
}

#[test]
fn diff_of_binary_files_holds_them_whole() {
    let scene = Scene::new();
    let store = scene.store();
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let some = store
        .apply(&scene.tree(), &[write("bin", store.blob(&bytes).unwrap())])
        .unwrap();
    assert_applies(
        &scene,
        &store.diff(&scene.tree(), &some).unwrap(),
        &some.to_string(),
    );
    let other = store
        .apply(&some, &[write("bin", store.blob(&bytes[1..]).unwrap())])
        .unwrap();
    assert_applies(
        &scene,
        &store.diff(&some, &other).unwrap(),
        &other.to_string(),
    );
    let none = store.apply(&other, &[remove("bin")]).unwrap();
    assert_applies(
        &scene,
        &store.diff(&other, &none).unwrap(),
        &none.to_string(),
    );
}

fn assert_applies(scene: &Scene, patch: &[u8], tree: &str) {
    scene.git(&["config", "diff.noprefix", "false"]);
    git(&scene.root(), &["apply", "--cached", "-"], patch);
    assert_eq!(scene.git(&["write-tree"]).trim(), tree);
}

#[test]
fn changes_name_each_file_that_differs() {
    let scene = Scene::new();
    let store = scene.store();
    let x = store.blob(b"x").unwrap();
    let base = scene.tree();
    let new = store
        .apply(
            &base,
            &[remove("a.txt"), write("a.txt/b", x), write("src/lib.rs", x)],
        )
        .unwrap();
    let seen: Vec<(String, bool, bool)> = store
        .changes(&base, &new)
        .unwrap()
        .into_iter()
        .map(|diff| (diff.path, diff.old.is_some(), diff.new.is_some()))
        .collect();
    assert_eq!(
        seen,
        [
            ("a.txt".into(), true, false),
            ("a.txt/b".into(), false, true),
            ("src/lib.rs".into(), true, true),
        ]
    );
}

#[test]
fn what_is_kept_is_found_by_another_owner_and_nothing_half_made_is() {
    let scene = Scene::new();
    let store = scene.store();
    let blob = store.blob(b"kept\n").unwrap();
    let tree = store.apply(&scene.tree(), &[write("new", blob)]).unwrap();
    assert!(scene.store().list(&tree).is_err());
    store.keep(&tree).unwrap();
    store.keep(&tree).unwrap();
    let other = scene.store();
    assert_eq!(other.file(&tree, "new").unwrap().unwrap().bytes, b"kept\n");
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(scene.path(folder)).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("run/git/objects/pack").len(), 2);
    let left: Vec<String> = names("run/git")
        .into_iter()
        .filter(|name| name.starts_with("making"))
        .collect();
    assert_eq!(left, [""; 0]);
}
