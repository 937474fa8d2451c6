//! What `tau resume` makes of a run that ended, and of a world that has changed since.

use std::fs;

use serde_json::{Value, json};

use tau_tests::Done;

use crate::held::Held;
use crate::kills::undisturbed;
use crate::reference::{Reference, ending, nothing_was_repeated, records, started};

#[test]
fn a_failed_run_goes_on_when_the_world_was_mended() {
    let reference = Reference::new();
    let broken = reference.gates().join("broken");
    fs::write(&broken, "").unwrap();
    let done: Done = reference.apply(&["--json"]).output().unwrap().into();
    let report = done.ends(1).json();
    let reason = report["reason"].as_str().unwrap();
    assert!(reason.starts_with("step `flaky`: "), "{reason}");
    let before = reference.starts();

    fs::remove_file(&broken).unwrap();
    let report = reference.resume();
    assert_eq!(ending(&report), *undisturbed());
    let mut expected = before;
    *expected.entry("flaky".to_owned()).or_default() += 1;
    *expected.entry("check".to_owned()).or_default() += 7;
    assert_eq!(reference.starts(), expected);
}

#[test]
fn a_running_run_is_refused() {
    let reference = Reference::new();
    let held = Held::at(&reference, "check-1");
    let done = reference.tau(&["resume", "@"]).ends(3);
    assert!(
        done.err.contains("is being run by another process"),
        "{done:?}"
    );
    assert!(done.err.contains("tau logs "), "{done:?}");
    held.kill(&reference);
    assert_eq!(ending(&reference.resume()), *undisturbed());
}

#[test]
fn two_resumes_at_once_are_one() {
    let reference = Reference::new();
    Held::at(&reference, "check-3").kill(&reference);
    let both = [(); 2].map(|()| {
        let mut resume = reference.command(&["resume", "@", "--json"]);
        resume
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        resume.spawn().unwrap()
    });
    let codes = both.map(|tau| tau.wait_with_output().unwrap().status.code().unwrap());
    assert!(matches!(codes, [0, 0 | 3] | [3, 0]), "{codes:?}");
    assert_eq!(ending(&reference.resume()), *undisturbed());
    nothing_was_repeated(&reference);
}

/// Kills a run, changes its file, and goes on; the steps that were begun then.
fn changed(from: &str, to: &str) -> (Reference, Value, Vec<String>) {
    let reference = Reference::new();
    Held::at(&reference, "check-4").kill(&reference);
    let text = fs::read_to_string(reference.mission()).unwrap();
    assert!(text.contains(from));
    fs::write(reference.mission(), text.replace(from, to)).unwrap();
    let before = records(&reference.journal()).len();
    let done = reference.tau(&["resume", "@", "--json"]).ends(0);
    assert!(done.err.contains("has changed"), "{done:?}");
    let all = records(&reference.journal());
    let begun = started(&all[before..])
        .into_iter()
        .map(str::to_owned)
        .collect();
    (reference, done.json(), begun)
}

#[test]
fn a_changed_file_renews_what_rests_on_the_change() {
    let (reference, report, begun) = changed(
        "fs.edit(\"src/new.txt\", \"old\", \"new\")",
        "fs.edit(\"src/new.txt\", \"old\", \"newer\")",
    );
    for kept in [
        "red", "lost/ran", "more", "bump#2", "green#2", "help/ran", "flaky", "move",
    ] {
        assert!(!begun.contains(&kept.to_owned()), "{kept}: {begun:?}");
    }
    for renewed in ["edit", "last", "proof", "commit"] {
        assert!(begun.contains(&renewed.to_owned()), "{renewed}: {begun:?}");
    }
    let commit = report["commit"].as_str().unwrap();
    let file = format!("{commit}:src/new.txt");
    assert_eq!(reference.sandbox.git(&["show", &file]), "newer\n");
}

#[test]
fn a_change_that_nothing_rests_on_renews_nothing() {
    let (reference, report, begun) = changed("# A mission", "# The mission");
    assert_eq!(ending(&report), *undisturbed());
    assert_eq!(begun, ["last", "proof", "commit"]);
    nothing_was_repeated(&reference);
}

