//! What an operator's policies take away, from where, and how it is told.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::fs;

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox, step, texts};

/// It writes one file that its text names, and one that another file does.
const NOTES: &str = r#"mission notes {
  authority {
    read  "**"
    write "**"
    time  1h
  }

  step a    = fs.write("notes/a.md", text: "a")
  step name = fs.read("name.txt")
  step b    = fs.write(name.text | trim, text: "b") after a

  output text = name.text
}
"#;

fn notes(name: &str) -> Sandbox {
    let sandbox = Sandbox::repository(&[("name.txt", name), ("secret.md", "s\n")]);
    sandbox.write("notes.tau", NOTES);
    sandbox
}

fn apply(sandbox: &Sandbox, more: &[&str]) -> Done {
    let arguments = ["apply", "notes.tau", "--yes", "--json"];
    sandbox.tau(&[&arguments, more].concat())
}

/// The user's policy.
fn of_user(sandbox: &Sandbox, name: &str, text: &str) -> String {
    let folder = sandbox.outside().join("home/.config/tau");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[track_caller]
fn missing(report: &Value) -> &Value {
    assert_eq!(report["outcome"], "blocked", "{report:#}");
    &report["blocked"]["missing"][0]
}

#[test]
fn a_policy_blocks_before_anything_is_touched() {
    let sandbox = notes("notes/b.md\n");
    sandbox.write("strict.tau", "policy {\n  deny write \"notes/a*\"\n}\n");
    let before = sandbox.snapshot();
    let report = apply(&sandbox, &["--policy", "strict.tau"]).ends(3).json();
    sandbox.assert_untouched(&before);
    assert_eq!(report["blocked"]["code"], "authority-denied");
    assert_eq!(report["blocked"]["mutations"], 0);
    assert_eq!(report["steps"], json!([]));
    let item = missing(&report);
    assert_eq!(item["step"], "a");
    assert_eq!(item["limited_by"], "policy");
    assert_eq!(item["limited_at"], "strict.tau:2:3");
    // No line of the mission would help.
    assert_eq!(item["grant"], Value::Null);
    assert_eq!(
        report["blocked"]["message"],
        "Step `a` needs to write `notes/a.md`, which policy `strict.tau:2:3` denies."
    );
    apply(&sandbox, &[]).ends(0);
}

#[test]
fn what_a_policy_does_not_mention_is_not_limited_and_what_it_grants_is_all_there_is() {
    let sandbox = notes("notes/b.md\n");
    for (policy, code) in [
        ("policy { }\n", 0),
        ("policy {\n  deny net \"*\"\n}\n", 0),
        ("policy {\n  write \"notes/**\"\n}\n", 0),
        (
            "policy {\n  write \"notes/**\"\n  deny write \"notes/c.md\"\n}\n",
            0,
        ),
        ("policy {\n  read \"*.txt\", \"notes/**\"\n}\n", 0),
        ("policy {\n  read \"*.md\"\n}\n", 3),
        ("policy {\n  write \"docs/**\"\n}\n", 3),
    ] {
        sandbox.write("p.tau", policy);
        let done = apply(&sandbox, &["--policy", "p.tau"]);
        assert_eq!(done.code, code, "{policy}\n{done:?}");
        if code == 3 {
            let report = done.json();
            assert_eq!(missing(&report)["limited_by"], "policy");
            assert_eq!(missing(&report)["limited_at"], "p.tau:2:3");
        }
    }
}

#[test]
fn what_is_known_only_when_it_runs_is_refused_then() {
    let sandbox = notes("docs/b.md\n");
    sandbox.write("p.tau", "policy {\n  write \"notes/**\"\n}\n");
    let report = apply(&sandbox, &["--policy", "p.tau"]).ends(3).json();
    let item = missing(&report);
    assert_eq!(
        (&item["step"], &item["scope"]),
        (&json!("b"), &json!("docs/b.md"))
    );
    assert_eq!(item["limited_by"], "policy");
    assert_eq!(item["limited_at"], "p.tau:2:3");
    assert_eq!(
        report["blocked"]["message"],
        "Step `b` needs to write `docs/b.md`, which policy `p.tau:2:3` does not grant."
    );
    assert_eq!(step(&report, "a")["state"], "succeeded");
}

#[test]
fn all_that_are_there_hold() {
    let sandbox = notes("notes/b.md\n");
    let user = of_user(
        &sandbox,
        "policy.tau",
        "policy {\n  deny write \"notes/a.md\"\n}\n",
    );
    let report = apply(&sandbox, &[]).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], format!("{user}:2:3"));
    // One that would let it pass gives nothing back.
    sandbox.write("wide.tau", "policy {\n  read \"**\"\n  write \"**\"\n}\n");
    let report = apply(&sandbox, &["--policy", "wide.tau"]).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], format!("{user}:2:3"));
    // Each spelling is one of its own.
    fs::remove_file(&user).unwrap();
    let yaml = "tau: 1\npolicy:\n  deny: { write: [notes/a.md] }\n";
    let user = of_user(&sandbox, "policy.yaml", yaml);
    let report = apply(&sandbox, &[]).ends(3).json();
    let at = missing(&report)["limited_at"].as_str().unwrap();
    assert!(at.starts_with(&user), "{at}");
}

