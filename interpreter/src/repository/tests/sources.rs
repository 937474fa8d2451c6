use std::fs;

use super::*;
use crate::repository::{LogEntry, RepositoryError};

#[test]
fn finds_the_repository_from_anywhere_inside() {
    let scene = Scene::new();
    scene.git(&["worktree", "add", "-q", "-b", "w", "../linked"]);
    scene.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    scene.git(&["submodule", "--quiet", "add", "../bare.git", "mod"]);
    let linked = scene.path("linked");
    let head = scene.git(&["rev-parse", "HEAD"]);
    for (from, root) in [
        (scene.root(), scene.root()),
        (scene.root().join("src/deep"), scene.root()),
        (linked.join("src"), linked.clone()),
        (scene.path("bare.git"), scene.path("bare.git")),
        (scene.root().join("mod/src"), scene.root().join("mod")),
    ] {
        let repository = Repository::discover(&from).unwrap();
        assert_eq!(
            repository.root().canonicalize().unwrap(),
            root.canonicalize().unwrap()
        );
        let base = repository.base(None).unwrap();
        assert_eq!(base.commit.to_string(), head.trim());
        let run = tempfile::tempdir().unwrap();
        let store = Store::create(&run.path().join("git"), &repository).unwrap();
        assert!(store.file(&base.tree, "a.txt").unwrap().is_some());
    }
}

#[test]
fn says_why_a_repository_cannot_be_used() {
    let scene = Scene::empty();
    let code = |dir: &Path| Repository::discover(dir).err().unwrap().code();
    assert_eq!(code(&scene.path("nowhere")), "not-a-repository");
    assert_eq!(code(scene.temp.path()), "not-a-repository");
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let dir = scene.path(format);
        fs::create_dir(&dir).unwrap();
        git(&dir, &["init", "-q", format], b"");
        let error = Repository::discover(&dir).err().unwrap();
        assert_eq!(error.code(), "repository-unsupported", "{error}");
    }
    let partial = Scene::new();
    partial.git(&["config", "core.repositoryFormatVersion", "1"]);
    partial.git(&["config", "extensions.partialClone", "origin"]);
    assert_eq!(code(&partial.root()), "repository-unsupported");
    let error = scene.repository().base(None).unwrap_err();
    assert_eq!(error.code(), "no-commits");
    assert_eq!(
        scene.repository().base(Some("HEAD~1")).unwrap_err().code(),
        "no-commits"
    );
    assert_eq!(
        scene.repository().base(Some("main")).unwrap_err().code(),
        "no-commits"
    );
}

/// Only root can give a folder to somebody else.
#[test]
fn refuses_what_belongs_to_somebody_else() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let scene = Scene::new();
    for path in [scene.root(), scene.root().join(".git")] {
        std::os::unix::fs::chown(path, Some(65_534), None).unwrap();
    }
    let error = Repository::discover(&scene.root().join("src"))
        .err()
        .unwrap();
    assert_eq!(
        error,
        RepositoryError::NotOwned(scene.root().canonicalize().unwrap())
    );
}

#[test]
fn reads_revisions_as_git_does() {
    let scene = Scene::new();
    scene.git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    scene.git(&["tag", "-a", "v1.0", "-m", "tag"]);
    scene.git(&["branch", "topic/one", "HEAD~1"]);
    scene.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    let repository = scene.repository();
    for rev in [
        "HEAD",
        "main",
        "v1.0",
        "topic/one",
        "main~1",
        "refs/tags/v1.0",
    ] {
        let id = scene.git(&["rev-parse", &format!("{rev}^{{commit}}")]);
        assert_eq!(
            repository.base(Some(rev)).unwrap().commit.to_string(),
            id.trim(),
            "{rev}"
        );
    }
    assert_eq!(repository.base(None), repository.base(Some("HEAD")));
    let base = repository.base(None).unwrap();
    assert_eq!(
        repository
            .base(Some(&base.commit.to_string()[..10]))
            .unwrap(),
        base
    );
    let unknown = |rev: &str, near: &[&str]| {
        let near = near.iter().map(|name| (*name).to_owned()).collect();
        Err(RepositoryError::UnknownRevision {
            rev: rev.into(),
            near,
        })
    };
    assert_eq!(repository.base(Some("mian")), unknown("mian", &["main"]));
    assert_eq!(
        repository.base(Some("topic/onee")),
        unknown("topic/onee", &["topic/one"])
    );
    for rev in [
        "",
        "a b",
        "main..HEAD",
        "--all",
        "\0",
        "v1.0^{nothing}",
        "main:a.txtt",
    ] {
        assert_eq!(
            repository.base(Some(rev)).unwrap_err().code(),
            "unknown-revision",
            "{rev:?}"
        );
    }
    let error = repository.base(Some("main:a.txt")).unwrap_err();
    assert_eq!(error, RepositoryError::NotACommit("main:a.txt".into()));
}

