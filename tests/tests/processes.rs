//! What a verifier may do to the machine and to the terminal.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tau_tests::{Done, MEND, Sandbox, mission, step};

/// Makes a pipe in the home folder, which processes can open by name.
fn pipe(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    let path = sandbox.outside().join("home").join(name);
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    path
}

/// Runs a mission whose verifier starts something that writes `survived` into a pipe after a
/// while; gives what came out of the pipe when its last writer was gone.
fn left_behind(script: &str, verifier: &str, code: i32) -> String {
    let sandbox = Sandbox::checked_by(script);
    let path = pipe(&sandbox, "pipe");
    let reader = thread::spawn(move || {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    });
    let text = mission("  step red = verify.red(tests)\n");
    let text = text.replace("protect", &format!("{verifier}\n    protect"));
    let began = Instant::now();
    let _ = sandbox.apply_unboxed(&text).ends(code);
    let text = reader.join().unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "nobody waits for it"
    );
    text
}

/// The script itself opens the pipe, so that it is open when the script has ended.
const OPEN: &str = "#!/bin/sh\nexec 4> \"$HOME/pipe\"\n";

#[test]
fn what_a_verifier_leaves_in_the_background_is_gone() {
    let script = format!("{OPEN}(sleep 30; echo survived >&4) > /dev/null 2>&1 &\nexit 1\n");
    assert_eq!(left_behind(&script, "", 0), "");
}

#[test]
fn what_a_verifier_leaves_with_its_output_open_keeps_nobody_waiting() {
    let script = format!("{OPEN}(trap '' TERM HUP; sleep 30; echo survived >&4) &\nexit 1\n");
    assert_eq!(left_behind(&script, "", 0), "");
}

#[test]
fn a_verifier_that_ignores_every_polite_signal_is_gone_after_its_time() {
    let script = format!(
        "{OPEN}trap '' TERM INT HUP QUIT\n(sleep 30; echo survived >&4) &\nsleep 30\necho survived >&4\n"
    );
    assert_eq!(left_behind(&script, "timeout 300ms", 1), "");
}

#[test]
fn a_verifier_that_closes_its_output_is_waited_for() {
    let script = "#!/bin/sh\nexec >&- 2>&-\ncat \"$HOME/pipe\" > /dev/null\nexit 9\n";
    let sandbox = Sandbox::checked_by(script);
    let path = pipe(&sandbox, "pipe");
    // The verifier goes on when the other side of its pipe has been opened and closed.
    let writer = thread::spawn(move || drop(File::options().write(true).open(path).unwrap()));
    let result = sandbox
        .apply_unboxed(&mission("  step red = verify.red(tests)\n"))
        .ends(0)
        .json();
    writer.join().unwrap();
    assert_eq!(step(&result, "red")["result"]["exit"], 9);
}

#[test]
fn a_verifier_has_no_input_and_no_terminal_to_wait_on() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nread answer && exit 0\nexit 1\n");
    let text = mission("  step red = verify.red(tests)\n");
    sandbox.write("fix.tau", text);
    let done = sandbox
        .pipe(&["apply", "fix.tau", "--yes", "--json"], "an answer\n")
        .ends(0);
    assert_eq!(step(&done.json(), "red")["result"]["exit"], 1);
}

#[test]
fn a_verifier_sees_no_variable_that_it_was_not_given() {
    let script = "#!/bin/sh\nenv | sort\npwd\nexit 1\n";
    let sandbox = Sandbox::checked_by(script);
    let text = mission_with_env();
    sandbox.write("fix.tau", text);
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "--json"]);
    command
        .env("SECRET_TOKEN", "hush")
        .env("ASKED_FOR", "given")
        .env("LD_PRELOAD", "")
        .env("GIT_DIR", "/nowhere")
        .env("PYTHONPATH", "/evil");
    let result = Done::from(command.output().unwrap()).ends(0).json();
    let log = step(&result, "red")["result"]["log"].as_str().unwrap();
    for part in [
        "ASKED_FOR=given\n",
        "MODE=strict\n",
        "TAU_STEP=red\n",
        "PATH=",
    ] {
        assert!(log.contains(part), "no `{part}` in\n{log}");
    }
    for part in ["hush", "LD_PRELOAD", "GIT_DIR=", "PYTHONPATH", "TAU_HOME"] {
        assert!(!log.contains(part), "`{part}` in\n{log}");
    }
}

fn mission_with_env() -> String {
    tau_tests::mission_with("env ASKED_FOR", "  step red = verify.red(tests)\n")
        .replace("protect", "env { MODE: \"strict\" }\n    protect")
}

