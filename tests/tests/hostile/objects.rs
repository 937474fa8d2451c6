//! A repository that somebody prepares for a commit that they know beforehand, and edits between a
//! proof and its commit.

use std::fs;

use serde_json::Value;
use tau_tests::{MEND, Sandbox, mission};

/// What [`MEND`] makes of the file that it mends.
const MENDED: &str = "first\nfixed\nlast\n";

/// The id that git gives the mended file, which anybody can know.
fn mended(sandbox: &Sandbox) -> String {
    sandbox.write("../mended", MENDED);
    let id = sandbox.git(&["hash-object", "../mended"]);
    id.trim().to_owned()
}

fn failed(sandbox: &Sandbox, result: &Value, code: &str) {
    let steps = result["steps"].as_array().unwrap();
    let failed = steps.iter().find(|it| it["state"] == "failed");
    let failed = failed.unwrap_or_else(|| panic!("nothing failed: {result:#}"));
    assert_eq!(failed["name"], "commit", "{result:#}");
    assert_eq!(failed["failure"]["code"], code, "{result:#}");
    assert_eq!(result["commit"], Value::Null);
    assert_eq!(sandbox.git(&["branch", "--list", "tau/*"]), "");
}

#[test]
fn an_object_that_is_there_damaged_is_no_part_of_a_commit() {
    let sandbox = Sandbox::broken();
    let id = mended(&sandbox);
    let file = sandbox
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..]);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "no object").unwrap();
    let result = sandbox.apply(&mission(MEND)).ends(1).json();
    failed(&sandbox, &result, "commit-not-as-made");
    // Without it the same mission ends well.
    fs::remove_file(&file).unwrap();
    sandbox.apply(&mission(MEND)).ends(0);
}

#[test]
fn an_object_that_git_shows_as_another_is_no_part_of_a_commit() {
    let sandbox = Sandbox::broken();
    let id = mended(&sandbox);
    let broken = sandbox.git(&["rev-parse", "HEAD:src/a.txt"]);
    let name = format!("refs/replace/{id}");
    sandbox.git(&["update-ref", &name, broken.trim()]);
    let result = sandbox.apply(&mission(MEND)).ends(1).json();
    failed(&sandbox, &result, "commit-not-as-made");
}

/// What the text shows is found before anything runs; what only a run can know, then.
#[test]
fn an_edit_between_a_proof_and_its_commit_voids_it() {
    let more = r#"step more = fs.write("src/b.txt", text: "x")"#;
    let edited = |when: &str| {
        let line = format!("{more}{when}\n  step commit");
        mission(&MEND.replace("step commit", &line))
    };
    let sandbox = Sandbox::broken();
    let refused = sandbox.apply(&edited("")).ends(2);
    let told = refused.err + &refused.out;
    assert!(told.contains("verdict-outdated"), "{told}");

    let result = sandbox.apply(&edited(" when green.passed")).ends(1).json();
    failed(&sandbox, &result, "proof-outdated");
}
