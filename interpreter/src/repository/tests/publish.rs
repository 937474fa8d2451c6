use std::fs;

use super::*;
use crate::repository::{Published, RepositoryError};

const WHEN: i64 = 1_700_000_000;

/// A commit on HEAD that changes, adds and removes files.
fn commit(scene: &Scene, store: &Store) -> Oid {
    let x = store.blob(b"changed\n").unwrap();
    let base = scene.repository().base(None).unwrap();
    let edits = [
        write("src/lib.rs", x),
        write("new/dir/file", x),
        remove("a.txt"),
    ];
    let tree = store.apply(&base.tree, &edits).unwrap();
    store
        .commit(&base.commit, &tree, "fix: it\n\nBecause.", WHEN)
        .unwrap()
}

#[test]
fn a_commit_is_the_same_each_time_and_as_git_would_make_it() {
    let scene = Scene::new();
    let store = scene.store();
    let made = commit(&scene, &store);
    assert_eq!(commit(&scene, &store), made);
    let again = Store::create(&scene.path("other/git"), &scene.repository()).unwrap();
    assert_eq!(commit(&scene, &again), made);
    store.keep(&made).unwrap();
    let shown = scene.own(&["cat-file", "commit", &made.to_string()]);
    let (_, shown) = shown.split_once("author").unwrap();
    assert_eq!(
        shown,
        " tau <tau@localhost> 1700000000 +0000\n\
         committer tau <tau@localhost> 1700000000 +0000\n\nfix: it\n\nBecause.\n"
    );
    scene.own(&["fsck", "--strict"]);
}

#[test]
fn nothing_but_publish_touches_the_users_repository() {
    let scene = Scene::new();
    scene.put("a.txt", "dirty");
    let repository = scene.repository();
    let before = snapshot(&scene.root());
    let store = scene.store();
    let base = repository.base(None).unwrap();
    let made = commit(&scene, &store);
    // A blob and a tree that the user has already.
    store.blob(b"one\ntwo\nthree\n").unwrap();
    store.apply(&base.tree, &[remove("nothing")]).unwrap();
    store.checkout(&base.tree, &scene.path("out")).unwrap();
    fs::write(scene.path("out/a.txt"), "x").unwrap();
    store.harvest(&scene.path("out"), &base.tree).unwrap();
    store
        .diff(
            &base.tree,
            &store.overlay(&base.tree, &base.tree, |_| true).unwrap(),
        )
        .unwrap();
    repository.log(&base.commit, 10).unwrap();
    repository.branch("main").unwrap();
    let refused = store.publish(&made, "main", Some(&base.commit), &repository);
    assert_eq!(refused.unwrap_err().code(), "branch-checked-out");
    assert!(snapshot(&scene.root()) == before);
}

#[test]
fn publishes_objects_and_a_branch_and_nothing_else() {
    let scene = Scene::new();
    scene.put("a.txt", "dirty");
    let status = scene.git(&["status", "--porcelain=v2", "--branch"]);
    let index = fs::read(scene.root().join(".git/index")).unwrap();
    let store = scene.store();
    let repository = scene.repository();
    let first = commit(&scene, &store);
    let branch = "tau/fix-01";
    let done = store.publish(&first, branch, None, &repository).unwrap();
    assert_eq!(done, Published::Created);
    assert_eq!(repository.branch(branch).unwrap(), Some(first));
    let done = store.publish(&first, branch, None, &repository).unwrap();
    assert_eq!(done, Published::AlreadyThere);

    // Two commits at once, of which the user has neither.
    let tree = |name| {
        let x = store.blob(b"more").unwrap();
        store.apply(&scene.tree(), &[write(name, x)]).unwrap()
    };
    let second = store.commit(&first, &tree("m/1"), "2", WHEN).unwrap();
    let third = store.commit(&second, &tree("m/2"), "3", WHEN).unwrap();
    let done = store
        .publish(&third, branch, Some(&first), &repository)
        .unwrap();
    assert_eq!(done, Published::Moved);

    // The store is not needed any more.
    fs::remove_dir_all(scene.path("run")).unwrap();
    scene.git(&["fsck", "--strict", "--full"]);
    assert_eq!(
        scene.git(&["log", "--format=%s", branch]),
        "3\n2\nfix: it\nfirst\n"
    );
    assert_eq!(scene.git(&["show", &format!("{branch}:m/2")]), "more");
    assert_eq!(index, fs::read(scene.root().join(".git/index")).unwrap());
    assert_eq!(scene.git(&["status", "--porcelain=v2", "--branch"]), status);
    let reflog = scene.git(&["log", "-g", "--format=%gn %gs", branch]);
    assert_eq!(reflog, "tau tau: commit\ntau tau: commit\n");
}

