//! Runs that are killed with SIGKILL, which nobody can do anything about.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::held::{Held, is_alive, send};
use crate::reference::{Reference, ending, nothing_was_repeated};

/// The end of a run that nobody disturbed.
pub(crate) fn undisturbed() -> &'static Value {
    static ENDING: OnceLock<Value> = OnceLock::new();
    ENDING.get_or_init(|| ending(&Reference::new().finish()))
}

/// Kills tau while the command `gate` runs, and goes on.
#[track_caller]
fn killed_at(gate: &str) {
    let reference = Reference::new();
    let command = Held::at(&reference, gate).kill(&reference);
    let report = reference.resume();
    assert!(!is_alive(command), "the command of the killed tau goes on");
    assert_eq!(ending(&report), *undisturbed());
    nothing_was_repeated(&reference);
}

#[test]
fn during_red() {
    killed_at("check-1");
}

#[test]
fn during_a_command_that_has_written_half_a_file() {
    killed_at("bump-1");
}

#[test]
fn during_the_second_round_of_a_loop() {
    killed_at("bump-2");
}

#[test]
fn during_a_check() {
    killed_at("check-2");
}

#[test]
fn during_a_called_mission() {
    killed_at("helper-1");
}

#[test]
fn during_the_second_attempt() {
    killed_at("flaky-2");
}

#[test]
fn during_the_green_of_a_proof() {
    killed_at("check-5");
}

#[test]
fn during_the_taking_back_of_a_proof() {
    killed_at("check-6");
}

/// A command whose child outlives it, in its group (`""`) or in one of its own (`"setsid"`).
#[track_caller]
fn orphan(how: &str) {
    let reference = Reference::new();
    let sandbox = &reference.sandbox;
    let child = format!("{how} sh child.sh &\n");
    sandbox.write("parent.sh", format!("{child} echo $! > /dev/null\nwait\n"));
    sandbox.write(
        "child.sh",
        // It opens what it will wait for before it says that it is there: the gates are taken away
        // then, and only who has them open goes on waiting.
        "if [ -p $GATES/child ]; then exec 3<>$GATES/never; echo $$ > $GATES/child; \
         read -r never <&3; fi\n",
    );
    sandbox.commit("a command with a child");
    let mission = "mission m {\n  authority {\n    read \"**\"\n    run \"sh parent.sh\"\n    \
                   env GATES\n  }\n  step s = process.run(\"sh parent.sh\")\n}\n";
    sandbox.write("m.tau", mission);
    let tau = reference.command(&["apply", "m.tau", "--yes", "--box", "none"]);
    let held = Held::start(&reference, "child", tau);
    let parent = parent(held.command);
    let child = held.kill(&reference);
    send("KILL", parent);
    assert!(is_alive(child));
    reference.resume();
    assert!(!is_alive(child), "the child of a dead command goes on");
}

/// The process that started another.
fn parent(process: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    rest.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn what_a_dead_command_had_started_is_killed() {
    orphan("");
}

#[test]
fn what_has_left_the_commands_group_is_killed() {
    if !tau_tests::skip_without("setsid", "what_has_left_the_commands_group_is_killed") {
        orphan("setsid");
    }
}

#[test]
fn at_moments_that_nobody_chose() {
    for line in (0..60).step_by(5) {
        let reference = Reference::new();
        killed_behind(reference.apply(&["--json-stream"]), |number, _| {
            number == line
        });
        let report = reference.resume();
        assert_eq!(ending(&report), *undisturbed(), "killed behind line {line}");
        nothing_was_repeated(&reference);
    }
}

#[test]
fn again_and_again() {
    let reference = Reference::new();
    let mut command = reference.apply(&["--json-stream"]);
    let mut lives = 1;
    // Each life does one step.
    let new = |_, event: &Value| event["event"] == "step_finished" && event["reused"] == false;
    while killed_behind(command, new) {
        lives += 1;
        command = reference.command(&["resume", "@", "--json-stream"]);
    }
    assert!(lives > 10, "{lives}");
    assert_eq!(ending(&reference.resume()), *undisturbed());
    nothing_was_repeated(&reference);
}

/// Kills tau as soon as it prints a line that `fits`. Returns whether it did.
fn killed_behind(mut command: Command, fits: impl Fn(usize, &Value) -> bool) -> bool {
    let mut tau = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(tau.stdout.take().unwrap()).lines();
    let mut found = false;
    for (number, line) in lines.enumerate() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if fits(number, &event) {
            found = true;
            break;
        }
    }
    // One that has ended already cannot be killed.
    let _ = tau.kill();
    tau.wait().unwrap();
    found
}
