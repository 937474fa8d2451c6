//! What a command may use is granted with it, and what uses more is killed and told so.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::Sandbox;

/// A repository whose mission runs a script with these limits.
fn limited(script: &str, limits: &str) -> Sandbox {
    let mission = format!(
        "mission limited {{
  authority {{
    read \"**\"
    run  \"sh case.sh\" up to {limits}
  }}

  step case = process.run(\"sh case.sh\")

  output said = case.output
}}
"
    );
    Sandbox::repository(&[("case.sh", script), ("limited.tau", &mission)])
}

/// How the step ended, in a box of this tier; none where the machine makes no such box.
fn ended(sandbox: &Sandbox, tier: &str, more: &[&str], test: &str) -> Option<Value> {
    let arguments = ["apply", "limited.tau", "--yes", "--json", "--box", tier];
    let done = sandbox.tau(&[&arguments[..], more].concat());
    let report: Value = serde_json::from_str(&done.out)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", done.out, done.err));
    if report["blocked"]["kind"] == "enforcement" {
        tau_tests::skip(test, &format!("a box `{tier}`: {}", report["reason"]));
        return None;
    }
    Some(report["steps"][0].clone())
}

/// Runs a script that uses too much in each box; the code of its failure, and what is told.
fn exceeds(test: &str, script: &str, limits: &str, code: &str, told: &str) {
    for tier in ["full", "bwrap", "landlock"] {
        let Some(step) = ended(&limited(script, limits), tier, &[], test) else {
            continue;
        };
        let failure = &step["failure"];
        assert_eq!(failure["code"], code, "{tier}: {step:#}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains(told), "{tier}: {message}");
    }
}

#[test]
fn time_of_processors() {
    let script = "while :; do :; done\n";
    let told = "took more processor time than a command may";
    exceeds(
        "time_of_processors",
        script,
        "1s cpu",
        "process-limit",
        told,
    );
}

#[test]
fn memory() {
    // All of it is one line, which is kept until it has ended.
    let script = "head -c 400000000 /dev/zero | tail -n 1 | wc -c\n";
    let told = "took more memory than a command may";
    exceeds("memory", script, "50MB memory", "process-limit", told);
}

#[test]
fn processes() {
    let script = "i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i+1)); done; wait\n";
    let told = "started more processes than a command may";
    exceeds("processes", script, "20 processes", "process-limit", told);
}

#[test]
fn the_size_of_a_file() {
    let script = "exec truncate -s 3000000 \"$TMPDIR/big\"\n";
    let told = "wrote a larger file than a command may";
    exceeds(
        "the_size_of_a_file",
        script,
        "1MB file_size",
        "process-limit",
        told,
    );
}

#[test]
fn output() {
    let script = "head -c 100000 /dev/zero\n";
    let told = "wrote more than a command may";
    exceeds("output", script, "64KB output", "process-output", told);
}

#[test]
fn wall_time() {
    exceeds(
        "wall_time",
        "sleep 1000\n",
        "300ms",
        "process-timeout",
        "was not done after",
    );
}

#[test]
fn open_files_and_scratch_have_an_end() {
    let script = "ulimit -n; head -c 3000000 /dev/zero > /tmp/big || echo full; exit 0\n";
    let sandbox = limited(script, "77 open_files, 1MB scratch");
    let test = "open_files_and_scratch_have_an_end";
    if let Some(step) = ended(&sandbox, "full", &[], test) {
        let said = step["result"]["output"].as_str().unwrap();
        assert!(
            said.starts_with("77\n") && said.ends_with("full\n"),
            "{said}"
        );
    }
}

#[test]
fn what_is_within_its_limits_goes_on_as_without() {
    let script = "echo done > \"$TMPDIR/a\" && cat \"$TMPDIR/a\"\n";
    let limits = "1m, 1m cpu, 1GB memory, 500 processes, 100 open_files, 1MB file_size, 1MB output";
    for tier in ["full", "bwrap", "landlock"] {
        let test = "what_is_within_its_limits_goes_on_as_without";
        if let Some(step) = ended(&limited(script, limits), tier, &[], test) {
            assert_eq!(step["result"]["output"], "done\n", "{step:#}");
        }
    }
}

#[test]
fn a_policy_allows_less_than_the_mission() {
    let sandbox = limited("ulimit -n\n", "500 open_files");
    let policy = sandbox.outside().join("policy.tau");
    std::fs::write(&policy, "policy {\n  run \"sh *\" up to 60 open_files\n}\n").unwrap();
    let policy = policy.to_str().unwrap();
    let test = "a_policy_allows_less_than_the_mission";
    if let Some(step) = ended(&sandbox, "full", &["--policy", policy], test) {
        assert_eq!(step["result"]["output"], "60\n", "{step:#}");
    }
    let plan = sandbox
        .tau(&["plan", "limited.tau", "--policy", policy])
        .ends(0);
    assert!(
        plan.out.contains("run \"sh *\" up to 60 open_files"),
        "{}",
        plan.out
    );
}