#[test]
fn no_variable_takes_a_policy_away() {
    let sandbox = notes("notes/b.md\n");
    of_user(
        &sandbox,
        "policy.tau",
        "policy {\n  deny write \"notes/a.md\"\n}\n",
    );
    let elsewhere = sandbox.outside().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut command = sandbox.command(&["apply", "notes.tau", "--yes", "--json"]);
    let output = command.env("XDG_CONFIG_HOME", &elsewhere).output().unwrap();
    Done::from(output).ends(3);
    // It adds one.
    fs::remove_dir_all(sandbox.outside().join("home/.config")).unwrap();
    fs::create_dir(elsewhere.join("tau")).unwrap();
    fs::write(
        elsewhere.join("tau/policy.tau"),
        "policy {\n  deny write \"**\"\n}\n",
    )
    .unwrap();
    let mut command = sandbox.command(&["apply", "notes.tau", "--yes", "--json"]);
    let output = command.env("XDG_CONFIG_HOME", &elsewhere).output().unwrap();
    Done::from(output).ends(3);
    apply(&sandbox, &[]).ends(0);
}

#[test]
fn a_broken_policy_starts_nothing() {
    let sandbox = notes("notes/b.md\n");
    for (text, says) in [
        ("policy {\n  raed \"**\"\n}\n", "an effect such as"),
        ("policy {\n  deny time 5m\n}\n", "no policy can say this"),
        ("mission m {\n  let a = 1\n}\n", "has no policy"),
        ("", "this file has no mission"),
    ] {
        sandbox.write("p.tau", text);
        for arguments in [
            vec!["apply", "notes.tau", "--yes", "--policy", "p.tau"],
            vec!["plan", "notes.tau", "--policy", "p.tau"],
        ] {
            let done = sandbox.tau(&arguments).ends(2);
            assert!(done.err.contains(says), "{text}\n{}", done.err);
            assert!(done.out.is_empty(), "{}", done.out);
        }
    }
    let user = of_user(&sandbox, "policy.tau", "policy {\n  write\n}\n");
    apply(&sandbox, &[]).ends(2);
    // Neither is one passed over that cannot be read at all.
    fs::remove_file(&user).unwrap();
    std::os::unix::fs::symlink("nowhere", &user).unwrap();
    let done = apply(&sandbox, &[]).ends(2);
    assert!(done.err.contains("cannot read policy"), "{}", done.err);
    assert!(sandbox.tau(&["runs", "--json"]).ends(0).json()["runs"] == json!([]));
}

