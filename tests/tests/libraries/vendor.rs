use std::fs;

use tau_tests::Sandbox;

use crate::{Host, lib, said, uses};

#[test]
fn vendored_libraries_need_neither_their_repository_nor_the_store() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let host = Host::new(
        &sandbox,
        "flows",
        &[("lib.tau", "# one\n"), ("x/a.yaml", "a: 1\n")],
    );
    lib(&sandbox, &["add", "--yes"], 0);
    let document = lib(&sandbox, &["vendor"], 0);
    let folder = document["libraries"][0]["folder"].as_str().unwrap();
    assert!(folder.starts_with("flows@v1-"), "{folder}");
    fs::remove_dir_all(host.path()).unwrap();
    fs::remove_dir_all(sandbox.state()).unwrap();
    let verified = lib(&sandbox, &["verify"], 0);
    assert_eq!(verified["libraries"][0]["place"], "vendored");
    // Git gives back what was committed, whatever it does to the ends of lines elsewhere.
    sandbox.git(&["config", "core.autocrlf", "true"]);
    sandbox.commit("vendor");
    fs::remove_dir_all(sandbox.path().join("tau_libraries")).unwrap();
    sandbox.git(&["checkout", "--", "tau_libraries"]);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn what_was_changed_in_the_project_is_refused() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    let document = lib(&sandbox, &["vendor"], 0);
    let folder = document["libraries"][0]["folder"].as_str().unwrap();
    let path = format!("tau_libraries/{folder}/more.tau");
    sandbox.write(&path, "# added\n");
    // The store has it unchanged, and that does not help.
    for command in ["verify", "vendor", "fetch"] {
        let err = said(&sandbox, &[command], 1);
        assert!(
            err.contains("remove that folder and run `tau lib vendor`"),
            "{err}"
        );
    }
    fs::remove_dir_all(sandbox.path().join("tau_libraries").join(folder)).unwrap();
    lib(&sandbox, &["vendor"], 0);
    assert_eq!(
        lib(&sandbox, &["verify"], 0)["libraries"][0]["place"],
        "vendored"
    );
}

#[test]
fn what_is_not_locked_any_more_goes_and_what_is_not_a_library_stays() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../one@v1", "../two@v1"]))]);
    Host::new(&sandbox, "one", &[("lib.tau", "# one\n")]);
    Host::new(&sandbox, "two", &[("lib.tau", "# two\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    lib(&sandbox, &["vendor"], 0);
    sandbox.write("tau_libraries/mine/notes.txt", "mine\n");
    sandbox.write("fix.tau", uses(&["../two@v1"]));
    lib(&sandbox, &["update", "--yes"], 0);
    let document = lib(&sandbox, &["vendor"], 0);
    let removed = document["removed"].as_array().unwrap();
    assert_eq!(removed.len(), 1);
    assert!(removed[0].as_str().unwrap().starts_with("one@v1-"));
    assert_eq!(sandbox.read("tau_libraries/mine/notes.txt"), "mine\n");
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn a_link_in_the_place_of_the_folder_is_not_followed() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    let elsewhere = sandbox.outside().join("elsewhere");
    fs::create_dir_all(elsewhere.join("a@b-0123456789ab")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, sandbox.path().join("tau_libraries")).unwrap();
    let err = said(&sandbox, &["vendor"], 1);
    assert!(
        err.contains("`…/repo/tau_libraries` is not a folder; move it away"),
        "{err}"
    );
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
}

#[test]
fn a_folder_of_libraries_is_not_looked_into_by_lint_and_fmt() {
    let sandbox = Sandbox::repository(&[
        (
            "tau_libraries/x@v1-0123456789ab/lib.tau",
            "nothing that is tau\n",
        ),
        ("a.tau", &uses(&[])),
    ]);
    let _ = sandbox.tau(&["lint", "."]).ends(0);
    let _ = sandbox.tau(&["fmt", "--check", "."]).ends(0);
}
