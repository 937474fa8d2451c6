//! A run that is blocked has touched nothing: not the tree, no reference, no host, and it has started
//! nothing. Every line that a mission needs is left out, alone and with each other one.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;

use serde_json::json;
use tau_tests::{MEND, Sandbox};

/// What the mission needs, each line for itself.
const LINES: &[&str] = &[
    "read  \"**\"",
    "write \"src/**\"",
    "run   \"./check.sh\"",
    "run   \"sh started.sh\"",
    "git   commit on \"tau/*\"",
    "net   \"127.0.0.1:PORT\"",
];

/// A mission with all of these lines but some, and steps that begin with what can be seen outside.
fn mission(port: u16, without: &[usize]) -> String {
    let lines = LINES.iter().enumerate();
    let granted = lines.filter(|(number, _)| !without.contains(number));
    let granted: Vec<&str> = granted.map(|(_, line)| *line).collect();
    format!(
        "use std.{{fs, git, http, process, verify}}\n\nmission fix {{\n  authority {{\n    {}\n  }}\n\n  \
         verifier tests {{\n    run \"./check.sh\"\n    protect \"tests/**\"\n  }}\n\n  \
         step told    = http.post(\"http://127.0.0.1:PORT/told\", body: \"x\")\n  \
         step started = process.run(\"sh started.sh\"){MEND}}}\n",
        granted.join("\n    ")
    )
    .replace("PORT", &port.to_string())
}

/// A repository with a program that shows outside that it was started.
fn sandbox() -> Sandbox {
    let sandbox =
        Sandbox::checked_by("#!/bin/sh\necho x > \"$HOME/checked\"\ngrep -q fixed src/a.txt\n");
    sandbox.write("started.sh", "echo x > \"$HOME/started\"\n");
    sandbox.commit("what starts");
    sandbox
}

/// A host that nobody answers for: whoever connects is found waiting.
fn host() -> (TcpListener, u16) {
    let host = TcpListener::bind("127.0.0.1:0").unwrap();
    host.set_nonblocking(true).unwrap();
    let port = host.local_addr().unwrap().port();
    (host, port)
}

#[test]
fn whatever_is_missing() {
    let sandbox = sandbox();
    let (host, port) = host();
    let home = sandbox.outside().join("home");
    let numbers = 0..LINES.len();
    for without in numbers
        .clone()
        .flat_map(|a| numbers.clone().skip(a).map(move |b| [a, b]))
    {
        sandbox.write("fix.tau", mission(port, &without));
        let before = sandbox.snapshot();
        let arguments = ["apply", "fix.tau", "--yes", "--json", "--box", "none"];
        let result = sandbox.tau(&arguments).ends(3).json();
        assert_eq!(result["outcome"], "blocked", "{result:#}");
        assert_eq!(result["blocked"]["mutations"], 0);
        assert_eq!(result["steps"], json!([]));
        sandbox.assert_untouched(&before);
        for name in ["started", "checked"] {
            assert!(!home.join(name).exists(), "without {without:?}: `{name}`");
        }
        let heard = host.accept();
        assert!(heard.is_err(), "without {without:?}: {heard:?}");
    }
}

/// The same mission with all of its lines does touch all of these: what is looked at would show it.
#[test]
fn with_all_lines_it_is_all_touched() {
    let sandbox = sandbox();
    let (host, port) = host();
    sandbox.write("fix.tau", mission(port, &[]));
    let before = sandbox.git(&["for-each-ref"]);
    let arguments = ["apply", "fix.tau", "--yes", "--json", "--box", "none"];
    let told = std::thread::spawn({
        let mut command = sandbox.command(&arguments);
        move || command.output().unwrap()
    });
    let mut stream = loop {
        match host.accept() {
            Ok((stream, _)) => break stream,
            Err(_) if !told.is_finished() => std::thread::yield_now(),
            Err(error) => panic!("{error}: {:?}", told.join()),
        }
    };
    // An answer that comes before what it answers is none.
    stream.set_nonblocking(false).unwrap();
    let mut lines = BufReader::new(&stream).lines();
    while lines.next().unwrap().unwrap() != "" {}
    std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    let done = tau_tests::Done::from(told.join().unwrap()).ends(0);
    assert_eq!(done.json()["outcome"], "succeeded");
    assert_ne!(sandbox.git(&["for-each-ref"]), before);
    for name in ["started", "checked"] {
        assert!(sandbox.outside().join("home").join(name).exists(), "{name}");
    }
}
