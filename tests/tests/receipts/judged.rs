//! `tau verify`: what holds is confirmed by running it again, and each tampering has its name.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tau_tests::{Done, MEND, Sandbox, mission, mission_with};

/// A run with a commit, its receipt in a file, and the keys to trust.
struct Case {
    sandbox: Sandbox,
    run: Value,
    receipt: PathBuf,
    keys: PathBuf,
}

impl Case {
    fn new() -> Case {
        let sandbox = Sandbox::broken();
        let run = sandbox.apply(&mission(MEND)).ends(0).json();
        Case::of(sandbox, run)
    }

    fn of(sandbox: Sandbox, run: Value) -> Case {
        let [receipt, keys] = ["receipt.jsonl", "keys"].map(|it| sandbox.outside().join(it));
        fs::write(&receipt, sandbox.tau(&["receipt", "@"]).ends(0).out).unwrap();
        fs::write(&keys, sandbox.tau(&["keys"]).ends(0).out).unwrap();
        Case {
            sandbox,
            run,
            receipt,
            keys,
        }
    }

    /// Judges the receipt as a stranger does, who has only the keys.
    fn verify(&self, more: &[&str]) -> Done {
        let (receipt, keys) = (self.receipt.to_str().unwrap(), self.keys.to_str().unwrap());
        let mut arguments = vec!["verify", receipt, "--key", keys, "--json"];
        arguments.extend(more);
        let mut command = self.sandbox.command(&arguments);
        let home = self.sandbox.outside().join("stranger");
        command.env("TAU_HOME", home).output().unwrap().into()
    }

    /// Changes the lines of the receipt.
    fn tamper(&self, change: impl FnOnce(&mut Vec<String>)) {
        let text = fs::read_to_string(&self.receipt).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut lines);
        fs::write(&self.receipt, lines.join("\n")).unwrap();
    }
}

