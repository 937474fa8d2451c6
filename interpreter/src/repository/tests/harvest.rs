use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::*;
use crate::repository::{Offence, Offender, RepositoryError};

/// A checkout of HEAD's tree in `out`.
fn checked_out(scene: &Scene) -> (Store, Oid, PathBuf) {
    let (store, tree, out) = (scene.store(), scene.tree(), scene.path("out"));
    store.checkout(&tree, &out).unwrap();
    (store, tree, out)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn finds_every_kind_of_change_and_applies_to_the_same_tree() {
    let scene = Scene::new();
    scene.put("becomes-folder", "x");
    scene.put("becomes-file/x/y", "x");
    scene.put("same-size", "abc");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "more"]);
    let (store, tree, out) = checked_out(&scene);
    let time = fs::metadata(out.join("same-size"))
        .unwrap()
        .modified()
        .unwrap();
    fs::write(out.join("same-size"), "abd").unwrap();
    fs::File::open(out.join("same-size"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    fs::write(out.join("a.txt"), "one\r\n").unwrap();
    set_mode(&out.join("run.sh"), 0o644);
    set_mode(&out.join("src/lib.rs"), 0o700);
    fs::remove_dir_all(out.join("src/deep")).unwrap();
    fs::remove_file(out.join("becomes-folder")).unwrap();
    fs::create_dir(out.join("becomes-folder")).unwrap();
    fs::write(out.join("becomes-folder/in"), "in").unwrap();
    fs::remove_dir_all(out.join("becomes-file")).unwrap();
    fs::write(out.join("becomes-file"), "in").unwrap();
    fs::create_dir_all(out.join("empty/empty")).unwrap();
    symlink("/etc", out.join("link")).unwrap();

    let edits = store.harvest(&out, &tree).unwrap();
    let shown: Vec<String> = edits
        .iter()
        .map(|edit| match edit.to {
            Some((mode, _)) => format!("{} {mode:?}", edit.path),
            None => format!("{} -", edit.path),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "a.txt Regular",
            "becomes-file Regular",
            "becomes-file/x/y -",
            "becomes-folder -",
            "becomes-folder/in Regular",
            "link Link",
            "run.sh Regular",
            "same-size Regular",
            "src/deep/er/x -",
            "src/lib.rs Executable",
        ]
    );
    let new = store.apply(&tree, &edits).unwrap();
    scene.git(&["--work-tree", out.to_str().unwrap(), "add", "-A"]);
    assert_eq!(scene.git(&["write-tree"]).trim(), new.to_string());
}

#[test]
fn does_not_follow_links() {
    let scene = Scene::new();
    let (store, tree, out) = checked_out(&scene);
    fs::rename(out.join("src"), scene.path("elsewhere")).unwrap();
    symlink(scene.path("elsewhere"), out.join("src")).unwrap();
    let edits = store.harvest(&out, &tree).unwrap();
    let paths: Vec<&str> = edits.iter().map(|edit| edit.path.as_str()).collect();
    assert_eq!(paths, ["src", "src/deep/er/x", "src/lib.rs"]);
    let new = store.apply(&tree, &edits).unwrap();
    assert_eq!(
        store.file(&new, "src").unwrap().unwrap().mode,
        FileMode::Link
    );
    // Nor is the checkout itself one.
    symlink(&out, scene.path("alias")).unwrap();
    assert_eq!(
        store
            .harvest(&scene.path("alias"), &tree)
            .unwrap_err()
            .code(),
        "io"
    );
}

#[test]
fn passes_over_what_the_trees_rules_ignore() {
    let scene = Scene::new();
    scene.put(
        ".gitignore",
        "\u{feff}*.log\r\n/target/\n!keep.log\n# note\n\nsrc/gen\n[bad\n",
    );
    scene.put("src/.gitignore", "!special.log\n*.tmp\n");
    scene.put("target/tracked", "x");
    scene.put("tracked.log", "x");
    scene.git(&["add", "-f", "."]);
    scene.git(&["commit", "-q", "-m", "rules"]);
    let (store, tree, out) = checked_out(&scene);
    // What the process writes into the rules counts for nothing.
    fs::write(out.join(".gitignore"), "*\n").unwrap();
    fs::create_dir_all(out.join("sub/target")).unwrap();
    fs::create_dir_all(out.join("src/gen")).unwrap();
    fs::create_dir_all(out.join("target/debug")).unwrap();
    for path in [
        "x.log",
        "keep.log",
        "src/special.log",
        "src/x.tmp",
        "x.tmp",
        "src/gen/x",
        "target/debug/x",
        "target/new",
        "target/tracked",
        "tracked.log",
        "sub/target/x",
        "sub/.gitignore",
        "sub/x.log",
    ] {
        fs::write(out.join(path), "*").unwrap();
    }
    rustix::fs::mknodat(
        rustix::fs::CWD,
        out.join("target/debug/pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let edits = store.harvest(&out, &tree).unwrap();
    let paths: Vec<&str> = edits.iter().map(|edit| edit.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            ".gitignore",
            "keep.log",
            "src/special.log",
            "sub/.gitignore",
            "sub/target/x",
            "target/tracked",
            "tracked.log",
            "x.tmp",
        ]
    );
}

#[test]
fn judges_ignored_files_as_git_does() {
    let rules = "*.o\n!keep.o\n/root\nany/\na/**/z\n**/deep\nq?\n[0-9]x\n\\#hash\n\\!bang\ntrail \nsp\\ \n\
                 dir/*\n!dir/in\nfoo/bar\n*/mid\n";
    let scene = Scene::empty();
    scene.put(".gitignore", rules);
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "rules"]);
    let (store, tree, out) = checked_out(&scene);
    for path in [
        "x.o",
        "keep.o",
        "s/x.o",
        "s/keep.o",
        "root",
        "s/root",
        "any/x",
        "s/any/x",
        "t/any",
        "a/z",
        "a/b/z",
        "a/b/c/z",
        "b/z",
        "deep/x",
        "s/deep/x",
        "q1",
        "q12",
        "1x",
        "ax",
        "#hash",
        "!bang",
        "trail",
        "trail ",
        "sp ",
        "sp",
        "dir/in",
        "dir/out",
        "s/dir/out",
        "foo/bar/x",
        "s/foo/bar/x",
        "s/mid",
        "s/t/mid",
        "mid",
    ] {
        let path = out.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    let ours: Vec<String> = store
        .harvest(&out, &tree)
        .unwrap()
        .into_iter()
        .map(|edit| edit.path)
        .collect();
    let work_tree = out.to_str().unwrap();
    let gits = scene.git(&[
        "--work-tree",
        work_tree,
        "-C",
        work_tree,
        "--git-dir",
        scene.root().join(".git").to_str().unwrap(),
        "ls-files",
        "-z",
        "--others",
        "--exclude-standard",
    ]);
    let mut gits: Vec<&str> = gits.split_terminator('\0').collect();
    gits.sort_unstable();
    assert_eq!(ours, gits);
}

#[test]
fn passes_over_git_folders_at_any_depth() {
    let scene = Scene::new();
    let (store, tree, out) = checked_out(&scene);
    git(&out, &["init", "-q"], b"");
    git(&out.join("src"), &["init", "-q"], b"");
    fs::write(out.join("src/deep/.git"), "gitdir: /somewhere").unwrap();
    assert_eq!(store.harvest(&out, &tree).unwrap(), []);
}

#[test]
fn refuses_everything_that_no_commit_should_hold_at_once() {
    let scene = Scene::new();
    let head = scene.git(&["rev-parse", "HEAD"]);
    let index = format!("160000,{},module", head.trim());
    scene.git(&["update-index", "--add", "--cacheinfo", &index]);
    scene.git(&["commit", "-q", "-m", "module"]);
    let (store, tree, out) = checked_out(&scene);
    for path in [out.join("pipe"), out.join("a.txt")] {
        let _ = fs::remove_file(&path);
        let (fifo, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(rustix::fs::CWD, &path, fifo, mode, 0).unwrap();
    }
    let _socket = std::os::unix::net::UnixListener::bind(out.join("socket")).unwrap();
    fs::File::create(out.join("huge"))
        .unwrap()
        .set_len(100_000_001)
        .unwrap();
    fs::File::create(out.join("large"))
        .unwrap()
        .set_len(1_000_000)
        .unwrap();
    fs::File::create(out.join("sparse"))
        .unwrap()
        .set_len(1_000_001)
        .unwrap();
    fs::write(out.join("solid"), vec![b'x'; 1_000_001]).unwrap();
    fs::write(out.join(std::ffi::OsStr::from_bytes(b"bad\xff")), "x").unwrap();
    fs::create_dir(out.join("src/.GIT")).unwrap();
    fs::write(out.join("module/x"), "x").unwrap();
    let mut deep = out.join("d");
    for _ in 0..300 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    let Err(RepositoryError::Unacceptable(offenders)) = store.harvest(&out, &tree) else {
        panic!("was accepted");
    };
    let offender = |path: &str, offence| Offender {
        path: path.into(),
        offence,
    };
    let shallow: Vec<Offender> = offenders
        .into_iter()
        .filter(|found| found.offence != Offence::TooDeep)
        .collect();
    assert_eq!(
        shallow,
        [
            offender("a.txt", Offence::Special),
            offender("bad\u{fffd}", Offence::Name),
            offender("huge", Offence::TooLarge),
            offender("module", Offence::Submodule),
            offender("pipe", Offence::Special),
            offender("socket", Offence::Special),
            offender("sparse", Offence::Sparse),
            offender("src/.GIT", Offence::Reserved),
        ]
    );
    let error = RepositoryError::Unacceptable(shallow[..2].to_vec());
    insta::assert_snapshot!(error, @r"
    Some of the files left behind cannot be taken over:
      `a.txt` is a pipe, a socket or a device
      `bad�` has a name that is not UTF-8
    ");
}

#[test]
fn submodules_and_names_that_are_no_text_may_stay() {
    let scene = Scene::new();
    let blob = scene.hash("x");
    let head = scene.git(&["rev-parse", "HEAD"]);
    let inner = scene.mktree(&[
        ("100644", &blob, b"\xff"),
        ("160000", head.trim(), b"module"),
    ]);
    let tree = scene.mktree(&[("040000", &inner.to_string(), b"in")]);
    let (store, out) = (scene.store(), scene.path("out"));
    store.checkout(&tree, &out).unwrap();
    fs::remove_dir(out.join("in/module")).unwrap();
    assert_eq!(store.harvest(&out, &tree).unwrap(), []);
    fs::remove_dir_all(out.join("in")).unwrap();
    let error = store.harvest(&out, &tree).unwrap_err();
    let offender = Offender {
        path: "in/\u{fffd}".into(),
        offence: Offence::Name,
    };
    assert_eq!(error, RepositoryError::Unacceptable(vec![offender]));
}
