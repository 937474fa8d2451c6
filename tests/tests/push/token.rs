//! With a token, tau itself logs in: at the remote's host, and nowhere else.

use std::fs;

use serde_json::Value;
use tau_tests::{GitHost, holds, step};

use crate::remote::Remote;

const TOKEN: &str = "ghp_0123456789abcdefghij";
/// `x-access-token:` and the token.
const BASIC: &str = "eC1hY2Nlc3MtdG9rZW46Z2hwXzAxMjM0NTY3ODlhYmNkZWZnaGlq";

/// A remote that is reached over HTTP, and a mission that logs in there.
fn over_http() -> (Remote, GitHost) {
    let remote = Remote::new();
    remote.mission(|text| {
        text.replace("push on \"tau/*\"", "push on \"tau/*\"\n    secret GH")
            .replace("git.push(commit)", "git.push(commit, token: \"GH\")")
    });
    let host = GitHost::new(remote.sandbox.outside(), &format!("Basic {BASIC}"));
    let url = format!("http://{}/remote.git", host.host());
    remote.sandbox.git(&["config", "remote.origin.url", &url]);
    bound(&remote, &host.host());
    (remote, host)
}

/// The secret is for this host.
fn bound(remote: &Remote, host: &str) {
    let config = remote.sandbox.outside().join("home/.config/tau");
    fs::create_dir_all(&config).unwrap();
    let text = format!("[GH]\nenv = \"GH\"\nhost = \"{host}\"\n");
    fs::write(config.join("secrets.toml"), text).unwrap();
}

fn apply(remote: &Remote, token: &str, code: i32) -> Value {
    let mut command = remote.command(&["apply", "ship.tau", "--yes", "--json"]);
    command.env("GH", token);
    crate::remote::run(command).ends(code).json()
}

#[test]
fn the_branch_is_pushed_and_the_token_stands_nowhere() {
    let (remote, host) = over_http();
    let sandbox = &remote.sandbox;
    // What the user's own configuration says would lead elsewhere, and start a program.
    let elsewhere = format!(
        "[http]\n\tproxy = http://127.0.0.1:1\n[credential]\n\thelper = !touch {}/ran;\n",
        sandbox.path().display()
    );
    let own = sandbox.outside().join("home/.gitconfig");
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&own, text + &elsewhere).unwrap();
    let words = sandbox.outside().join("words");
    let tell = format!("echo \"$@\" >> {}; real \"$@\"; exit $?", words.display());
    remote.git_on(&[("push", &tell), ("ls-remote", &tell)]);

    let report = apply(&remote, TOKEN, 0);
    assert_eq!(remote.branch(&report).as_deref(), report["commit"].as_str());
    assert_eq!(remote.pushes(), 1);
    let asked = host.asked();
    assert!(asked.iter().all(|it| it.ends_with(": let in")), "{asked:?}");
    assert!(asked.iter().any(|it| it.contains("git-receive-pack")));
    let words = fs::read_to_string(words).unwrap();
    assert!(words.contains("\npush "), "{words}");
    for secret in [TOKEN, BASIC] {
        assert!(!words.contains(secret), "{words}");
        assert!(!report.to_string().contains(secret));
        assert!(!holds(&sandbox.state(), secret));
    }
    assert!(!sandbox.path().join("ran").exists());
}

#[test]
fn where_the_host_leads_is_not_followed() {
    let (remote, host) = over_http();
    let other = GitHost::new(remote.sandbox.outside(), &format!("Basic {BASIC}"));
    host.leads_to(&format!("http://{}", other.host()));
    let report = apply(&remote, TOKEN, 1);
    let failure = &step(&report, "push")["failure"];
    assert_eq!(failure["code"], "remote-unreachable", "{report:#}");
    assert_eq!(other.asked(), [""; 0]);
    assert_eq!(remote.pushes(), 0);
}

#[test]
fn who_is_not_let_in_is_blocked_and_told_how_to_go_on() {
    let (remote, _host) = over_http();
    let report = apply(&remote, "ghp_another_0123456789", 3);
    let blocked = &report["blocked"];
    assert_eq!(blocked["kind"], "credential", "{report:#}");
    assert_eq!(blocked["code"], "push-credential");
    let branch = report["branch"].as_str().unwrap();
    let by_hand = format!("`git push origin {branch}`");
    let message = blocked["message"].as_str().unwrap();
    assert!(message.contains(&by_hand), "{message}");
    // What is there by then is not made again.
    let sha = report["commit"].as_str().unwrap();
    let there = remote.dir();
    let there = there.to_str().unwrap();
    remote.sandbox.git(&["push", "--quiet", there, branch]);
    let mut command = remote.command(&["resume", "@", "--json"]);
    command.env("GH", TOKEN);
    let report = crate::remote::run(command).ends(0).json();
    assert_eq!(step(&report, "push")["result"]["sha"], sha);
    assert_eq!(remote.pushes(), 1);
}

#[test]
fn the_secret_of_another_host_goes_nowhere() {
    let (remote, host) = over_http();
    bound(&remote, "github.com");
    let report = apply(&remote, TOKEN, 3);
    assert_eq!(report["blocked"]["code"], "secret-other-host", "{report:#}");
    assert_eq!(report["blocked"]["kind"], "credential");
    assert_eq!(host.asked(), [""; 0]);
}

#[test]
fn an_address_without_encryption_gets_no_token() {
    let (remote, _host) = over_http();
    let far = ["config", "remote.origin.url", "http://git.acme.example/a"];
    remote.sandbox.git(&far);
    let report = apply(&remote, TOKEN, 1);
    let failure = &step(&report, "push")["failure"];
    assert_eq!(failure["code"], "remote-refused", "{report:#}");
    assert_eq!(
        failure["message"],
        "The address of `origin` is not encrypted, and a token would be sent there."
    );
}

#[test]
fn without_a_token_a_remote_that_wants_a_login_blocks() {
    let remote = Remote::new();
    let says = "echo \"fatal: could not read Username for 'https://x': terminal prompts disabled\" >&2; exit 128";
    remote.git_on(&[("push", says)]);
    let report = remote.apply(3);
    assert_eq!(report["blocked"]["code"], "push-credential", "{report:#}");
    assert!(report["commit"].is_string());
    remote.heal_git();
    assert_eq!(remote.resume(0)["outcome"], "succeeded");
    assert_eq!(remote.pushes(), 1);
}