#[test]
fn never_moves_a_branch_that_is_not_where_it_was_left() {
    let scene = Scene::new();
    let store = scene.store();
    let repository = scene.repository();
    let made = commit(&scene, &store);
    let base = repository.base(None).unwrap().commit;
    let moved = |found| {
        Err(RepositoryError::BranchMoved {
            branch: "topic".into(),
            found,
        })
    };
    assert_eq!(
        store.publish(&made, "topic", Some(&base), &repository),
        moved(None)
    );
    scene.git(&["branch", "topic"]);
    assert_eq!(
        store.publish(&made, "topic", None, &repository),
        moved(Some(base))
    );
    assert_eq!(
        store.publish(&made, "topic", Some(&made), &repository),
        moved(Some(base))
    );
    scene.git(&["pack-refs", "--all"]);
    assert_eq!(
        store.publish(&made, "topic", None, &repository),
        moved(Some(base))
    );
    scene.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/topic"]);
    let error = store
        .publish(&made, "alias", Some(&base), &repository)
        .unwrap_err();
    assert_eq!(error.code(), "branch-moved");
    assert_eq!(repository.branch("topic").unwrap(), Some(base));
    let (found, _, _) = try_git(&scene.root(), &["cat-file", "-e", &made.to_string()], b"");
    assert!(!found, "objects were copied for nothing");
}

#[test]
fn never_moves_a_branch_that_the_user_works_on() {
    let scene = Scene::new();
    let store = scene.store();
    let made = commit(&scene, &store);
    let repository = scene.repository();
    let base = repository.base(None).unwrap().commit;
    let refused = |branch: &str, expected| {
        store
            .publish(&made, branch, expected, &repository)
            .unwrap_err()
            .code()
    };
    scene.git(&["worktree", "add", "-q", "-b", "linked", "../linked"]);
    assert_eq!(refused("linked", Some(&base)), "branch-checked-out");
    assert_eq!(refused("main", Some(&base)), "branch-checked-out");
    git(
        &scene.path("linked"),
        &["checkout", "-q", "--orphan", "unborn"],
        b"",
    );
    assert_eq!(refused("unborn", None), "branch-checked-out");
    // In the middle of a rebase HEAD is detached.
    git(
        &scene.path("linked"),
        &["checkout", "-q", "-f", "linked"],
        b"",
    );
    let args = [
        "-c",
        "sequence.editor=echo break >",
        "rebase",
        "-q",
        "-i",
        "--root",
    ];
    try_git(&scene.path("linked"), &args, b"");
    assert_eq!(
        git(&scene.path("linked"), &["branch", "--show-current"], b""),
        ""
    );
    assert_eq!(refused("linked", Some(&base)), "branch-checked-out");
}

