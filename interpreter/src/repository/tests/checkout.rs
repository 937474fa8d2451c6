use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::repository::RepositoryError;

/// What is in a checkout: path, and mode or link and content.
fn shown(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (path, (content, _)) in snapshot(dir) {
        let meta = fs::symlink_metadata(&path).unwrap();
        let kind = match meta.permissions().mode() & 0o100 {
            _ if meta.is_symlink() => "link",
            _ if meta.is_dir() => "folder",
            0 => "file",
            _ => "executable",
        };
        let path = path
            .strip_prefix(dir)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        found.push(format!(
            "{path}: {kind} {:?}",
            String::from_utf8_lossy(&content)
        ));
    }
    found.remove(0);
    found
}

#[test]
fn writes_what_the_tree_holds_byte_for_byte() {
    let scene = Scene::new();
    scene.put(".gitattributes", "* text eol=crlf ident\n");
    scene.put("id", "$Id$\n");
    std::os::unix::fs::symlink("/etc/passwd", scene.root().join("outside")).unwrap();
    std::os::unix::fs::symlink("nowhere", scene.root().join("dangling")).unwrap();
    scene.git(&["add", "."]);
    scene.git(&["config", "core.autocrlf", "true"]);
    scene.git(&["commit", "-q", "-m", "x"]);
    scene
        .store()
        .checkout(&scene.tree(), &scene.path("out"))
        .unwrap();
    assert_eq!(
        shown(&scene.path("out")),
        [
            ".gitattributes: file \"* text eol=crlf ident\\n\"",
            "a.txt: file \"one\\ntwo\\nthree\\n\"",
            "dangling: link \"nowhere\"",
            "id: file \"$Id$\\n\"",
            "outside: link \"/etc/passwd\"",
            "run.sh: executable \"#!/bin/sh\\n\"",
            "src: folder \"\"",
            "src/deep: folder \"\"",
            "src/deep/er: folder \"\"",
            "src/deep/er/x: file \"x\\n\"",
            "src/lib.rs: file \"fn main() {}\\n\"",
        ]
    );
}

#[test]
fn writes_odd_names_and_leaves_submodules_empty() {
    let scene = Scene::new();
    let blob = scene.hash("x");
    let head = scene.git(&["rev-parse", "HEAD"]);
    let tree = scene.mktree(&[
        ("100644", &blob, b"-rf"),
        ("160000", head.trim(), b"module"),
        ("100664", &blob, b"new\nline \"quoted\""),
        ("100644", &blob, b"\xff\xfe"),
    ]);
    let store = scene.store();
    store.checkout(&tree, &scene.path("out")).unwrap();
    let names: Vec<Vec<u8>> = snapshot(&scene.path("out"))
        .into_keys()
        .skip(1)
        .map(|path| path.file_name().unwrap().as_bytes().to_vec())
        .collect();
    let expected: [&[u8]; 4] = [b"-rf", b"module", b"new\nline \"quoted\"", b"\xff\xfe"];
    assert_eq!(names, expected);
    assert_eq!(fs::read_dir(scene.path("out/module")).unwrap().count(), 0);
    assert_eq!(store.harvest(&scene.path("out"), &tree).unwrap(), []);
}

#[test]
fn refuses_names_that_do_harm() {
    let scene = Scene::new();
    let store = scene.store();
    let blob = scene.hash("evil");
    let empty = scene.mktree(&[]).to_string();
    for name in [".git", ".GIT", "..", ".", ".git ", "git~1"] {
        let folder = scene
            .mktree(&[("040000", &empty, name.as_bytes())])
            .to_string();
        for (inner, path) in [
            (
                scene.mktree(&[("100644", &blob, name.as_bytes())]),
                name.to_owned(),
            ),
            (
                scene.mktree(&[("040000", &folder, b"sub")]),
                format!("sub/{name}"),
            ),
        ] {
            let out = tempfile::tempdir().unwrap();
            match store.checkout(&inner, out.path()) {
                Err(RepositoryError::UnsafeTree(at, _)) => assert_eq!(at, path),
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

/// A link leads out of the tree, and something else by its name would be written where it leads.
#[test]
fn never_follows_a_link_of_the_tree() {
    let scene = Scene::new();
    let outside = scene.path("outside");
    fs::create_dir(&outside).unwrap();
    let link = |target: &str| scene.hash(outside.join(target).to_str().unwrap());
    let evil = scene.hash("evil");
    let folder = scene.mktree(&[("100644", &evil, b"x")]).to_string();
    let cases = [
        [("120000", link("")), ("40000", folder)],
        [("120000", link("x")), ("100644", evil.clone())],
        [("120000", link("x")), ("100755", evil)],
    ];
    for (n, case) in cases.iter().enumerate() {
        // `git mktree` refuses to name one thing twice, so the object is written by hand.
        let mut tree = Vec::new();
        for (mode, id) in case {
            tree.extend_from_slice(format!("{mode} link\0").as_bytes());
            tree.extend_from_slice(id.parse::<Oid>().unwrap().0.as_bytes());
        }
        let args = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
        let tree = git(&scene.root(), &args, &tree).trim().parse().unwrap();
        let error = scene
            .store()
            .checkout(&tree, &scene.path(&format!("out{n}")))
            .unwrap_err();
        assert_eq!(error.code(), "io", "{error}");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    }
}

#[test]
fn needs_a_folder_of_its_own() {
    let scene = Scene::new();
    let store = scene.store();
    let full = scene.path("full");
    fs::create_dir(&full).unwrap();
    store.checkout(&scene.tree(), &full).unwrap();
    let error = store.checkout(&scene.tree(), &full).unwrap_err();
    assert_eq!(error, RepositoryError::NotEmpty(full.clone()));
    let link = scene.path("link");
    fs::create_dir(scene.path("target")).unwrap();
    std::os::unix::fs::symlink(scene.path("target"), &link).unwrap();
    let error = store.checkout(&scene.tree(), &link).unwrap_err();
    assert_eq!(error, RepositoryError::NotEmpty(link));
}

#[test]
fn a_tree_of_a_thousand_folders_in_each_other_is_refused() {
    let scene = Scene::new();
    let store = scene.store();
    let mut tree = scene.mktree(&[("100644", &scene.hash("x"), b"x")]);
    store
        .with(|git| {
            for _ in 0..1000 {
                let entry = crate::repository::tree::Entry::folder(b"d", tree.0);
                tree = Oid(crate::repository::tree::write(git, vec![entry])?);
            }
            Ok(())
        })
        .unwrap();
    let codes = [
        store
            .checkout(&tree, &scene.path("out"))
            .unwrap_err()
            .code(),
        store.list(&tree).unwrap_err().code(),
        store.changes(&scene.tree(), &tree).unwrap_err().code(),
        store.harvest(&scene.root(), &tree).unwrap_err().code(),
    ];
    assert_eq!(codes, ["unsafe-tree"; 4]);
}
