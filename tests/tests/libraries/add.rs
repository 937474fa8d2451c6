use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use tau_tests::{Sandbox, skip_without};

use crate::{Host, changes, is_locked, lib, library, said, store_is_empty, uses};

#[test]
fn what_a_library_needs_is_shown_and_nothing_is_written_without_an_answer() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let action = "action lint(path: path) -> { stdout: string } {\n  needs read path\n  run \"cargo clippy\"\n}\n";
    let library = library("    read \"**\"\n    deny write \"secret/**\"");
    Host::new(
        &sandbox,
        "flows",
        &[("lib.tau", &library), ("more.tau", action)],
    );
    let done = sandbox.tau(&["lib", "add"]).ends(3);
    assert_eq!(done.out, "");
    for line in [
        "added ../flows@v1",
        "  2 files with",
        "used by fix.tau",
        "    mission look\n      read \"**\"\n      deny write \"secret/**\"\n",
        "    action lint\n      read path\n      run \"cargo clippy\"\n",
        "there is no terminal to ask on",
        "go on      tau lib add --yes",
    ] {
        assert!(done.err.contains(line), "{line}\n{}", done.err);
    }
    let document = lib(&sandbox, &["add"], 3);
    assert_eq!(document["written"], false);
    assert_eq!(document["next"], "tau lib add --json --yes");
    let needs = &document["changes"][0]["offers"][0]["needs"];
    assert_eq!(
        *needs,
        serde_json::json!(["read \"**\"", "deny write \"secret/**\""])
    );
    assert!(!is_locked(&sandbox) && store_is_empty(&sandbox));
}

#[test]
fn what_is_added_is_here_when_its_repository_is_gone() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", &library("read \"**\""))]);
    let document = lib(&sandbox, &["add", "--yes"], 0);
    assert_eq!(document["written"], true);
    assert_eq!(changes(&document), ["added ../flows@v1"]);
    let commit = host.git(&["rev-parse", "v1"]);
    assert_eq!(document["changes"][0]["now"]["commit"], commit);
    fs::remove_dir_all(host.path()).unwrap();
    let verified = lib(&sandbox, &["verify"], 0);
    assert_eq!(verified["libraries"][0]["place"], "stored");
    assert_eq!(
        lib(&sandbox, &["fetch"], 0)["libraries"][0]["state"],
        "here"
    );
    let again = sandbox.tau(&["lib", "add"]).ends(0);
    assert_eq!(again.out, "nothing to add: all that is used is locked\n");
}

#[test]
fn the_digest_is_what_sha256sum_makes_of_the_files() {
    if skip_without(
        "sha256sum",
        "the_digest_is_what_sha256sum_makes_of_the_files",
    ) {
        return;
    }
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let library = library("read \"**\"");
    let files = [
        ("lib.tau", &*library),
        ("README.md", "no part of it"),
        ("x/B.yaml", "a: 1\n"),
        ("x/a.yml", "a: 1\n"),
    ];
    let host = Host::new(&sandbox, "flows", &files);
    let document = lib(&sandbox, &["add", "--yes"], 0);
    let script = "sha256sum lib.tau x/B.yaml x/a.yml | sha256sum";
    let mut shell = sandbox.program("sh");
    let output = shell.args(["-c", script]).current_dir(host.path()).output();
    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    let digest = printed.split(' ').next().unwrap();
    assert_eq!(document["changes"][0]["now"]["content"], digest);
}