#[test]
fn refuses_names_that_cannot_be_a_branch() {
    let scene = Scene::new();
    let store = scene.store();
    let repository = scene.repository();
    let made = commit(&scene, &store);
    for name in [
        "", "a..b", "a b", "-x", "x.lock", "a//b", "/a", "@{", "HEAD", "a\n",
    ] {
        let error = store.publish(&made, name, None, &repository).unwrap_err();
        assert_eq!(error.code(), "bad-branch", "{name:?}");
    }
    scene.git(&["branch", "tau"]);
    scene.git(&["branch", "x/y"]);
    for packed in [false, true] {
        if packed {
            scene.git(&["pack-refs", "--all"]);
        }
        for (branch, other) in [("tau/fix", "tau"), ("tau/a/b", "tau"), ("x", "x/y")] {
            let error = store.publish(&made, branch, None, &repository).unwrap_err();
            assert_eq!(repository.has_room_for(branch), Err(error.clone()));
            let (branch, other) = (branch.to_owned(), other.to_owned());
            assert_eq!(error, RepositoryError::BranchInTheWay { branch, other });
        }
    }
}

#[test]
fn waits_for_nobody_who_holds_the_branch() {
    let scene = Scene::new();
    let store = scene.store();
    let made = commit(&scene, &store);
    scene.put(".git/refs/heads/topic.lock", "");
    let error = store
        .publish(&made, "topic", None, &scene.repository())
        .unwrap_err();
    assert_eq!(error, RepositoryError::BranchLocked("topic".into()));
    fs::remove_file(scene.root().join(".git/refs/heads/topic.lock")).unwrap();
    store
        .publish(&made, "topic", None, &scene.repository())
        .unwrap();
}

#[test]
fn works_in_bare_and_linked_and_packed_and_borrowing_repositories() {
    let scene = Scene::new();
    scene.git(&["gc", "-q"]);
    let at = |name: &str| scene.path(name);
    scene.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    scene.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    // It borrows from the bare one, which borrows from the first by a relative path.
    fs::remove_dir_all(at("bare.git/objects/pack")).unwrap();
    fs::write(
        at("bare.git/objects/info/alternates"),
        "../../repo/.git/objects\n",
    )
    .unwrap();
    git(
        scene.temp.path(),
        &["clone", "-q", "--shared", "bare.git", "borrowing"],
        b"",
    );

    for name in ["linked", "bare.git", "borrowing"] {
        let dir = at(name);
        let repository = Repository::discover(&dir).unwrap();
        let store = Store::create(&at("runs").join(name), &repository).unwrap();
        let made = commit(&scene, &store);
        let branch = format!("tau/{name}");
        store.publish(&made, &branch, None, &repository).unwrap();
        assert_eq!(
            git(&dir, &["rev-parse", &branch], b"").trim(),
            made.to_string()
        );
        git(&dir, &["fsck", "--strict"], b"");
        git(&at("runs").join(name), &["fsck", "--strict"], b"");
    }
    assert!(scene.git(&["branch"]).contains("tau/linked"));
    // A bare repository's HEAD is nobody's checkout.
    let repository = Repository::discover(&at("bare.git")).unwrap();
    let store = Store::create(&at("runs/bare.git"), &repository).unwrap();
    let base = repository.base(None).unwrap().commit;
    store
        .publish(&commit(&scene, &store), "main", Some(&base), &repository)
        .unwrap();
}