#[test]
fn lists_the_commits_that_lead_to_one() {
    let scene = Scene::new();
    let when = "2024-02-29T12:00:00+05:30";
    let message = "  two\nlines \n\nbody";
    scene.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "--cleanup=verbatim",
        "--date",
        when,
        "-m",
        message,
    ]);
    let repository = scene.repository();
    let head = repository.base(None).unwrap().commit;
    let log = repository.log(&head, 10).unwrap();
    assert_eq!(
        log[0],
        LogEntry {
            commit: head,
            seconds: 1_709_188_200,
            offset: 330,
            author: log[0].author.clone(),
            subject: "two lines".into()
        }
    );
    assert_eq!(log[1].subject, "first");
    assert_eq!(log.len(), 2);
    assert_eq!(repository.log(&head, 1).unwrap(), log[..1]);
    assert_eq!(repository.branch("main").unwrap(), Some(head));
    assert_eq!(repository.branch("nothing").unwrap(), None);
    assert_eq!(repository.branch("a..b").unwrap_err().code(), "bad-branch");
}

#[test]
fn a_store_that_was_half_made_is_completed() {
    let scene = Scene::new();
    let dir = scene.path("run/git");
    scene.store();
    let whole: Vec<PathBuf> = snapshot(&dir)
        .into_keys()
        .filter(|path| path != &dir)
        .collect();
    for gone in &whole {
        if gone.is_dir() {
            fs::remove_dir_all(gone).unwrap();
        } else {
            fs::write(gone, "half").unwrap();
        }
        let store = scene.store();
        assert!(
            store.file(&scene.tree(), "a.txt").unwrap().is_some(),
            "{}",
            gone.display()
        );
        let blob = store.blob(gone.to_str().unwrap().as_bytes()).unwrap();
        store.keep(&blob).unwrap();
        assert!(scene.store().read(&blob).is_ok());
    }
    scene.own(&["fsck", "--strict"]);
}

#[test]
fn a_shallow_clone_is_as_good_as_any() {
    let scene = Scene::new();
    scene.git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    let url = format!("file://{}", scene.root().display());
    scene.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let repository = Repository::discover(&scene.path("shallow")).unwrap();
    let base = repository.base(None).unwrap();
    assert_eq!(repository.log(&base.commit, 10).unwrap().len(), 1);
    let store = Store::create(&scene.path("run/git"), &repository).unwrap();
    let blob = store.blob(b"x").unwrap();
    let tree = store.apply(&base.tree, &[write("x", blob)]).unwrap();
    let commit = store.commit(&base.commit, &tree, "x", 0).unwrap();
    store.publish(&commit, "topic", None, &repository).unwrap();
    git(&scene.path("shallow"), &["fsck", "--strict"], b"");
}

#[test]
fn many_threads_share_a_store() {
    let scene = Scene::new();
    let store = scene.store();
    let tree = scene.tree();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (store, tree) = (&store, &tree);
            scope.spawn(move || {
                for n in 0..20 {
                    let text = format!("{} {n}", thread % 4);
                    let blob = store.blob(text.as_bytes()).unwrap();
                    let new = store.apply(tree, &[write(&text, blob)]).unwrap();
                    assert_eq!(
                        store.file(&new, &text).unwrap().unwrap().bytes,
                        text.as_bytes()
                    );
                    store.keep(&new).unwrap();
                }
            });
        }
    });
    scene.own(&["fsck", "--strict"]);
}