#[test]
fn a_library_brings_those_that_it_uses_and_a_circle_ends() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../one@v1"]))]);
    let (one, two) = ("lib.tau", "sub/other.yaml");
    let address = |name: &str| format!("file://{}/{name}@v1", sandbox.outside().display());
    let uses_two = uses(&[&address("two")]);
    let uses_one = format!(
        "tau: 1\nuse:\n  - {{ from: \"{}\", as: one }}\n",
        address("one")
    );
    Host::new(&sandbox, "one", &[(one, &uses_two)]);
    Host::new(&sandbox, "two", &[(two, &uses_one)]);
    let document = lib(&sandbox, &["add", "--yes"], 0);
    let users = document["changes"].as_array().unwrap().iter();
    let users: Vec<_> = users
        .map(|it| it["used_by"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(users.len(), 3, "{document:#}");
    assert!(users.contains(&"fix.tau".to_owned()));
    assert!(users.contains(&"../one@v1".to_owned()));
    assert!(users.contains(&address("two")));
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn two_versions_of_one_repository_are_explained_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let flows = Host::new(&sandbox, "flows", &[("lib.tau", &library("read \"**\""))]);
    flows.git(&["tag", "v2"]);
    let address = format!("{}/flows", sandbox.outside().display());
    let acme = uses(&[&format!("{address}@v2")]);
    Host::new(&sandbox, "acme", &[("lib.tau", &acme)]);
    sandbox.write("a.tau", uses(&[&format!("{address}@v1"), "../acme@v1"]));
    let said = said(&sandbox, &["add", "--yes"], 1);
    let both = "a project has one version of a repository, and here are two: `a.tau` uses \
                `…/flows@v1`; `…/flows@v2` is used by `../acme@v1`, which `a.tau` uses";
    assert!(said.contains(both), "{said}");
    assert!(!is_locked(&sandbox) && store_is_empty(&sandbox));
}

#[test]
fn another_version_takes_the_place_of_one_that_nothing_uses_any_more() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let host = Host::new(
        &sandbox,
        "flows",
        &[("lib.tau", &library("read \"docs/**\""))],
    );
    lib(&sandbox, &["add", "--yes"], 0);
    host.write("lib.tau", &library("read \"**\""));
    host.commit();
    host.git(&["tag", "v2"]);
    sandbox.write("fix.tau", uses(&["../flows@v2"]));
    let document = lib(&sandbox, &["add", "--yes"], 0);
    assert_eq!(changes(&document), ["replaced ../flows@v2"]);
    let change = &document["changes"][0];
    assert_eq!(change["was"]["version"], "v1");
    assert_eq!(
        change["gained"][0],
        "read \"**\", for mission look in lib.tau"
    );
    assert_eq!(
        change["lost"][0],
        "read \"docs/**\", for mission look in lib.tau"
    );
    assert!(!sandbox.read("tau.lock").contains("\"v1\""));
}

#[test]
fn versions_are_tags_branches_and_whole_commits() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let first = host.git(&["rev-parse", "HEAD"]);
    host.git(&["tag", "--annotate", "--message", "x", "signed/v1"]);
    host.git(&["branch", "topic/x"]);
    // The first commit is the tip of nothing but these from now on.
    host.write("lib.tau", "# two\n");
    let second = host.commit();
    let versions = [
        ("signed/v1", &first),
        ("topic/x", &first),
        ("main", &second),
        (&*first, &first),
    ];
    for (version, commit) in versions {
        let _ = fs::remove_file(sandbox.path().join("tau.lock"));
        let document = lib(
            &sandbox,
            &["add", &format!("../flows@{version}"), "--yes"],
            0,
        );
        assert_eq!(
            document["changes"][0]["now"]["commit"], **commit,
            "{version}"
        );
    }
    let err = said(&sandbox, &["add", "../flows@mian", "--yes"], 1);
    assert!(
        err.contains("`../flows@mian` has no tag or branch `mian`; did you mean `main`?"),
        "{err}"
    );
    let err = said(
        &sandbox,
        &["add", &format!("../flows@{}", &first[..8]), "--yes"],
        1,
    );
    assert!(
        err.contains("a commit is written with all its digits"),
        "{err}"
    );
}

#[test]
fn a_repository_that_hashes_with_sha256_is_a_library_too() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    fs::remove_dir_all(host.path().join(".git")).unwrap();
    host.git(&["init", "--quiet", "--object-format=sha256"]);
    let commit = host.commit();
    assert_eq!(commit.len(), 64);
    let document = lib(&sandbox, &["add", "../flows@main", "--yes"], 0);
    assert_eq!(document["changes"][0]["now"]["commit"], commit);
}

