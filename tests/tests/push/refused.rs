//! Pushes that are refused: by the remote, by tau, by the mission's authority.

use serde_json::Value;
use tau_tests::step;

use crate::remote::Remote;

fn refused(remote: &Remote, code: &str) -> Value {
    let report = remote.apply(1);
    let failure = step(&report, "push")["failure"].clone();
    assert_eq!(failure["code"], code, "{report}");
    assert_eq!(remote.pushes(), 0);
    failure
}

#[test]
fn a_no_of_the_remote_is_a_no() {
    let remote = Remote::new();
    remote.mission(|text| text.replace("git.push(commit)", "git.push(commit) retry 1"));
    remote.hook(
        "pre-receive",
        "echo x >> asked; echo 'not on Fridays' >&2; exit 1",
    );
    let failure = refused(&remote, "push-rejected");
    assert_eq!(
        failure["message"],
        "`origin` did not take `BRANCH`: pre-receive hook declined."
            .replace("BRANCH", failure["detail"]["branch"].as_str().unwrap())
    );
    let asked = std::fs::read_to_string(remote.dir().join("asked")).unwrap();
    assert_eq!(asked.lines().count(), 2);
    remote.heal();
    assert_eq!(remote.resume(0)["outcome"], "succeeded");
}

#[test]
fn a_branch_that_another_has_moved_stays_where_it_is() {
    let remote = Remote::new();
    // Somebody is faster, with a commit of their own.
    let moves = "for a in \"$@\"; do case $a in *:refs/heads/*) r=${a#*:};; esac; done\n\
                 real --git-dir=REMOTE update-ref $r main"
        .replace("REMOTE", remote.dir().to_str().unwrap());
    remote.git(&moves);
    let failure = refused(&remote, "push-rejected");
    assert_eq!(failure["detail"]["why"], "somebody else has moved it");
}

#[test]
fn what_no_remote_may_be_is_refused_before_anything_is_pushed() {
    let remote = Remote::new();
    for url in [
        "ext::sh -c true",
        "http://localhost/a",
        "https://a:b@localhost/a",
    ] {
        remote.sandbox.git(&["config", "remote.origin.url", url]);
        refused(&remote, "remote-refused");
    }
    remote.mission(|text| text.replace("push(commit)", "push(commit, remote: \"orign\")"));
    let failure = refused(&remote, "unknown-remote");
    assert_eq!(
        failure["message"],
        "The repository has no remote `orign` with an address. Did you mean `origin`?"
    );
}

#[test]
fn without_the_authority_nothing_begins() {
    let remote = Remote::new();
    remote.mission(|text| text.replace("    git   push on \"tau/*\"\n", ""));
    assert_eq!(
        remote.apply(3)["blocked"]["missing"][0]["effect"],
        "git push"
    );
    remote.mission(|text| text.replace("push on \"tau/*\"", "push on \"release/*\""));
    assert_eq!(remote.apply(3)["blocked"]["mutations"], 0);
    assert_eq!(remote.pushes(), 0);
}

#[test]
fn without_git_nothing_begins() {
    let remote = Remote::new();
    // What the check needs, and no more.
    let bin = remote.sandbox.outside().join("only");
    std::fs::create_dir(&bin).unwrap();
    for name in ["sh", "grep"] {
        let mut command = remote.sandbox.program("sh");
        command.args(["-c", &format!("command -v {name}")]);
        let found = String::from_utf8(command.output().unwrap().stdout).unwrap();
        std::os::unix::fs::symlink(found.trim(), bin.join(name)).unwrap();
    }
    let mut command = remote.command(&["apply", "ship.tau", "--yes", "--json"]);
    command.env("PATH", &bin);
    let report = crate::remote::run(command).ends(3).json();
    let blocked = &report["blocked"];
    assert_eq!(blocked["kind"], "tool", "{blocked}");
    assert_eq!(blocked["missing"][0]["step"], "push");
    assert_eq!(blocked["missing"][0]["scope"], "git");
}
