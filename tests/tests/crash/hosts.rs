//! Commands that may reach hosts: nobody knows what one that was cut has done there.

use serde_json::Value;
use tau_tests::step;

use crate::held::Held;
use crate::reference::Reference;

/// A mission with one command, `more` behind it, and authority `over` hosts.
fn reference(over: &str, more: &str) -> Reference {
    Reference::with(&format!(
        r#"mission reference {{
  authority {{
    run "sh tool.sh *"
    env COUNTS, GATES
    {over}
  }}

  step ask = process.run("sh tool.sh word-done"){more}

  output said = ask.output
}}
"#
    ))
}

const HOST: &str = r#"net "example.org""#;

fn killed(reference: &Reference) {
    Held::at(reference, "word-done-1").kill(reference);
}

fn starts(reference: &Reference) -> usize {
    reference.starts()["word-done"]
}

fn resolve(reference: &Reference, what: &str) {
    let done = reference.tau(&["resolve", "@", "ask", what, "--json"]);
    done.ends(0);
}

#[test]
fn a_command_with_hosts_that_was_cut_is_not_begun_again() {
    let reference = reference(HOST, "");
    killed(&reference);
    let report = reference.resume_to(5);
    assert_eq!(report["outcome"], "uncertain", "{report}");
    assert_eq!(step(&report, "ask")["state"], "uncertain");
    assert_eq!(starts(&reference), 1);
    // A person has looked, and it has done nothing.
    resolve(&reference, "not-happened");
    let report: Value = reference.resume();
    assert_eq!(report["outputs"]["said"], "done");
    assert_eq!(starts(&reference), 2);
}

#[test]
fn it_is_begun_again_where_the_step_says_that_it_may_be() {
    let reference = reference(HOST, " retry 1");
    killed(&reference);
    assert_eq!(reference.resume()["outputs"]["said"], "done");
    assert_eq!(starts(&reference), 2);
}

#[test]
fn one_that_reaches_nothing_is_begun_again() {
    let reference = reference("", "");
    killed(&reference);
    assert_eq!(reference.resume()["outputs"]["said"], "done");
    assert_eq!(starts(&reference), 2);
}

#[test]
fn one_that_ended_by_itself_is_certain() {
    let reference = reference(HOST, "");
    assert_eq!(reference.finish()["outputs"]["said"], "done");
    let failing = Reference::with(&format!(
        "mission reference {{\n  authority {{\n    run \"sh tool.sh *\"\n    env COUNTS, GATES\n    {HOST}\n  }}\n\n  step ask = process.run(\"sh tool.sh hopeless\")\n}}\n"
    ));
    let done: tau_tests::Done = failing.apply(&["--json"]).output().unwrap().into();
    assert_eq!(done.ends(1).json()["outcome"], "failed");
}

#[test]
fn an_agent_is_a_command_too() {
    let mission = |over: &str| {
        format!(
            "mission reference {{\n  authority {{\n    read \"**\"\n    write \"out/**\"\n    run \"sh tool.sh *\"\n    env COUNTS, GATES\n    {over}\n  }}\n\n  \
             step ask = agent.run(\"sh tool.sh word-done\", goal: \"\", env: [\"COUNTS\", \"GATES\"])\n}}\n"
        )
    };
    let reference = Reference::with(&mission(HOST));
    killed(&reference);
    let report = reference.resume_to(5);
    assert_eq!(report["outcome"], "uncertain", "{report}");
    assert_eq!(starts(&reference), 1);
    // One that reaches nothing is started again.
    let reference = Reference::with(&mission(""));
    killed(&reference);
    let _ = reference.tau(&["resume", "@", "--json"]);
    assert!(starts(&reference) > 1);
}