#[test]
fn the_lock_file_stands_in_the_root_of_the_repository() {
    let sandbox = Sandbox::repository(&[("sub/fix.tau", &uses(&["../../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    lib(&sandbox, &["-C", "sub", "add", "--yes"], 0);
    assert!(sandbox.read("tau.lock").contains("from = \"../flows\""));
    // In a subfolder it is found again, and another one further in is left to its own.
    assert_eq!(lib(&sandbox, &["-C", "sub", "verify"], 0)["ok"], true);
    sandbox.write("inner/tau.lock", "version = 1\n");
    sandbox.write("inner/fix.tau", uses(&["../../flows@v2"]));
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
    let inner = lib(&sandbox, &["-C", "inner", "verify"], 1);
    assert_eq!(inner["not_locked"][0]["version"], "v2");
}

#[test]
fn a_host_that_cannot_be_reached_is_said() {
    let sandbox = Sandbox::new();
    // Nobody listens on port 1.
    let err = said(
        &sandbox,
        &["add", "https://127.0.0.1:1/acme/flows@v1", "--yes"],
        1,
    );
    assert!(
        err.contains("`https://127.0.0.1:1/acme/flows@v1` cannot be reached: "),
        "{err}"
    );
    let err = said(&sandbox, &["add", "../nowhere@v1", "--yes"], 1);
    assert!(err.contains("`../nowhere@v1` cannot be reached: "), "{err}");
    assert!(!is_locked(&sandbox));
}

#[test]
fn a_damaged_lock_file_is_not_written_over() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let damaged = "version = 1\n<<<<<<< HEAD\n";
    sandbox.write("tau.lock", damaged);
    for command in ["add", "update", "fetch", "vendor", "verify"] {
        let err = said(&sandbox, &[command], 2);
        assert!(
            err.contains("the lock file cannot be read: `…/repo/tau.lock`: line 2: "),
            "{err}"
        );
        assert!(err.contains("help: "), "{err}");
    }
    assert_eq!(sandbox.read("tau.lock"), damaged);
}

#[test]
fn what_names_no_repository_is_a_wrong_command_line() {
    let sandbox = Sandbox::new();
    for (text, why) in [
        ("../flows", "it has no version"),
        ("./fix.tau", "it is a file, which needs no lock"),
        ("flows@v1", "a library is `host/owner/name@version`"),
    ] {
        let err = said(&sandbox, &["add", text], 2);
        assert!(err.contains(why), "{err}");
    }
}

#[test]
fn on_a_terminal_it_asks_also_when_it_should_be_quiet() {
    if skip_without(
        "script",
        "on_a_terminal_it_asks_also_when_it_should_be_quiet",
    ) {
        return;
    }
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let library = library("    read \"**\"");
    Host::new(&sandbox, "flows", &[("lib.tau", &library)]);
    let answer = |text: &str| {
        let program = tau_tests::tau_program();
        let command = format!("{} lib add --quiet", program.display());
        let mut child = sandbox
            .program("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .env("TAU_HOME", sandbox.state())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut keys = child.stdin.take().unwrap();
        let mut screen = BufReader::new(child.stdout.take().unwrap());
        // The keys are pressed once they are asked for.
        let mut shown = Vec::new();
        while !shown.ends_with(b"[y/N] ") {
            assert!(screen.read_until(b' ', &mut shown).unwrap() > 0);
        }
        keys.write_all(text.as_bytes()).unwrap();
        screen.read_to_end(&mut shown).unwrap();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        assert!(shown.contains("read \"**\""), "{shown}");
        child.wait().unwrap().code()
    };
    assert_eq!(answer("\n"), Some(4));
    assert!(!is_locked(&sandbox) && store_is_empty(&sandbox));
    assert_eq!(answer("y\n"), Some(0));
    assert!(is_locked(&sandbox));
}
