use std::fs;

use tau_tests::Sandbox;

use crate::{Host, lib, library, said, store_is_empty, uses};

fn forget(sandbox: &Sandbox) {
    fs::remove_dir_all(sandbox.state().join("libraries")).unwrap();
}

#[test]
fn what_is_locked_is_brought_also_when_its_version_is_another_commit_now() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@main"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", &library("read \"**\""))]);
    lib(&sandbox, &["add", "--yes"], 0);
    let lock = sandbox.read("tau.lock");
    host.write("lib.tau", "# other\n");
    host.commit();
    forget(&sandbox);
    let verified = lib(&sandbox, &["verify"], 1);
    let problem = verified["libraries"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("`tau lib fetch` brings it"), "{problem}");
    assert_eq!(
        lib(&sandbox, &["fetch"], 0)["libraries"][0]["state"],
        "fetched"
    );
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
    assert_eq!(sandbox.read("tau.lock"), lock);
}

#[test]
fn a_server_that_gives_no_single_commits_is_asked_for_more() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@main"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let config = sandbox.outside().join("home/.gitconfig");
    // What git spoke before 2018 gives nothing but what has a name.
    let text = fs::read_to_string(&config).unwrap() + "[protocol]\n\tversion = 0\n";
    fs::write(&config, text).unwrap();
    lib(&sandbox, &["add", "--yes"], 0);
    let commit = host.git(&["rev-parse", "HEAD"]);
    host.write("lib.tau", "# two\n");
    host.commit();
    host.git(&["tag", "--force", "v1"]);
    forget(&sandbox);
    lib(&sandbox, &["fetch"], 0);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
    sandbox.write("fix.tau", uses(&[&format!("../flows@{commit}")]));
    let document = lib(&sandbox, &["add", "--yes"], 0);
    assert_eq!(document["changes"][0]["now"]["commit"], commit);
}

#[test]
fn a_commit_that_is_gone_is_said_and_nothing_else_is_taken_for_it() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    fs::remove_dir_all(host.path().join(".git")).unwrap();
    host.git(&["init", "--quiet"]);
    host.write("lib.tau", "# another history\n");
    host.commit();
    host.git(&["tag", "v1"]);
    forget(&sandbox);
    let err = said(&sandbox, &["fetch"], 1);
    assert!(err.contains("on no branch and under no tag"), "{err}");
    assert!(store_is_empty(&sandbox));
}

#[test]
fn what_does_not_have_the_locked_digest_is_not_kept() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let document = lib(&sandbox, &["add", "--yes"], 0);
    let digest = document["changes"][0]["now"]["content"].as_str().unwrap();
    let lock = sandbox.read("tau.lock").replace(digest, &"0".repeat(64));
    sandbox.write("tau.lock", &lock);
    forget(&sandbox);
    for command in ["fetch", "vendor"] {
        let err = said(&sandbox, &[command], 1);
        assert!(
            err.contains("`../flows@v1` is not what `tau.lock` pins"),
            "{err}"
        );
    }
    assert!(store_is_empty(&sandbox));
}

#[test]
fn what_was_changed_in_the_store_is_refused_until_it_is_removed() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let document = lib(&sandbox, &["add", "--yes"], 0);
    let digest = document["changes"][0]["now"]["content"].as_str().unwrap();
    let folder = sandbox.state().join("libraries").join(digest);
    fs::write(folder.join("lib.tau"), "# two\n").unwrap();
    let refusal =
        "a file was changed, added or removed; remove that folder and run `tau lib fetch`";
    for command in ["verify", "fetch", "add", "vendor"] {
        let err = said(&sandbox, &[command], 1);
        assert!(err.contains(refusal), "{command}: {err}");
    }
    fs::remove_dir_all(&folder).unwrap();
    lib(&sandbox, &["fetch"], 0);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}