#[test]
fn a_verifiers_files_are_gone_and_two_runs_share_none() {
    let script = "#!/bin/sh\n[ -e left ] && exit 0\n[ -e \"$CARGO_TARGET_DIR/left\" ] && exit 0\n[ -e \"$TMPDIR/left\" ] && exit 0\nmkdir -p \"$CARGO_TARGET_DIR\"\ntouch left \"$CARGO_TARGET_DIR/left\" \"$TMPDIR/left\"\nchmod 0 left \"$TMPDIR\"\ngrep -q fixed src/a.txt\n";
    let sandbox = Sandbox::checked_by(script);
    let text = mission(MEND).replace("protect", "runs 2\n    protect");
    let result = sandbox.apply(&text).ends(0).json();
    assert_eq!(step(&result, "green")["result"]["runs"], 2);
    assert_eq!(
        sandbox.git(&[
            "show",
            "--format=",
            "--name-only",
            result["commit"].as_str().unwrap()
        ]),
        "src/a.txt\n"
    );
    let run = sandbox
        .state()
        .join("runs")
        .join(result["run"].as_str().unwrap());
    assert_eq!(std::fs::read_dir(run.join("trees")).unwrap().count(), 0);
}

/// What a terminal would obey: clear the screen, set the title, ring, go back, hide, join.
const NASTY: &str = r"#!/bin/sh
printf 'a\033[2J\033]0;owned\007b\rc\010d\302\233e\377\376f\342\200\256g\000h\n'
exit 1
";

/// The characters in a text that a terminal would obey.
fn obeyed(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| {
            (c.is_control() && *c != '\n' && *c != '\t') || ('\u{202a}'..='\u{202e}').contains(c)
        })
        .collect()
}

#[test]
fn what_a_verifier_prints_is_not_obeyed_by_a_terminal() {
    let sandbox = Sandbox::checked_by(NASTY);
    let statements = MEND.replace("message: \"mend it\"", "message: red.log");
    sandbox.write("fix.tau", mission(&statements));
    let apply = sandbox.tau(&["apply", "fix.tau", "--yes"]).ends(1);
    let logs = sandbox.tau(&["logs", "@"]).ends(0);
    let show = sandbox.tau(&["show", "@"]).ends(0);
    for done in [&apply, &logs, &show] {
        assert_eq!(obeyed(&done.out), [], "{done:?}");
        assert_eq!(obeyed(&done.err), [], "{done:?}");
    }
    assert!(
        logs.out.contains("owned"),
        "the text is there: {}",
        logs.out
    );
    // JSON escapes what is below a space, and says what was no text.
    let json = sandbox.tau(&["show", "@", "--json"]).ends(0);
    let log = step(&json.json(), "red")["result"]["log"].clone();
    assert!(log.as_str().unwrap().starts_with("a\u{1b}[2J"), "{log}");
    assert!(log.as_str().unwrap().contains("\u{fffd}"), "{log}");
}

#[test]
fn what_a_repository_says_is_not_obeyed_by_a_terminal() {
    let sandbox = Sandbox::checked_by("#!/bin/sh\nexit 1\n");
    sandbox.git(&["branch", "--move", "main", "m\u{202e}ain"]);
    sandbox.write("src/e\u{1b}[2Jvil.txt", "text\u{1b}[2J\n");
    sandbox.commit("subject\u{1b}[2J");
    let statement = "  step a = fs.glob(pattern: \"src/e*\")\n  step b = fs.edit(path: \"src/a.txt\", find: \"broken\", replace: \"\u{1b}[2J\")\n  step c = git.log(limit: 1)\n  step d = fs.search(text: \"text\")\n  output files = a\n  output log = c\n  output found = d.matches\n";
    sandbox.write("fix.tau", mission(statement));
    let done = sandbox.tau(&["apply", "fix.tau", "--yes"]);
    for done in [
        &done,
        &sandbox.tau(&["show", "@"]),
        &sandbox.tau(&["logs", "@"]),
        &sandbox.tau(&["runs"]),
        &sandbox.tau(&["plan", "fix.tau"]),
        &sandbox.tau(&["lint", "fix.tau"]),
        &sandbox.tau(&["graph", "fix.tau"]),
        &sandbox.tau(&["apply", "fix.tau", "--base", "m\u{1b}[2Jain", "--yes"]),
        &sandbox.tau(&["apply", "no\u{1b}[2J.tau", "--yes"]),
        &sandbox.tau(&["show", "\u{1b}[2J"]),
    ] {
        assert_eq!(obeyed(&done.out), [], "{done:?}");
        assert_eq!(obeyed(&done.err), [], "{done:?}");
    }
    let done = sandbox.tau(&["apply", "fix.tau", "--yes", "--json-stream"]);
    assert_eq!(obeyed(&done.out), [], "JSON escapes: {done:?}");
}

#[test]
fn nobody_reads_what_is_printed() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let mut child = sandbox
        .command(&["apply", "fix.tau", "--yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    // Whatever it says about that, the run itself is brought to its end.
    let status = child.wait().unwrap();
    assert_ne!(status.code(), Some(70));
    let runs = sandbox.tau(&["runs", "--json"]).ends(0).json();
    assert_eq!(runs["runs"][0]["outcome"], "succeeded");
}