/// It is taken from the commit that the run starts from: what a checkout or a mission does to it is
/// no matter.
#[test]
fn a_repository_has_a_policy_that_no_step_changes() {
    let sandbox = notes(".tau/policy.tau\n");
    sandbox.write(".tau/policy.tau", "policy {\n  deny write \"docs/**\"\n}\n");
    sandbox.commit("a policy");
    let report = apply(&sandbox, &[]).ends(3).json();
    let item = missing(&report);
    assert_eq!(
        (&item["step"], &item["limited_by"]),
        (&json!("b"), &json!("policy"))
    );
    assert_eq!(
        report["blocked"]["message"],
        "Step `b` needs to write `.tau/policy.tau`, which policy `.tau/policy.tau:1:1` keeps as it is."
    );
    sandbox.write(".tau/policy.tau", "policy { }\n");
    sandbox.write("name.txt", "docs/b.md\n");
    sandbox.git(&["commit", "--quiet", "--message", "a name", "name.txt"]);
    let report = apply(&sandbox, &[]).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], ".tau/policy.tau:2:3");
    // A link would be whatever it leads to.
    fs::remove_file(sandbox.path().join(".tau/policy.tau")).unwrap();
    std::os::unix::fs::symlink("../name.txt", sandbox.path().join(".tau/policy.tau")).unwrap();
    sandbox.commit("a link");
    let done = apply(&sandbox, &[]).ends(2);
    assert!(done.err.contains("it is no regular file"), "{}", done.err);
}

#[test]
fn a_plan_names_what_limits_what() {
    let sandbox = notes("notes/b.md\n");
    let policy = "policy {\n  write \"notes/**\"\n  deny write \"notes/a.md\"\n  time 5m\n}\n";
    sandbox.write("p.tau", policy);
    let arguments = ["plan", "notes.tau", "--policy", "p.tau"];
    let plan = sandbox
        .tau(&[&arguments[..], &["--json"]].concat())
        .ends(0)
        .json();
    assert_eq!(plan["authority"]["policies"], json!(["p.tau"]));
    // What a policy refuses is needed all the same.
    assert_eq!(plan["authority"]["unused"], json!([]));
    let limited = &plan["authority"]["limited"];
    assert_eq!(
        texts(limited, "line"),
        ["write \"**\"", "write \"**\"", "time 1h"]
    );
    assert_eq!(
        texts(limited, "policy"),
        ["p.tau:3:3", "p.tau:2:3", "p.tau:4:3"]
    );
    assert_eq!(limited[0]["by"], json!(["deny write \"notes/a.md\""]));
    let needed = plan["authority"]["needed"].as_array().unwrap();
    let a = needed
        .iter()
        .find(|need| need["scope"] == "notes/a.md" && need["effect"] == "write")
        .unwrap();
    assert_eq!(a["status"], "missing");
    assert_eq!(a["limited_by"], "policy");
    assert_eq!(a["limited_at"], "p.tau:3:3");
    assert_eq!(plan["blocked"]["missing"][0]["limited_by"], "policy");
    let shown = sandbox.tau(&arguments).ends(0).out;
    let limited = "\nlimited by policy\n  write \"**\"  deny write \"notes/a.md\"  at p.tau:3:3\n";
    assert!(shown.contains(limited), "{shown}");
    // Without one there is nothing to say of it.
    let shown = sandbox.tau(&["plan", "notes.tau"]).ends(0).out;
    assert!(!shown.contains("policy"), "{shown}");
}

#[test]
fn a_saved_plan_keeps_its_policy_and_may_get_more() {
    let sandbox = notes("notes/b.md\n");
    sandbox.write("p.tau", "policy {\n  deny write \"notes/a.md\"\n}\n");
    let save = [
        "plan",
        "notes.tau",
        "--policy",
        "p.tau",
        "--out",
        "notes.plan",
    ];
    sandbox.tau(&save).ends(0);
    fs::remove_file(sandbox.path().join("p.tau")).unwrap();
    let run = ["apply", "notes.plan", "--yes", "--json"];
    let report = sandbox.tau(&run).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], "p.tau:2:3");
    sandbox
        .tau(&["plan", "notes.tau", "--out", "free.plan"])
        .ends(0);
    sandbox.write("q.tau", "policy {\n  deny write \"notes/b.md\"\n}\n");
    let run = ["apply", "free.plan", "--yes", "--json", "--policy", "q.tau"];
    let report = sandbox.tau(&run).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], "q.tau:2:3");
}

/// It waits behind what it has read and written.
const GATED: &str = r#"mission gated {
  authority {
    read  "**"
    write "notes/**"
    run   "sh -c *"
  }

  step name  = fs.read("name.txt")
  step other = fs.read(name.text | trim) after name
  step all   = fs.glob("notes/*")
  step gate  = human.approve("Go on with {{ other.text }}?")
  step out   = fs.write("notes/out.md", text: other.text) after gate
}
"#;