#[test]
fn of_many_who_set_a_branch_at_once_one_does() {
    let scene = Scene::new();
    let store = scene.store();
    let repository = scene.repository();
    let base = repository.base(None).unwrap();
    let commits: Vec<Oid> = (0..8)
        .map(|n| store.commit(&base.commit, &base.tree, "x", n).unwrap())
        .collect();
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = commits
            .iter()
            .map(|commit| scope.spawn(|| store.publish(commit, "topic", None, &repository)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let winner = results.iter().position(Result::is_ok).unwrap();
    assert_eq!(repository.branch("topic").unwrap(), Some(commits[winner]));
    for (n, result) in results.iter().enumerate().filter(|(n, _)| *n != winner) {
        let code = result.as_ref().unwrap_err().code();
        assert!(
            ["branch-moved", "branch-locked"].contains(&code),
            "{n}: {code}"
        );
    }
}

/// The path of a loose object in a folder of objects.
fn loose(objects: &std::path::Path, id: &Oid) -> std::path::PathBuf {
    let hex = id.to_string();
    objects.join(&hex[..2]).join(&hex[2..])
}

#[test]
fn a_repository_that_shows_another_commit_than_was_made_gets_no_branch() {
    let branch = "tau/fix-01";
    // What somebody does to the repository who knows what will be committed: it gets the objects'
    // ids, and another object.
    type Harm = fn(&Scene, &Store, &Oid, &Oid);
    let harms: [(Harm, &str); 4] = [
        // An object of that name is there already, and damaged, so git writes none over it.
        (
            |scene, _, blob, _| {
                let file = loose(&scene.root().join(".git/objects"), blob);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, "x\u{9c}garbage").unwrap();
            },
            "cannot be read there",
        ),
        // One that is whole, and another.
        (
            |scene, _, blob, other| {
                let objects = scene.root().join(".git/objects");
                let file = loose(&objects, blob);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::copy(loose(&objects, other), file).unwrap();
            },
            "cannot be read there",
        ),
        // The same in a folder that the repository borrows from since a moment ago.
        (
            |scene, _, blob, other| {
                let borrowed = scene.path("borrowed");
                let file = loose(&borrowed, blob);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::copy(loose(&scene.root().join(".git/objects"), other), file).unwrap();
                let list = scene.root().join(".git/objects/info/alternates");
                fs::write(list, format!("{}\n", borrowed.display())).unwrap();
            },
            "cannot be read there",
        ),
        (
            |scene, _, blob, other| {
                let name = format!("refs/replace/{blob}");
                scene.git(&["update-ref", &name, &other.to_string()]);
            },
            "is shown as another one by `refs/replace`",
        ),
    ];
    for (harm, why) in harms {
        let scene = Scene::new();
        let other = scene.git(&["rev-parse", "HEAD:a.txt"]);
        let other: Oid = other.trim().parse().unwrap();
        let store = scene.store();
        let repository = scene.repository();
        let made = commit(&scene, &store);
        let blob = store.blob(b"changed\n").unwrap();
        harm(&scene, &store, &blob, &other);
        let refused = store.publish(&made, branch, None, &repository).unwrap_err();
        assert_eq!(refused.code(), "commit-not-as-made");
        let told = refused.to_string();
        assert!(
            told.contains(&format!("`{blob}`")) && told.contains(why),
            "{told}"
        );
        assert_eq!(scene.git(&["branch", "--list", branch]), "");
    }
}

#[test]
fn a_published_commit_is_read_back() {
    let scene = Scene::new();
    let store = scene.store();
    let repository = scene.repository();
    let base = repository.base(None).unwrap();
    let made = commit(&scene, &store);
    let branch = "tau/fix-01";
    store.publish(&made, branch, None, &repository).unwrap();
    let tree_id = scene.git(&["rev-parse", &format!("{made}^{{tree}}")]);
    let tree_id: Oid = tree_id.trim().parse().unwrap();
    let confirm = |tree: &Oid, parent: &Oid| {
        let confirmed = store.confirm(&made, (tree, parent), branch, &repository);
        confirmed.map_err(|error| error.to_string())
    };
    assert_eq!(confirm(&tree_id, &base.commit), Ok(()));
    let told = |result: Result<(), String>| result.unwrap_err();
    assert!(told(confirm(&base.tree, &base.commit)).contains("has another tree"));
    assert!(told(confirm(&tree_id, &made)).contains("follows another commit"));
    let name = format!("refs/replace/{made}");
    scene.git(&["update-ref", &name, &base.commit.to_string()]);
    assert!(told(confirm(&tree_id, &base.commit)).contains("refs/replace"));
    scene.git(&["update-ref", "-d", &name]);
    let file = loose(&scene.root().join(".git/objects"), &tree_id);
    fs::remove_file(file).unwrap();
    assert!(told(confirm(&tree_id, &base.commit)).contains("cannot be read there"));
    let full = format!("refs/heads/{branch}");
    scene.git(&["update-ref", &full, &base.commit.to_string()]);
    assert!(told(confirm(&tree_id, &base.commit)).contains("is not where the branch is"));
}
