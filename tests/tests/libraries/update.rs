use tau_tests::Sandbox;

use crate::{Host, changes, lib, library, said, uses};

#[test]
fn a_branch_that_moved_shows_what_it_needs_more_and_less() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@main"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", &library("read \"a/**\""))]);
    lib(&sandbox, &["add", "--yes"], 0);
    let before = sandbox.read("tau.lock");
    assert_eq!(changes(&lib(&sandbox, &["update"], 0)), [""; 0]);
    host.write("lib.tau", &library("write \"a/**\""));
    let commit = host.commit();
    let err = said(&sandbox, &["update"], 3);
    assert!(
        err.contains("needs + write \"a/**\", for mission look in lib.tau"),
        "{err}"
    );
    assert!(
        err.contains("needs - read \"a/**\", for mission look in lib.tau"),
        "{err}"
    );
    assert!(!err.contains("warning"), "{err}");
    assert_eq!(sandbox.read("tau.lock"), before);
    let document = lib(&sandbox, &["update", "../flows", "--yes"], 0);
    assert_eq!(changes(&document), ["moved ../flows@main"]);
    assert_eq!(document["changes"][0]["now"]["commit"], commit);
    assert_eq!(document["changes"][0]["suspicious"], false);
    assert!(sandbox.read("tau.lock").contains(&commit));
}

#[test]
fn a_tag_that_moved_is_suspicious() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../flows@v1"]))]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", &library("read \"**\""))]);
    lib(&sandbox, &["add", "--yes"], 0);
    host.write("lib.tau", "# other\n");
    host.commit();
    host.git(&["tag", "--force", "v1"]);
    let err = said(&sandbox, &["update"], 3);
    assert!(
        err.contains("warning: `v1` is a tag, and a tag should never move"),
        "{err}"
    );
    let document = lib(&sandbox, &["update"], 3);
    assert_eq!(document["changes"][0]["suspicious"], true);
}

#[test]
fn what_is_named_alone_is_asked_for() {
    let repositories = ["../one@main", "../two@main"];
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&repositories))]);
    let one = Host::new(&sandbox, "one", &[("lib.tau", "# one\n")]);
    let two = Host::new(&sandbox, "two", &[("lib.tau", "# two\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    for host in [&one, &two] {
        host.write("lib.tau", "# more\n");
        host.commit();
    }
    let document = lib(&sandbox, &["update", "../two@main", "--yes"], 0);
    assert_eq!(changes(&document), ["moved ../two@main"]);
    let err = said(&sandbox, &["update", "../three"], 2);
    assert!(err.contains("`../three` is not in `tau.lock`"), "{err}");
}

#[test]
fn what_nothing_uses_any_more_is_noted_and_dropped() {
    let repositories = ["../one@v1", "../two@v1"];
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&repositories))]);
    Host::new(&sandbox, "one", &[("lib.tau", "# one\n")]);
    Host::new(&sandbox, "two", &[("lib.tau", "# two\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    sandbox.write("fix.tau", uses(&["../two@v1"]));
    let err = said(&sandbox, &["verify"], 0);
    assert!(
        err.contains("note: no file uses `../one@v1`; `tau lib update` drops it"),
        "{err}"
    );
    let document = lib(&sandbox, &["update", "--yes"], 0);
    assert_eq!(changes(&document), ["removed ../one@v1"]);
    assert_eq!(said(&sandbox, &["verify"], 0), "");
}

#[test]
fn a_library_that_moved_brings_what_it_uses_now() {
    let sandbox = Sandbox::repository(&[("fix.tau", &uses(&["../one@main"]))]);
    let one = Host::new(&sandbox, "one", &[("lib.tau", "# one\n")]);
    Host::new(&sandbox, "two", &[("lib.tau", "# two\n")]);
    lib(&sandbox, &["add", "--yes"], 0);
    let two = format!("{}/two@v1", sandbox.outside().display());
    one.write("lib.tau", &uses(&[&two]));
    one.commit();
    let document = lib(&sandbox, &["update", "--yes"], 0);
    assert_eq!(
        changes(&document),
        ["moved ../one@main".to_owned(), format!("added {two}")]
    );
}
