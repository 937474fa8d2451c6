//! The network of a command: exactly the hosts that its mission grants. What is not reached in a box is
//! reached without one, by the same program.

mod attacks;
mod evidence;
mod git;
mod site;
mod work;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

const CLIENT: &str = include_str!("network/client.py");

/// A mission with these grants that runs this program.
fn client(grants: &str, program: &str) -> Sandbox {
    let statements = "  step case = process.run(\"python3 case.py\") timeout 1m\n\n  \
                      output said = case.output";
    mission(grants, statements, program)
}

/// A mission with these grants and statements, and a program that they may run.
fn mission(grants: &str, statements: &str, program: &str) -> Sandbox {
    let grants: String = grants.lines().map(|line| format!("    {line}\n")).collect();
    let mission = format!(
        "mission boxed {{\n  authority {{\n    read \"**\"\n    run  \"python3 *\"\n{grants}  }}\n\n\
         {statements}\n}}\n"
    );
    let program = format!("{CLIENT}\n{program}");
    Sandbox::repository(&[("boxed.tau", &mission), ("case.py", &program)])
}

fn run(sandbox: &Sandbox, tier: &str) -> Done {
    let arguments = ["apply", "boxed.tau", "--yes", "--json", "--box", tier];
    sandbox.tau(&arguments)
}

/// What the step has said, however it ended.
fn said(sandbox: &Sandbox, tier: &str) -> String {
    let report = run(sandbox, tier).json();
    assert_eq!(report["tier"], tier, "{report:#}");
    output(&report["steps"][0])
}

fn output(step: &Value) -> String {
    let output = step["result"]["output"]
        .as_str()
        .or(step["failure"]["detail"]["output"].as_str());
    output.unwrap_or_default().to_owned()
}

/// Whether this machine has what the tests here need. One that is skipped says so.
fn is_ready(test: &str) -> bool {
    !tau_tests::skip_without("python3", test) && super::makes("full", test)
}
