use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use super::support::Place;

/// Names and texts.
type Files = &'static [(&'static str, &'static str)];

/// A repository of each kind: its files, and the command that is found.
const KINDS: [(&str, Files, &str); 8] = [
    (
        "crate",
        &[
            ("Cargo.toml", "[package]"),
            ("src/lib.rs", ""),
            ("tests/a.rs", ""),
        ],
        "cargo test",
    ),
    (
        "go",
        &[("go.mod", "module x"), ("a.go", ""), ("a_test.go", "")],
        "go test ./...",
    ),
    (
        "pytest",
        &[
            ("pyproject.toml", "[tool.pytest.ini_options]"),
            ("p/__init__.py", ""),
            ("tests/test_a.py", ""),
        ],
        "python3 -m pytest -q",
    ),
    (
        "unittest",
        &[
            ("setup.py", ""),
            ("p/__init__.py", ""),
            ("test_p.py", "import unittest"),
        ],
        "python3 -m unittest",
    ),
    (
        "npm",
        &[
            ("package.json", r#"{"scripts":{"test":"jest"}}"#),
            ("src/a.js", ""),
        ],
        "npm test",
    ),
    (
        "node",
        &[
            ("package.json", "{}"),
            ("index.js", ""),
            ("index.test.js", "import 'node:test'"),
        ],
        "node --test",
    ),
    (
        "make",
        &[
            ("Makefile", "test:\n\ttrue\n"),
            ("src/a.c", ""),
            ("tests/a.c", ""),
        ],
        "make test",
    ),
    ("nothing", &[("README.md", "")], ""),
];

#[test]
fn every_kind_of_repository_gets_a_mission_without_errors() {
    for (kind, files, command) in KINDS {
        let place = Place::with(files);
        place.git(&["init", "-q"]);
        place.tau(&["init"]).ends(0);
        let text = place.read(".tau/fix.tau");
        assert!(
            text.contains(&format!("\"{command}\"")) != command.is_empty(),
            "{kind}: {text}"
        );
        let lint = place.tau(&["lint", ".tau/fix.tau"]);
        assert_eq!(lint.code, 0, "{kind}: {}", lint.out);
        let format = place.tau(&["fmt", "--check", ".tau/fix.tau"]);
        assert_eq!(format.code, 0, "{kind}: {}", format.out);
    }
}

#[test]
fn it_says_what_it_found_and_what_comes_next() {
    let place = Place::with(&[
        ("Cargo.toml", "[package]"),
        ("src/lib.rs", ""),
        ("tests/a.rs", ""),
        ("Makefile", "test:\n\tcargo test\n"),
    ]);
    place.git(&["init", "-q"]);
    let done = place.tau(&["init"]).ends(0);
    assert_eq!(done.err, "");
    assert_snapshot!(done.out, @r#"
    wrote .tau/fix.tau
      check    cargo test  (Cargo.toml)
      write    src/**
      protect  tests/**
      or       make test  (Makefile)
      keys     made, for receipts  (tau keys)

    next:
      tau plan .tau/fix.tau
      git diff > fix.patch      # your fix, not committed yet; its test must be committed
      tau apply .tau/fix.tau --set patch=@fix.patch
    "#);
}

#[test]
fn from_an_inner_folder_the_whole_repository_is_meant() {
    let place = Place::with(&[("go.mod", ""), ("inner/a.go", "")]);
    place.git(&["init", "-q"]);
    place.tau(&["-C", "inner", "init"]).ends(0);
    assert!(place.read(".tau/fix.tau").contains("go test"));
}

#[test]
fn a_mission_that_is_there_is_replaced_only_when_told() {
    let place = Place::with(&[(".tau/fix.tau", "mine")]);
    let done = place.tau(&["init"]).ends(1);
    assert_snapshot!(done.err, @r"
    error: `.tau/fix.tau` is already there, and was left as it is
    help: `tau init --force` writes it anew
    ");
    assert_eq!(place.read(".tau/fix.tau"), "mine");
    place.tau(&["init", "--force"]).ends(0);
    assert!(place.read(".tau/fix.tau").contains("mission fix {"));
    assert_eq!(
        std::fs::read_dir(place.path().join(".tau"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn links_lead_nothing_out_of_the_repository() {
    let outside = Place::with(&[("target", "theirs")]);
    let place = Place::new();
    symlink(outside.path(), place.path().join(".tau")).unwrap();
    place.tau(&["init", "--force"]).ends(1);

    let place = Place::with(&[(".tau/x", "")]);
    let file = place.path().join(".tau/fix.tau");
    symlink(outside.path().join("target"), &file).unwrap();
    place.tau(&["init"]).ends(1);
    place.tau(&["init", "--force"]).ends(0);
    assert!(!std::fs::symlink_metadata(&file).unwrap().is_symlink());
    assert_eq!(outside.read("target"), "theirs");
}

#[test]
fn programs_get_what_was_found() {
    let place = Place::with(&[("go.mod", "")]);
    let done = place.tau(&["init", "--json"]).ends(0);
    let document = done.json();
    assert_eq!(document["schema"], "tau.init/1");
    assert_eq!(document["file"], ".tau/fix.tau");
    assert_eq!(document["repository"], false);
    assert_eq!(document["found"][0]["command"], "go test ./...");
    assert!(done.err.contains("not a git repository"), "{}", done.err);
}

#[test]
fn a_folder_that_is_not_there_is_wrong_usage() {
    Place::new().tau(&["init", "none"]).ends(2);
}

#[test]
fn keys_are_made_once_and_never_anew() {
    let place = Place::with(&[("Cargo.toml", "[package]")]);
    place.git(&["init", "-q"]);
    let first = place.tau(&["init"]).ends(0);
    assert!(first.out.contains("keys     made"), "{first:?}");
    let shown = place.tau(&["keys"]).ends(0).out;
    let again = place.tau(&["init", "--force"]).ends(0);
    assert!(!again.out.contains("keys"), "{again:?}");
    assert_eq!(place.tau(&["keys"]).ends(0).out, shown);

    // One that cannot be used is told, and left as it is.
    let key = place.path().join("../state/keys/runner.pem");
    std::fs::write(&key, "mine").unwrap();
    let told = place.tau(&["init", "--force"]).ends(0);
    assert!(
        told.err.contains("no keys for receipts were made"),
        "{told:?}"
    );
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "mine");
}
