use serde_json::json;

use super::*;
use crate::plan::testing::{CALLS, LISTS, LOOPS, PROVE, planned};

fn shown(text: &str, known: Json) -> (Document, String) {
    let (plan, library, map) = planned(text);
    let known = match known {
        Json::Object(known) => known,
        other => panic!("{other}"),
    };
    let document = document(&plan, &Policies::default(), &library.engine, &known, &map);
    let page = terminal(&document);
    (document, page)
}

#[test]
fn a_proof() {
    let patch = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1 @@\n-a\n+b\n";
    let (document, page) = shown(PROVE, json!({"patch": patch, "check": "python3 -m pytest"}));
    insta::assert_snapshot!(page, @r#"
    fix: Apply a given patch and prove that it fixes what the verifier shows.

    inputs
      patch : file     48 bytes
      check : command  python3 -m pytest

    will do
      red     verify.red
      edit    fs.patch      after red: no write before RED
      green   verify.check  after edit: reads the files that it writes
      proof   verify.prove  after red: uses red
                            after green: uses green
      commit  git.commit    after proof: uses proof

    decided by
      tests: python3 -m pytest, each run at most 10m
        no edit may touch tests/**

    may do
      read "**"
      write "src/**"
      run check
      git commit on "tau/*"

    worst case
      5 actions
      1h 30m, if every step takes as long as it may
      `python3` can start any program: it is an interpreter
    "#);
    let json = serde_json::to_string_pretty(&document).unwrap();
    insta::assert_snapshot!(json, @r#"
    {
      "schema": "tau.plan/1",
      "mission": "fix",
      "doc": "Apply a given patch and prove that it fixes what the verifier shows.",
      "inputs": [
        {
          "name": "patch",
          "type": "file",
          "required": true,
          "from": "given",
          "value": "48 bytes"
        },
        {
          "name": "check",
          "type": "command",
          "required": true,
          "from": "given",
          "value": "python3 -m pytest"
        }
      ],
      "authority": {
        "granted": [
          {
            "line": "read \"**\"",
            "at": "test.tau:7:5"
          },
          {
            "line": "write \"src/**\"",
            "at": "test.tau:8:5"
          },
          {
            "line": "run check",
            "at": "test.tau:9:5"
          },
          {
            "line": "git commit on \"tau/*\"",
            "at": "test.tau:10:5"
          }
        ],
        "needed": [
          {
            "effect": "run",
            "scope": "python3 -m pytest",
            "step": "red",
            "at": "test.tau:19:3",
            "status": "granted"
          },
          {
            "effect": "read",
            "scope": "src/a.py",
            "step": "edit",
            "at": "test.tau:20:3",
            "status": "granted"
          },
          {
            "effect": "write",
            "scope": "src/a.py",
            "step": "edit",
            "at": "test.tau:20:3",
            "status": "granted"
          },
          {
            "effect": "run",
            "scope": "python3 -m pytest",
            "step": "green",
            "at": "test.tau:21:3",
            "status": "granted"
          },
          {
            "effect": "run",
            "scope": "python3 -m pytest",
            "step": "proof",
            "at": "test.tau:22:3",
            "status": "granted"
          },
          {
            "effect": "git",
            "verb": "commit",
            "scope": "tau/fix-*",
            "step": "commit",
            "at": "test.tau:23:3",
            "status": "granted"
          }
        ],
        "later": [],
        "unused": []
      },
      "outside": [],
      "verifiers": [
        {
          "name": "tests",
          "command": "python3 -m pytest",
          "protect": [
            "tests/**"
          ],
          "timeout_ms": 600000
        }
      ],
      "steps": [
        {
          "id": "red",
          "kind": "step",
          "action": "verify.red",
          "repeat": "replace",
          "detail": "",
          "waits": []
        },
        {
          "id": "edit",
          "kind": "step",
          "action": "fs.patch",
          "repeat": "replace",
          "detail": "",
          "waits": [
            {
              "step": "red",
              "kind": "gate",
              "reason": "no write before RED"
            }
          ]
        },
        {
          "id": "green",
          "kind": "step",
          "action": "verify.check",
          "repeat": "replace",
          "detail": "",
          "waits": [
            {
              "step": "edit",
              "kind": "effect",
              "reason": "reads the files that it writes"
            }
          ]
        },
        {
          "id": "proof",
          "kind": "step",
          "action": "verify.prove",
          "repeat": "replace",
          "detail": "",
          "waits": [
            {
              "step": "red",
              "kind": "data",
              "reason": "uses red"
            },
            {
              "step": "green",
              "kind": "data",
              "reason": "uses green"
            }
          ]
        },
        {
          "id": "commit",
          "kind": "step",
          "action": "git.commit",
          "repeat": "replace",
          "detail": "",
          "waits": [
            {
              "step": "proof",
              "kind": "data",
              "reason": "uses proof"
            }
          ]
        }
      ],
      "worst_case": {
        "calls": {
          "number": 5,
          "text": "5"
        },
        "time": {
          "bound_ms": 5400000,
          "by": "timeouts",
          "steps_ms": 5400000,
          "depends": [],
          "open": []
        },
        "programs": [
          {
            "command": "python3 -m pytest",
            "program": "python3",
            "anything": "it is an interpreter",
            "steps": [
              "red",
              "green",
              "proof"
            ]
          }
        ]
      }
    }
    "#);
}

#[test]
fn a_proof_without_its_inputs() {
    let (_, page) = shown(PROVE, json!({}));
    insta::assert_snapshot!(page, @r#"
    fix: Apply a given patch and prove that it fixes what the verifier shows.

    inputs
      patch : file     not given; it must be
      check : command  not given; it must be

    will do
      red     verify.red
      edit    fs.patch      after red: no write before RED
      green   verify.check  after edit: reads the files that it writes
      proof   verify.prove  after red: uses red
                            after green: uses green
      commit  git.commit    after proof: uses proof

    decided by
      tests: check
        no edit may touch "tests/**"

    may do
      read "**"
      write "src/**"
      run check
      git commit on "tau/*"

    checked when it runs
      write what edit asks for

    worst case
      5 actions
      1h 30m, if every step takes as long as it may
      `check` may be a program that can start any other
    "#);
}

#[test]
fn loops() {
    let (document, page) = shown(LOOPS, json!({}));
    insta::assert_snapshot!(page, @r#"
    tidy

    inputs
      rounds : int   3  (default)
      strict : bool  false  (default)

    will do
      title  let
      note   fs.write     after title: uses title
      repeat up to rounds until green.passed  after note: reads notes/a.md that it writes
        edit   fs.edit       may fail
        green  verify.check  after edit: reads src/a.rs that it writes
        if green.passed      after green: uses green
          then
            say  fs.write  when strict
          else
            wait  time.sleep
      again  process.run  after repeat in line 18: reads src/a.rs that it writes
                          retry 2 every 10s, timeout 5m
      bye    time.sleep   after note
                          after again

    decided by
      tests: cargo test, each run at most 10m

    from outside
      green (verify.check)  goes into `text` of say

    may do
      read "**"
      write "src/**", "notes/*"
      run "cargo test"
      time 30m

    worst case
      14 actions
      may be stopped after 30m: its steps may take 45m 36s
      `cargo` can start any program: it builds and runs code of the repository
    "#);
    // 1 note, 3 rounds of edit, check and the longer branch, 3 attempts, 1 sleep.
    assert_eq!(
        document.worst_case.cost.calls.number,
        Some(1 + 3 * 3 + 3 + 1)
    );
}

#[test]
fn an_unknown_bound_is_counted_by_its_name() {
    let text = "mission m {
      input n : int
      input k : int
      repeat up to n {
        step a = time.sleep(1s)
        repeat up to k { step b = time.sleep(2s) retry 1 }
      }
      step c = time.sleep(1s)
    }";
    let (document, _) = shown(text, json!({}));
    assert_eq!(document.worst_case.cost.calls.text, "1 + 2 × k × n + n");
    assert_eq!(document.worst_case.cost.calls.number, None);
    assert_eq!(document.worst_case.cost.time.bound_ms, None);
    let (document, _) = shown(text, json!({"n": 3, "k": 2}));
    assert_eq!(
        document.worst_case.cost.calls.number,
        Some(1 + 2 * 2 * 3 + 3)
    );
    let time = &document.worst_case.cost.time;
    assert_eq!(
        (time.bound_ms, time.by),
        (Some(3_000 + 24_000 + 1_000), Some("timeouts"))
    );
}

#[test]
fn calls() {
    let (_, page) = shown(CALLS, json!({}));
    insta::assert_snapshot!(page, @r#"
    outer

    will do
      first mission inner
        made  fs.write
      then mission inner  after first: uses first
        when first.path != "x"
        made  fs.write

    may do
      read "**"
      write "out/**"

    worst case
      2 actions
      it starts nothing that takes long
    "#);
}

#[test]
fn what_is_missing_stands_with_its_steps() {
    let text = "mission m {
      authority {
        write \"src/**\"
        deny write \"src/kept/**\"
        env PATH
        read \"docs/*\"
      }
      step a = fs.write(\"out/a\", \"x\")
      step b = fs.write(\"src/kept/b\", \"x\")
      step c = fs.write(\"src/c\", \"x\")
      step d = inner()
    }
    mission inner {
      authority {
        read  \"src/**\"
        write \"src/**\"
      }
      step e = fs.write(\"src/e\", \"x\")
    }";
    let (document, page) = shown(text, json!({}));
    insta::assert_snapshot!(page, @r#"
    m

    will do
      a  fs.write
      b  fs.write
      c  fs.write
      d mission inner
        e  fs.write

    may do
      write "src/**"
      deny write "src/kept/**"
      env PATH  (nothing needs it)
      read "docs/*"  (nothing needs it)

    not granted
      read "out/a"  for a
      read "src/c"  for c
      read "src/e"  for d/e; the calling mission lacks it
      read "src/kept/b"  for b
      write "out/a"  for a
      write "src/kept/b"  for b; the mission denies it

    worst case
      4 actions
      it starts nothing that takes long
    "#);
    assert_eq!(document.authority.unused, ["env PATH", "read \"docs/*\""]);
}

#[test]
fn values_are_shown_as_far_as_they_may_be() {
    let text = "mission m {
      input token : secret
      input text  : string
      input body  : file
      input wait  : duration = 90s
      input maybe : string?
      step a = time.sleep(wait)
    }";
    let long = "x".repeat(100);
    let (document, page) = shown(
        text,
        json!({"token": "hunter2", "text": format!("\u{1b}[2J{long}"), "body": "secret body"}),
    );
    insta::assert_snapshot!(page, @r#"
    m

    inputs
      token : secret   given
      text : string    \u{1b}[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      body : file      11 bytes
      wait : duration  1m 30s  (default)
      maybe : string?  none

    will do
      a  time.sleep

    worst case
      1 action
      1m 30s, if every step takes as long as it may
    "#);
    let all = serde_json::to_string(&document).unwrap();
    assert!(!all.contains("hunter2") && !all.contains("secret body"));
}

#[test]
fn durations() {
    for (millis, text) in [
        (0, "0s"),
        (250, "250ms"),
        (90_000, "1m 30s"),
        (90_000_000, "1d 1h"),
    ] {
        assert_eq!(duration(millis), text);
    }
}

#[test]
fn lists_and_handlers() {
    let (_, page) = shown(LISTS, json!({"paths": ["d/e", "f"]}));
    insta::assert_snapshot!(page, @r#"
    sort

    inputs
      paths : [path]  ["d/e","f"]
      most : int      5  (default)

    will do
      for path in ["a", "b", "c"] at most 2 at once
        copy  fs.write
      for path in paths up to most at most 3 at once  after for in line 10: writes the files that it reads
        rounds run one after the other, as two of them may write the same file
        moved  fs.move  may fail
        for part in ["x", "y"]  after moved: writes the files that it reads
          log  fs.write
      on failure
        why  fs.write
      finally
        rest  time.sleep

    from outside
      failure  goes into `text` of why

    may do
      read "**"
      write "out/**", "log/*", "why.txt"

    not granted
      write "d/e"  for moved
      write "f"  for moved

    worst case
      11 actions
      1s, if every step takes as long as it may
    "#);
    let (_, page) = shown(LISTS, json!({}));
    let worst = page.split("worst case").nth(1).unwrap();
    insta::assert_snapshot!(worst, @r#"
    20 actions
    1s, if every step takes as long as it may
    "#);
}