/// The parts that are wrong.
fn wrong(done: &Done) -> Vec<String> {
    let result = done.json();
    let checks = result["checks"].as_array().unwrap();
    let wrong = checks.iter().filter(|it| it["state"] == "wrong");
    wrong
        .map(|it| it["part"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn refused(done: Done, part: &str) -> Value {
    let done = done.ends(1);
    assert_eq!(wrong(&done), [part], "{}", done.out);
    let result = done.json();
    assert_eq!(result["verdict"], "refused");
    assert_eq!(result["ran"], part == "verifier");
    result
}

#[test]
fn what_holds_is_confirmed_and_nothing_is_left_behind() {
    let case = Case::new();
    let before = case.sandbox.snapshot();
    let result = case.verify(&[]).ends(0).json();
    assert_eq!(result["verdict"], "confirmed");
    assert_eq!(result["run"], case.run["run"]);
    let checks = result["checks"].as_array().unwrap();
    let state = |part: &str| {
        let found = checks.iter().find(|it| it["part"] == part);
        found.unwrap_or_else(|| panic!("no {part}"))["state"].clone()
    };
    for part in [
        "signature",
        "statement",
        "repository",
        "subject",
        "authority",
        "verifier",
    ] {
        assert_eq!(state(part), "holds", "{result:#}");
    }
    assert_eq!(state("journal"), "unchecked");
    case.sandbox.assert_untouched(&before);
    let stranger = case.sandbox.outside().join("stranger");
    let left: Vec<_> = fs::read_dir(stranger).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");

    // Who made it also has the journal.
    let own = case.sandbox.tau(&["verify", "@", "--json"]).ends(0).json();
    let checks = own["checks"].as_array().unwrap();
    assert!(
        checks
            .iter()
            .all(|it| it["state"] == "holds" || it["part"] == "policy" || it["part"] == "note"),
        "{own:#}"
    );
}

#[test]
fn papers_alone_are_called_so() {
    let case = Case::new();
    let result = case.verify(&["--no-run"]).ends(0).json();
    assert_eq!(
        (&result["verdict"], &result["ran"]),
        (&"papers".into(), &false.into())
    );
    let told = case.sandbox.tau(&["verify", "@", "--no-run"]).ends(0).out;
    assert!(told.contains("no verifier was run again"), "{told}");
}

#[test]
fn a_change_of_what_was_signed_is_one_of_the_signature() {
    let case = Case::new();
    case.tamper(|lines| {
        let mut line: Value = serde_json::from_str(&lines[1]).unwrap();
        let payload = line["payload"].as_str().unwrap();
        line["payload"] = format!("{}AAAA{}", &payload[..40], &payload[44..]).into();
        lines[1] = line.to_string();
    });
    let result = refused(case.verify(&[]), "signature");
    assert!(
        result
            .to_string()
            .contains("statement 2 is not what was signed"),
        "{result:#}"
    );
}

#[test]
fn keys_that_nobody_trusts_do_not_count() {
    let case = Case::new();
    let other = case
        .sandbox
        .tau(&["receipt", "@", "--keys", "../other"])
        .ends(0)
        .out;
    fs::write(&case.receipt, other).unwrap();
    refused(case.verify(&[]), "key");
}

#[test]
fn a_key_counts_for_its_own_statements_alone() {
    let case = Case::new();
    let folder = case.sandbox.state().join("keys");
    let [runner, verifier] = ["runner.pem", "verifier.pem"].map(|it| folder.join(it));
    let between = folder.join("between");
    fs::rename(&runner, &between).unwrap();
    fs::rename(&verifier, &runner).unwrap();
    fs::rename(&between, &verifier).unwrap();
    let exchanged = folder.to_str().unwrap();
    let receipt = case
        .sandbox
        .tau(&["receipt", "@", "--keys", exchanged])
        .ends(0)
        .out;
    fs::write(&case.receipt, receipt).unwrap();
    let result = refused(case.verify(&[]), "key");
    assert!(
        result.to_string().contains("not trusted as verifier"),
        "{result:#}"
    );
}

#[test]
fn a_statement_that_is_left_out_added_or_exchanged_is_told() {
    let case = Case::new();
    let whole = fs::read_to_string(&case.receipt).unwrap();
    let tampers: [fn(&mut Vec<String>); 4] = [
        |lines| drop(lines.remove(0)),
        |lines| lines.swap(0, 1),
        |lines| lines.insert(0, lines[1].clone()),
        |lines| drop(lines.pop()),
    ];
    for tamper in tampers {
        case.tamper(tamper);
        refused(case.verify(&[]), "statement");
        fs::write(&case.receipt, &whole).unwrap();
    }
    // GREEN of another run of the same repository, by the same keys.
    let again = case.sandbox.apply(&mission(MEND)).ends(0).json();
    assert_ne!(again["run"], case.run["run"]);
    let other = case.sandbox.tau(&["receipt", "@"]).ends(0).out;
    case.tamper(|lines| lines[1] = other.lines().nth(1).unwrap().to_owned());
    refused(case.verify(&[]), "statement");
    fs::write(&case.receipt, "{}\n").unwrap();
    refused(case.verify(&[]), "format");
}

#[test]
fn it_counts_in_its_own_repository_alone() {
    let case = Case::new();
    let other = Sandbox::checked_by("#!/bin/sh\nexit 1\n");
    let other = other.path();
    refused(
        case.verify(&["--repo", other.to_str().unwrap()]),
        "repository",
    );

    // A clone without the run's branch has the base and not the commit.
    let clone = case.sandbox.outside().join("clone");
    let clone = clone.to_str().unwrap();
    case.sandbox.git(&[
        "clone",
        "--quiet",
        "--no-local",
        "--single-branch",
        ".",
        clone,
    ]);
    refused(case.verify(&["--repo", clone]), "subject");
}

#[test]
fn policy_and_level_are_those_of_who_judges() {
    let case = Case::new();
    let policy = case.sandbox.outside().join("policy.tau");
    fs::write(&policy, "policy {\n  deny write \"src/**\"\n}\n").unwrap();
    refused(
        case.verify(&["--policy", policy.to_str().unwrap()]),
        "policy",
    );
    case.verify(&["--no-run", "--level", "tested"]).ends(0);
    let level = case.run["assurance"].as_str().unwrap();
    if level != "proved" {
        refused(case.verify(&["--level", "proved"]), "level");
    }
}

#[test]
fn a_journal_that_was_changed_since_is_told_with_the_place() {
    let case = Case::new();
    let run = case.run["run"].as_str().unwrap();
    let journal = case
        .sandbox
        .state()
        .join("runs")
        .join(run)
        .join("journal.jsonl");
    let whole = fs::read_to_string(&journal).unwrap();
    let mut lines: Vec<&str> = whole.lines().collect();

    // Cut behind a whole record, the chain is whole and the head is another.
    lines.pop();
    fs::write(&journal, lines.join("\n") + "\n").unwrap();
    let done = case.sandbox.tau(&["verify", run, "--json"]).ends(1);
    assert_eq!(wrong(&done), ["journal"], "{}", done.out);
    assert!(done.out.contains("fewer than the"), "{}", done.out);

    let changed = whole.replacen("\"broken\"", "\"braken\"", 1);
    let changed = match changed == whole {
        true => whole.replacen("succeeded", "succaeded", 1),
        false => changed,
    };
    fs::write(&journal, changed).unwrap();
    let done = case.sandbox.tau(&["verify", run, "--json"]).ends(1);
    assert_eq!(wrong(&done), ["journal"], "{}", done.out);
    assert!(done.out.contains("damaged at line"), "{}", done.out);

    // Without a receipt the chain alone is looked at.
    let receipt = journal.with_file_name("receipt.jsonl");
    fs::remove_file(receipt).unwrap();
    let done = case.sandbox.tau(&["verify", run, "--json"]).ends(1);
    assert_eq!(wrong(&done), ["journal"], "{}", done.out);
    fs::write(&journal, whole).unwrap();
    let told = case.sandbox.tau(&["verify", run]).ends(0).out;
    assert!(told.contains("continues the one before it"), "{told}");
}

#[test]
fn a_verdict_that_nobody_else_gets_is_one_of_the_verifier() {
    let sandbox =
        Sandbox::checked_by("#!/bin/sh\ngrep -q fixed src/a.txt && test \"$LUCKY\" = yes\n");
    sandbox.write("fix.tau", mission_with("env LUCKY", MEND));
    let mut apply = sandbox.command(&["apply", "fix.tau", "--yes", "--json"]);
    let done: Done = apply.env("LUCKY", "yes").output().unwrap().into();
    let run = done.ends(0).json();
    let case = Case::of(sandbox, run);
    refused(case.verify(&[]), "verifier");
}

#[test]
fn a_change_that_is_no_text_is_run_again_too() {
    let sandbox = Sandbox::broken();
    sandbox.write_script(
        "make.sh",
        "#!/bin/sh\nprintf 'fixed\\000\\377' > src/a.txt\n",
    );
    sandbox.commit("a maker");
    let text = mission_with(
        "run \"./make.sh\"",
        &MEND.replace(
            r#"fs.edit(path: "src/a.txt", find: "broken", replace: "fixed")"#,
            r#"process.run("./make.sh", writes: ["src/**"])"#,
        ),
    );
    let run = sandbox.apply(&text).ends(0).json();
    let case = Case::of(sandbox, run);
    assert_eq!(case.verify(&[]).ends(0).json()["verdict"], "confirmed");
}

#[test]
fn what_cannot_be_run_here_is_not_confirmed() {
    let case = Case::new();
    let policy = case.sandbox.outside().join("policy.tau");
    // What the run used is allowed; a verifier's run may write nothing.
    fs::write(&policy, "policy {\n  time 1ms\n}\n").unwrap();
    let done = case.verify(&["--policy", policy.to_str().unwrap()]).ends(3);
    assert_eq!(done.json()["verdict"], "papers");
}

/// A mission and one that it calls, each with a verifier of the same name.
const CALLING: &str = r#"use std.{fs, git, verify}

mission style {
  authority {
    read "**"
    run  "./style.sh"
  }

  verifier tests {
    run     "./style.sh"
    protect "tests/**"
  }

  step seen = verify.check(tests)
  output passed = seen.passed
}

mission fix {
  authority {
    read  "**"
    write "src/**"
    run   "./check.sh", "./style.sh"
    git   commit on "tau/*"
  }

  verifier tests {
    run     "./check.sh"
    protect "tests/**"
  }

  step red    = verify.red(tests)
  step edit   = fs.edit(path: "src/a.txt", find: "broken", replace: "fixed")
  step green  = verify.check(tests)
  step proof  = verify.prove(tests, red: red, green: green)
  step style  = style()
  step commit = git.commit(proof, message: "mend it")
  output passed = style.passed
  output commit = commit.sha
}
"#;

#[test]
fn verifiers_of_called_missions_are_run_again_also_under_the_same_name() {
    for (style, passed) in [("exit 0", true), ("exit 1", false)] {
        let sandbox = Sandbox::broken();
        sandbox.write_script("style.sh", &format!("#!/bin/sh\n{style}\n"));
        sandbox.commit("style");
        sandbox.write("fix.tau", CALLING);
        let arguments = ["apply", "fix.tau", "--mission", "fix", "--yes", "--json"];
        let run = sandbox.tau(&arguments).ends(0).json();
        assert_eq!(run["outputs"]["passed"], passed);
        let case = Case::of(sandbox, run);
        let result = case.verify(&[]).ends(0).json();
        let told = part(&result, "verifier");
        let word = if passed { "passes" } else { "fails" };
        assert!(
            told.contains(&format!("`tests` {word} on the commit"))
                && told.contains(
                    "`tests` fails on the base, passes on the commit, fails with the change taken back"
                ),
            "{told}"
        );
    }
}

/// What is said of a part.
fn part(result: &Value, part: &str) -> String {
    let checks = result["checks"].as_array().unwrap();
    let found = checks.iter().find(|it| it["part"] == part).unwrap();
    found["why"].as_str().unwrap().to_owned()
}

#[test]
fn what_bounded_the_commands_bounds_them_again() {
    // It passes only where a process has just so many open files.
    let sandbox =
        Sandbox::checked_by("#!/bin/sh\n[ \"$(ulimit -n)\" = 77 ] && grep -q fixed src/a.txt\n");
    let text = mission(MEND);
    let run = "run   \"./check.sh\"";
    assert!(text.contains(run));
    let limited = text.replace(run, &format!("{run} up to 77 open_files"));
    let run = sandbox.apply(&limited).ends(0).json();
    let result = Case::of(sandbox, run).verify(&[]).ends(0).json();
    assert_eq!(result["verdict"], "confirmed");
}

#[test]
fn what_policies_hid_is_hidden_again() {
    // The check sees a file that a policy keeps from all commands, or does not.
    let sandbox =
        Sandbox::checked_by("#!/bin/sh\n[ ! -e secrets/key ] && grep -q fixed src/a.txt\n");
    sandbox.write("secrets/key", "x");
    sandbox.commit("a secret");
    let policy = sandbox.outside().join("policy.tau");
    fs::write(&policy, "policy {\n  deny read \"secrets/**\"\n}\n").unwrap();
    sandbox.write("fix.tau", mission(MEND));
    let policy = policy.to_str().unwrap();
    let arguments = ["apply", "fix.tau", "--yes", "--json", "--policy", policy];
    let run = sandbox.tau(&arguments).ends(0).json();
    let result = Case::of(sandbox, run).verify(&[]).ends(0).json();
    assert_eq!(result["verdict"], "confirmed", "{result:#}");
}

/// A run that writes the test which decides, and freezes it.
const FREEZING: &str = r#"
mission fix {
  authority {
    read  "**"
    write "src/**", "tests/**"
    run   "sh check.sh"
    env   LUCKY
    git   commit on "tau/*"
  }

  verifier tests {
    run     "sh check.sh"
    protect "check.sh"
  }

  step now    = verify.check(tests)
  step test   = fs.write("tests/new.sh", text: "grep -q fixed src/a.txt || test \"$LUCKY\" = no\n")
  step frozen = verify.freeze(["tests/**"])
  step red    = verify.red(tests, frozen: frozen)
  step edit   = fs.edit(path: "src/a.txt", find: "broken", replace: "fixed")
  step green  = verify.check(tests, frozen: frozen)
  step proof  = verify.prove(tests, red: red, green: green, frozen: frozen)
  step commit = git.commit(proof, message: "mend it")
  output commit = commit.sha
}
"#;

#[test]
fn what_was_frozen_in_a_run_is_red_again_on_its_base_or_refused() {
    let sandbox = Sandbox::repository(&[
        (
            "check.sh",
            "if test -f tests/new.sh; then sh tests/new.sh; fi\n",
        ),
        ("src/a.txt", "broken\n"),
    ]);
    sandbox.write("fix.tau", FREEZING);
    let run = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(0)
        .json();
    let case = Case::of(sandbox, run);
    let result = case.verify(&[]).ends(0).json();
    assert_eq!(
        part(&result, "verifier"),
        "run again, `tests` passes on the base, fails on the base with what was frozen, passes on the commit, fails with the change taken back"
    );
    // Where the test passes without the change, the commit alone would not tell.
    let mut again = case.sandbox.command(&[
        "verify",
        case.receipt.to_str().unwrap(),
        "--key",
        case.keys.to_str().unwrap(),
        "--json",
    ]);
    let done: Done = again.env("LUCKY", "no").output().unwrap().into();
    let result = refused(done, "verifier");
    let why = part(&result, "verifier");
    assert!(why.contains("base"), "{why}");
}
