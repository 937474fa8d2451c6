//! A mission that succeeds: what it says, and what is in the repository afterwards.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use serde_json::Value;
use tau_tests::{MEND, PATCH, Sandbox, keys, mission, step, texts};

#[test]
fn the_result_has_the_documented_members() {
    let sandbox = Sandbox::broken();
    let base = sandbox.git(&["rev-parse", "HEAD"]);
    let result = sandbox.apply(&mission(MEND)).ends(0).json();
    assert_eq!(
        keys(&result),
        [
            "assurance",
            "base",
            "blocked",
            "branch",
            "commit",
            "mission",
            "next",
            "outcome",
            "outputs",
            "reason",
            "receipt",
            "repo",
            "run",
            "schema",
            "spent",
            "steps",
            "tier"
        ]
    );
    assert_eq!(result["schema"], "tau.run/1");
    assert_eq!(result["mission"], "fix");
    assert_eq!(result["outcome"], "succeeded");
    assert_eq!(result["base"], base.trim());
    assert_eq!(result["assurance"], "tested");
    for nothing in ["reason", "blocked", "next"] {
        assert_eq!(result[nothing], Value::Null, "{nothing}");
    }
    let repo = result["repo"].as_str().unwrap();
    assert_eq!(
        std::fs::canonicalize(repo).unwrap(),
        std::fs::canonicalize(sandbox.path()).unwrap()
    );
    let run = result["run"].as_str().unwrap();
    assert_eq!(result["branch"], format!("tau/fix-{run}"));
    assert_eq!(
        result["outputs"],
        serde_json::json!({ "commit": result["commit"] })
    );

    let spent = &result["spent"];
    assert_eq!(keys(spent), ["model_calls", "seconds", "tokens", "usd"]);
    assert!(spent["seconds"].as_f64().unwrap() > 0.0);
    for nothing in ["model_calls", "tokens", "usd"] {
        assert_eq!(spent[nothing].as_f64(), Some(0.0), "{nothing}");
    }

    assert_eq!(
        texts(&result["steps"], "name"),
        ["red", "edit", "green", "proof", "commit"]
    );
    for one in result["steps"].as_array().unwrap() {
        for key in ["name", "action", "state", "attempts", "seconds", "result"] {
            assert!(one.get(key).is_some(), "{key} of {one:#}");
        }
        assert_eq!(one["state"], "succeeded");
        assert_eq!(one["attempts"], 1);
        assert!(one["seconds"].is_f64());
        assert!(one["result"].is_object());
    }
    assert_eq!(step(&result, "red")["action"], "verify.red");
    assert_eq!(step(&result, "red")["result"]["verdict"], "red");
    assert_eq!(step(&result, "red")["result"]["exit"], 1);
    assert_eq!(step(&result, "green")["result"]["verdict"], "green");
    assert_eq!(
        step(&result, "proof")["result"]["taken_back"]["verdict"],
        "red"
    );
    assert_eq!(step(&result, "commit")["result"]["sha"], result["commit"]);
}

