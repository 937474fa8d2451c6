//! The network of an agent: the hosts that its mission grants, and no other.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use tau_tests::{skip, skip_without, step};

use super::{mission, with_agent};

/// A host that answers `reached`: where it is, and a word for each request.
fn host() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let (told, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                line.clear();
            }
            // The test may be over.
            let _ = told.send(());
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nreached";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (at, requests)
}

/// What it is told by the two hosts it says, and it tries both also past the proxy.
const AGENT: &str = r#"#!/usr/bin/env python3
import socket, sys, urllib.request

def get(at):
    try:
        return urllib.request.urlopen("http://" + at + "/", timeout=20).read().decode()
    except urllib.error.HTTPError as error:
        return str(error.code)

def past(at):
    host, port = at.split(":")
    try:
        socket.create_connection((host, int(port)), 5)
        return "reached"
    except OSError:
        return "missed"

open("src/a.txt", "w").write("fixed\n")
for at in ("GRANTED", "OTHER"):
    print(get(at), past(at))
"#;

#[test]
fn an_agent_reaches_the_host_that_it_is_granted_and_no_other() {
    let name = "an_agent_reaches_the_host_that_it_is_granted_and_no_other";
    if skip_without("python3", name) {
        return;
    }
    let ((granted, heard), (other, unheard)) = (host(), host());
    let agent = AGENT.replace("GRANTED", &granted).replace("OTHER", &other);
    let sandbox = with_agent(&agent);
    sandbox.write("fix.tau", mission(&format!("net \"{granted}\""), ""));
    let arguments = ["apply", "fix.tau", "--yes", "--json", "--box", "full"];
    let result = sandbox.tau(&arguments).json();
    if result["blocked"]["code"] == "box-missing" {
        skip(name, "a box `full`");
        return;
    }
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    let said = step(&result, "edit#1")["result"]["said"].as_str().unwrap();
    assert_eq!(said, "reached missed\n403 missed\n");
    assert_eq!(heard.try_iter().count(), 1);
    assert_eq!(unheard.try_iter().count(), 0);
    // What it asked for and did not get is in the record, with the line that would grant it.
    let run = result["run"].as_str().unwrap();
    let journal = sandbox.state().join("runs").join(run).join("journal.jsonl");
    let journal = std::fs::read_to_string(journal).unwrap();
    assert!(
        journal.contains(&format!("net \\\"{other}\\\"")),
        "{journal}"
    );
}