#[test]
fn a_step_that_was_taken_out_leaves_nothing_behind() {
    let (reference, report, begun) = changed(
        "    step more = fs.write(\"notes/more.txt\", \"{{ greeting }}\\n\")\n",
        "",
    );
    assert!(begun.contains(&"bump#1".to_owned()), "{begun:?}");
    let commit = report["commit"].as_str().unwrap();
    let listed = reference
        .sandbox
        .git(&["ls-tree", "--name-only", commit, "notes/"]);
    assert_eq!(listed, "notes/round.txt\n");
}

#[test]
fn what_is_read_is_read_again_when_it_was_written_otherwise() {
    let reference = Reference::new();
    let sandbox = &reference.sandbox;
    let mission = |write: &str| {
        format!(
            "mission m {{\n  authority {{\n    read \"**\"\n    write \"a.txt\"\n    run \"sh wait.sh\"\n    \
             env GATES\n  }}\n{write}  step r = fs.read(\"a.txt\")\n  step w = process.run(\"sh wait.sh\")\n  \
             output text = r.text\n}}\n"
        )
    };
    sandbox.write("a.txt", "base\n");
    sandbox.write(
        "wait.sh",
        "if [ -p $GATES/wait ]; then echo $$ > $GATES/wait; read -r never < $GATES/never; fi\n",
    );
    sandbox.commit("a file to read");
    sandbox.write(
        "m.tau",
        mission("  step c = fs.write(\"a.txt\", \"changed\\n\")\n"),
    );
    let tau = reference.command(&["apply", "m.tau", "--yes", "--box", "none"]);
    Held::start(&reference, "wait", tau).kill(&reference);
    sandbox.write("m.tau", mission(""));
    assert_eq!(reference.resume()["outputs"], json!({ "text": "base\n" }));
}

#[test]
fn a_committed_run_that_failed_may_commit_something_else() {
    let reference = Reference::new();
    let text = fs::read_to_string(reference.mission()).unwrap();
    let failing = text.replace(
        "  output commit",
        "  step late = fs.read(\"absent.txt\") after commit\n\n  output commit",
    );
    fs::write(reference.mission(), failing).unwrap();
    let done: Done = reference.apply(&["--json"]).output().unwrap().into();
    let first = done.ends(1).json();
    assert!(first["commit"].is_string(), "{first}");

    fs::write(
        reference.mission(),
        text.replace("\"old\", \"new\"", "\"old\", \"newer\""),
    )
    .unwrap();
    let report = reference.resume();
    let commit = report["commit"].as_str().unwrap();
    let branch = report["branch"].as_str().unwrap();
    let tip = reference.sandbox.git(&["rev-parse", branch]);
    assert_eq!(tip.trim(), commit);
    assert_eq!(
        reference
            .sandbox
            .git(&["show", &format!("{branch}:src/new.txt")]),
        "newer\n"
    );
}

#[test]
fn a_deleted_file_is_taken_from_the_journal() {
    let reference = Reference::new();
    Held::at(&reference, "bump-1").kill(&reference);
    fs::remove_file(reference.mission()).unwrap();
    assert_eq!(ending(&reference.resume()), *undisturbed());
    nothing_was_repeated(&reference);
}

#[test]
fn a_repository_that_has_gone_blocks_until_it_is_back() {
    let reference = Reference::new();
    Held::at(&reference, "bump-1").kill(&reference);
    let (here, away) = (
        reference.sandbox.path(),
        reference.sandbox.outside().join("away"),
    );
    let run = reference.run_folder();
    let run = run.file_name().unwrap().to_str().unwrap();
    fs::rename(&here, &away).unwrap();
    let mut resume = reference.command(&["resume", run, "--json"]);
    let done: Done = resume.current_dir(&away).output().unwrap().into();
    let report = done.ends(3).json();
    assert_eq!(report["outcome"], "blocked");
    assert_eq!(report["blocked"]["kind"], "intake");
    let message = report["blocked"]["message"].as_str().unwrap();
    assert!(message.contains(here.to_str().unwrap()), "{message}");

    fs::rename(&away, &here).unwrap();
    assert_eq!(ending(&reference.resume()), *undisturbed());
    nothing_was_repeated(&reference);
}