#[test]
fn the_commit_is_the_base_and_the_change_and_nothing_else() {
    let sandbox = Sandbox::broken();
    let base = sandbox.git(&["rev-parse", "HEAD"]);
    // Neither of these may get into the commit.
    sandbox.write("src/other.txt", "not committed\n");
    sandbox.write("tests/expected.txt", "edited, not committed\n");
    let result = sandbox.apply(&mission(MEND)).ends(0).json();
    let commit = result["commit"].as_str().unwrap();
    let branch = result["branch"].as_str().unwrap();

    assert_eq!(sandbox.git(&["rev-parse", branch]).trim(), commit);
    assert_eq!(sandbox.git(&["rev-parse", &format!("{commit}^@")]), base);
    assert_eq!(
        sandbox.git(&[
            "show",
            "--no-renames",
            "--format=%an <%ae>|%cn <%ce>|%B",
            "--name-status",
            commit
        ]),
        "tau <tau@localhost>|tau <tau@localhost>|mend it\n\n\nM\tsrc/a.txt\n"
    );
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    // Git itself finds nothing wrong with what was written into its store.
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn the_librarys_mission_proves_a_patch() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.diff", PATCH);
    let before = sandbox.snapshot();
    let arguments = [
        "apply",
        "std/prove-patch",
        "--set",
        "patch=@fix.diff",
        "--set",
        "check=./check.sh",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(0).json();
    sandbox.assert_only_branches_added(&before);
    assert_eq!(result["mission"], "prove_patch");
    let run = result["run"].as_str().unwrap();
    assert_eq!(result["branch"], format!("tau/prove_patch-{run}"));
    let commit = result["commit"].as_str().unwrap();
    assert_eq!(
        sandbox.git(&["log", "-1", "--format=%s", commit]),
        "fix what ./check.sh showed\n"
    );
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
}

#[test]
fn the_patch_may_come_from_standard_input_and_the_repository_from_elsewhere() {
    let sandbox = Sandbox::broken();
    let repo = sandbox.path();
    let arguments = [
        "-C",
        sandbox.outside().to_str().unwrap(),
        "apply",
        "std/red-green",
        "--repo",
        repo.to_str().unwrap(),
        "--set",
        "patch=@-",
        "--set",
        "check=./check.sh",
        "--yes",
        "--json",
    ];
    let before = sandbox.snapshot();
    let result = sandbox.pipe(&arguments, PATCH).ends(0).json();
    sandbox.assert_only_branches_added(&before);
    assert_eq!(result["outputs"]["proof"], "tested");
    assert_eq!(
        (&result["commit"], &result["branch"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(sandbox.git(&["branch", "--list", "tau/*"]), "");
}

#[test]
fn a_run_starts_from_the_base_it_is_told() {
    let sandbox = Sandbox::broken();
    let base = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&["tag", "--annotate", "--message", "t", "v1"]);
    sandbox.write("src/a.txt", "fixed already\n");
    sandbox.commit("second");
    sandbox.write("fix.tau", mission(MEND));
    let result = sandbox
        .tau(&["apply", "fix.tau", "--base", "v1", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(result["base"], base.trim());
    let parent = sandbox.git(&[
        "rev-parse",
        &format!("{}^", result["commit"].as_str().unwrap()),
    ]);
    assert_eq!(parent, base);
}

#[test]
fn a_stream_of_events_ends_with_the_result() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let done = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json-stream"])
        .ends(0);
    let lines = done.json_lines();
    assert!(
        lines.iter().all(|line| line["schema"].is_string()),
        "{done:?}"
    );
    let (result, events) = lines.split_last().unwrap();
    assert_eq!(result["schema"], "tau.run/1");
    assert_eq!(result["outcome"], "succeeded");
    let finished: Vec<&Value> = events
        .iter()
        .filter(|line| line["event"] == "step_finished")
        .collect();
    assert_eq!(finished.len(), 5, "{done:?}");
}

#[test]
fn a_person_reads_what_was_red_what_changed_and_where_it_is() {
    let sandbox = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let done = sandbox.tau(&["apply", "fix.tau", "--yes"]).ends(0);
    for part in [
        "succeeded",
        "RED",
        "GREEN",
        "src/a.txt +1",
        "tau/fix-",
        "git -C",
    ] {
        assert!(done.out.contains(part), "no `{part}` in\n{}", done.out);
    }
    for name in ["red", "edit", "green", "proof", "commit"] {
        assert!(done.err.contains(name), "no `{name}` in\n{}", done.err);
    }
}

/// Each run of a verifier is in a checkout, and with a folder for builds, of its own: what one of them
/// leaves there another could be made to pass with. So a tree is built as often as a proof has to see
/// it, and no tree more often.
#[test]
fn a_proof_starts_its_verifier_no_more_often_than_it_must() {
    const FILES: [&str; 3] = ["src/a.txt", "src/b.txt", "src/c.txt"];
    for runs in [1, 2] {
        let sandbox = Sandbox::new();
        let log = sandbox.outside().join("starts");
        sandbox.git(&["init", "--quiet"]);
        for name in FILES {
            sandbox.write(name, "broken\n");
        }
        sandbox.write("tests/a.txt", "");
        let script = format!(
            "#!/bin/sh\necho \"$(cat src/*.txt | tr -d '\\n') $CARGO_TARGET_DIR\" >> {}\n! grep -q broken src/*.txt\n",
            log.display()
        );
        sandbox.write_script("check.sh", &script);
        sandbox.commit("first");
        let edit = r#"step edit   = fs.edit(path: "src/a.txt", find: "broken", replace: "fixed")"#;
        let edits: String = FILES
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let edit = edit.replace("src/a.txt", name);
                edit.replace("edit  ", &format!("edit_{at}")) + "\n  "
            })
            .collect();
        let text = mission(&MEND.replace(edit, &edits));
        let protect = "protect \"tests/**\"";
        let text = text.replace(protect, &format!("{protect}\n    runs {runs}"));
        sandbox.apply_unboxed(&text).ends(0);

        let log = std::fs::read_to_string(&log).unwrap();
        let mut trees: std::collections::BTreeMap<&str, usize> = Default::default();
        let mut folders = std::collections::BTreeSet::new();
        for line in log.lines() {
            let (tree, folder) = line.split_once(' ').unwrap();
            *trees.entry(tree).or_default() += 1;
            assert!(folder.ends_with("/build/cargo"), "{line}");
            assert!(folders.insert(folder), "two runs share {folder}");
        }
        let (b, f) = ("broken", "fixed");
        let expected = [
            ([b, b, b].concat(), 2 * runs),
            ([f, f, f].concat(), 2 * runs),
            ([b, f, f].concat(), 1),
            ([f, b, f].concat(), 1),
            ([f, f, b].concat(), 1),
        ];
        let expected: std::collections::BTreeMap<&str, usize> = expected
            .iter()
            .map(|(tree, n)| (tree.as_str(), *n))
            .collect();
        assert_eq!(trees, expected, "runs {runs}");
    }
}