#[test]
fn a_policy_that_became_narrower_narrows_the_rest_of_the_run() {
    let sandbox = notes("secret.md\n");
    sandbox.write("notes.tau", GATED);
    sandbox.write("p.tau", "policy {\n  deny net \"*\"\n}\n");
    apply(&sandbox, &["--policy", "p.tau"]).ends(6);
    sandbox.tau(&["approve", "@"]).ends(0);
    // The gate was passed with what the policy now keeps from it.
    sandbox.write("p.tau", "policy {\n  deny read \"secret.md\"\n}\n");
    let report = sandbox.tau(&["resume", "@", "--json"]).ends(3).json();
    let item = missing(&report);
    assert_eq!(
        (&item["step"], &item["limited_by"]),
        (&json!("other"), &json!("policy"))
    );
    assert_eq!(item["limited_at"], "p.tau:2:3");
    assert_eq!(
        step(&report, "other")["again"],
        json!(["policy `p.tau:2:3` denies `read secret.md`"])
    );
    // What it does not touch is not done again.
    assert_eq!(step(&report, "name")["again"], Value::Null);
    // A worker goes on with the mission as it was, and with the policy as it is.
    sandbox
        .tau(&["resume", "@", "--as-recorded", "--json"])
        .ends(3);
    // Without the file it holds as it was; taken back, the run goes on from where it stood.
    sandbox.write("p.tau", "policy { }\n");
    let report = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded");
}

#[test]
fn a_policy_of_the_command_line_holds_also_when_its_file_is_gone() {
    let sandbox = notes("secret.md\n");
    sandbox.write("notes.tau", GATED);
    sandbox.write("p.tau", "policy {\n  deny write \"notes/out.md\"\n}\n");
    let user = of_user(
        &sandbox,
        "policy.tau",
        "policy {\n  write \"notes/**\"\n}\n",
    );
    apply(&sandbox, &["--policy", "p.tau"]).ends(3);
    fs::remove_file(sandbox.path().join("p.tau")).unwrap();
    let report = sandbox.tau(&["resume", "@", "--json"]).ends(3).json();
    assert_eq!(missing(&report)["limited_at"], "p.tau:2:3");
    // The machine's is no part of the run: it is what it is now.
    fs::write(&user, "policy {\n  raed \"**\"\n}\n").unwrap();
    sandbox.tau(&["resume", "@", "--json"]).ends(2);
}

#[test]
fn a_called_mission_is_under_it_too() {
    let sandbox = notes("notes/b.md\n");
    let text = "mission inner {\n  authority {\n    read \"**\"\n    write \"**\"\n  }\n\n  \
                step a = fs.write(\"docs/a.md\", text: \"a\")\n}\n\n\
                mission outer {\n  authority {\n    read \"**\"\n    write \"**\"\n  }\n\n  step i = inner()\n}\n";
    sandbox.write("notes.tau", text);
    sandbox.write("p.tau", "policy {\n  deny write \"docs/**\"\n}\n");
    let more = ["--mission", "outer", "--policy", "p.tau"];
    let report = apply(&sandbox, &more).ends(3).json();
    assert_eq!(missing(&report)["step"], "i/a");
    assert_eq!(missing(&report)["limited_by"], "policy");
}

/// A variable goes to a process only if every policy lets it.
#[test]
fn variables_are_under_it_too() {
    let sandbox = notes("notes/b.md\n");
    let text = "mission env {\n  authority {\n    run \"sh -c *\"\n    env COLOUR, SHAPE\n    time 1m\n  }\n\n  \
                step a = process.run(\"sh -c 'echo $COLOUR $SHAPE'\")\n\n  output said = a.output\n}\n";
    sandbox.write("notes.tau", text);
    sandbox.write("p.tau", "policy {\n  env COLOUR\n}\n");
    let run = |more: &[&str]| {
        let arguments = ["apply", "notes.tau", "--yes", "--json"];
        let mut command = sandbox.command(&[&arguments, more].concat());
        let output = command.env("COLOUR", "red").env("SHAPE", "round").output();
        let report = Done::from(output.unwrap()).ends(0).json();
        report["outputs"]["said"]
            .as_str()
            .unwrap()
            .trim()
            .to_owned()
    };
    assert_eq!(run(&[]), "red round");
    assert_eq!(run(&["--policy", "p.tau"]), "red");
}

