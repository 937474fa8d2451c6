//! Files that decide what others run: no wide pattern lets a mission's command or action leave one
//! behind, and its own name does. And what no line grants.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::Sandbox;

/// One of each kind that the book lists, and some at places that are not the usual ones.
const GUARDED: &[&str] = &[
    ".ci/run",
    ".config/nextest.toml",
    ".gitattributes",
    ".github/workflows/ci.yml",
    ".tau/fix.tau",
    "AGENTS.md",
    "CODEOWNERS",
    "Cargo.lock",
    "a/b/conftest.py",
    "a/package.json",
    "a/x.pth",
    "build.rs",
    "c/.vscode/tasks.json",
];

/// A mission whose command runs `script`, and which may write everything and what `named` says.
fn sandbox(script: &str, named: &str) -> Sandbox {
    let mission = format!(
        "mission wide {{
  authority {{
    read  \"**\"
    write \"**\"{named}
    run   \"sh make.sh\"
  }}

  step make = process.run(\"sh make.sh\", writes: [\"**\"]) timeout 1m
}}
"
    );
    Sandbox::repository(&[("make.sh", script), ("wide.tau", &mission)])
}

fn apply(sandbox: &Sandbox, ends: i32) -> Value {
    let arguments = ["apply", "wide.tau", "--yes", "--json"];
    sandbox.tau(&arguments).ends(ends).json()
}

fn script() -> String {
    let lines = GUARDED
        .iter()
        .map(|path| format!("mkdir -p \"$(dirname {path})\"\necho x > {path}\n"));
    lines.collect::<String>() + "echo x > plain.txt\n"
}

#[test]
fn what_a_command_leaves_of_them_is_refused_all_at_once_with_the_lines_that_grant_it() {
    let sandbox = sandbox(&script(), "");
    let before = sandbox.snapshot();
    let result = apply(&sandbox, 3);
    sandbox.assert_untouched(&before);
    let step = &result["steps"][0];
    let refused = step["failure"]["detail"]["refused"].as_array().unwrap();
    let paths: Vec<&str> = refused
        .iter()
        .map(|it| it["scope"].as_str().unwrap())
        .collect();
    assert_eq!(paths, GUARDED, "{result:#}");
    for it in refused {
        let path = it["scope"].as_str().unwrap();
        assert_eq!(it["grant"], format!("write \"{path}\""));
        assert!(
            it["why"]
                .as_str()
                .unwrap()
                .contains("only its own name grants"),
            "{it}"
        );
    }
    // It is evidence of the run, for whoever looks later.
    let run = result["run"].as_str().unwrap();
    let shown = sandbox.tau(&["show", run, "--json"]).ends(0).json();
    let kept = &shown["steps"][0]["failure"]["detail"]["refused"];
    assert_eq!(kept, &step["failure"]["detail"]["refused"], "{shown:#}");
    let shown = sandbox.tau(&["show", run]).ends(0).out;
    for path in GUARDED {
        assert!(
            shown.contains(&format!("    write \"{path}\"\n")),
            "{path}\n{shown}"
        );
    }
}

#[test]
fn named_they_are_taken_over() {
    let names: String = GUARDED.iter().map(|path| format!(", \"{path}\"")).collect();
    let sandbox = sandbox(&script(), &names);
    let result = apply(&sandbox, 0);
    let run = result["run"].as_str().unwrap();
    let diff = sandbox.tau(&["diff", run]).ends(0).out;
    for path in GUARDED.iter().chain(&["plain.txt"]) {
        assert!(diff.contains(&format!("+++ b/{path}\n")), "{path}\n{diff}");
    }
}

#[test]
fn a_blocked_command_goes_on_when_the_line_is_added() {
    let sandbox = sandbox("echo x > Cargo.lock\n", "");
    let run = apply(&sandbox, 3)["run"].as_str().unwrap().to_owned();
    let granted = sandbox
        .read("wide.tau")
        .replace("\"**\"\n    run", "\"**\", \"Cargo.lock\"\n    run");
    sandbox.write("wide.tau", granted);
    let _ = sandbox.tau(&["resume", &run]).ends(0);
    let diff = sandbox.tau(&["diff", &run]).ends(0).out;
    assert!(diff.contains("+++ b/Cargo.lock"), "{diff}");
}

#[test]
fn an_action_whose_path_is_only_known_when_it_runs_is_refused_then() {
    let mission = |named: &str| {
        format!(
            "mission late {{
  authority {{
    read  \"**\"
    write \"**\"{named}
    run   \"cat name\"
  }}

  step name = process.run(\"cat name\")
  step edit = fs.write(name.output, text: \"x\")
}}
"
        )
    };
    let sandbox = Sandbox::repository(&[("name", "a/go.sum"), ("late.tau", &mission(""))]);
    let arguments = ["apply", "late.tau", "--yes", "--json"];
    let plan = sandbox.tau(&["plan", "late.tau"]).ends(0).out;
    assert!(plan.contains("write name.output"), "{plan}");
    let result = sandbox.tau(&arguments).ends(3).json();
    assert_eq!(
        result["blocked"]["missing"][0]["grant"], "write \"a/go.sum\"",
        "{result:#}"
    );
    sandbox.write("late.tau", mission(", \"a/go.sum\""));
    let _ = sandbox.tau(&arguments).ends(0);
}

/// What no line grants, and what the message says about it.
const NEVER: &[(&str, &str)] = &[
    ("ln -s ../outside link", "`link` would lead to `../outside`"),
    (
        "ln -s /etc/passwd link",
        "`link` would lead to `/etc/passwd`",
    ),
    (
        "ln -s .git/config link",
        "`link` would lead to `.git/config`",
    ),
    ("mkfifo pipe", "`pipe` is a pipe"),
    (
        "truncate -s 2000000 sparse",
        "`sparse` is larger than what is written in it",
    ),
    (
        "truncate -s 200000000 large",
        "`large` is larger than 100 MB",
    ),
    (
        "mkdir -p a/.GIT && echo x > a/.GIT/config",
        "`a/.GIT` has a name that git keeps",
    ),
];

#[test]
fn what_no_line_grants() {
    for (script, says) in NEVER {
        let sandbox = sandbox(&format!("{script}\n"), "");
        let result = apply(&sandbox, 1);
        let said = result["steps"][0]["failure"]["message"].as_str().unwrap();
        assert!(said.contains(says), "{script}: {said}");
    }
}

#[test]
fn what_looks_like_it_is_taken_over() {
    let script = "ln -s make.sh link\nhead -c 2000000 /dev/zero > full\nmkdir -p a/.git && echo x > a/.git/config\n";
    let sandbox = sandbox(script, "");
    let result = apply(&sandbox, 0);
    let run = result["run"].as_str().unwrap();
    let diff = sandbox.tau(&["diff", run]).ends(0).out;
    assert!(diff.contains("link") && diff.contains("full"), "{diff}");
    assert!(!diff.contains(".git/config"), "{diff}");
}