#[test]
fn a_policy_is_linted_formatted_and_converted() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "policy.tau",
        "# Ours.\npolicy {\n  write  \"src/**\"\n deny write \"src/gen/**\"\n}\n",
    );
    sandbox.tau(&["fmt", "policy.tau"]).ends(0);
    let text = "# Ours.\npolicy {\n  write \"src/**\"\n  deny  write \"src/gen/**\"\n}\n";
    assert_eq!(sandbox.read("policy.tau"), text);
    sandbox.tau(&["lint", "policy.tau"]).ends(0);
    let yaml = sandbox
        .tau(&["convert", "policy.tau", "--to", "yaml"])
        .ends(0)
        .out;
    assert_eq!(
        yaml,
        "# Ours.\ntau: 1\npolicy:\n  write: [src/**]\n  deny: { write: [src/gen/**] }\n"
    );
    sandbox.write("back.yaml", &yaml);
    let back = sandbox
        .tau(&["convert", "back.yaml", "--to", "tau"])
        .ends(0)
        .out;
    assert_eq!(back, text);
    sandbox.write("policy.tau", "policy {\n  run check\n}\n");
    let done = sandbox.tau(&["lint", "policy.tau"]).ends(1);
    assert!(done.out.contains("policy-invalid"), "{}", done.out);
}

#[test]
fn a_policy_is_shown_and_is_no_mission() {
    let sandbox = notes("notes/b.md\n");
    sandbox.write(
        "p.tau",
        "policy {\n  deny write \"docs/**\"\n  time 5m\n}\n",
    );
    let shown = sandbox.tau(&["authority", "p.tau"]).ends(0).out;
    assert!(shown.contains("deny write \"docs/**\""), "{shown}");
    let told = sandbox
        .tau(&["authority", "p.tau", "--json"])
        .ends(0)
        .json();
    assert_eq!(texts(&told["policy"], "at"), ["p.tau:2:3", "p.tau:3:3"]);
    let done = sandbox.tau(&["apply", "p.tau", "--yes"]).ends(2);
    assert!(done.err.contains("--policy p.tau"), "{}", done.err);
}

/// A test of a mission starts what the mission starts.
#[test]
fn tests_are_under_the_machines_policies() {
    let sandbox = notes("notes/b.md\n");
    let test = "\ntest \"it writes\" {\n  run notes()\n  files { \"name.txt\": \"notes/b.md\" }\n  \
                expect outcome == \"succeeded\"\n}\n";
    sandbox.write("notes.tau", format!("{NOTES}{test}"));
    sandbox.tau(&["test", "notes.tau"]).ends(0);
    of_user(
        &sandbox,
        "policy.tau",
        "policy {\n  deny write \"notes/**\"\n}\n",
    );
    sandbox.tau(&["test", "notes.tau"]).ends(1);
}

#[test]
fn the_shortest_time_holds() {
    let sandbox = notes("notes/b.md\n");
    let text = "mission slow {\n  authority {\n    run \"sleep *\"\n    time 1h\n  }\n\n  \
                step a = process.run(\"sleep 600\")\n}\n";
    sandbox.write("notes.tau", text);
    sandbox.write("p.tau", "policy {\n  time 100ms\n}\n");
    let plan = ["plan", "notes.tau", "--policy", "p.tau", "--json"];
    let plan = sandbox.tau(&plan).ends(0).json();
    let time = &plan["worst_case"]["time"];
    assert_eq!(
        (&time["bound_ms"], &time["by"]),
        (&json!(100), &json!("policy"))
    );
    let report = apply(&sandbox, &["--policy", "p.tau"]).ends(3).json();
    assert_eq!(report["blocked"]["kind"], "budget");
    let message = report["blocked"]["message"].as_str().unwrap();
    let says = "The time that policy `p.tau:2:3` gives a run is used up.";
    assert!(message.starts_with(says), "{message}");
}
