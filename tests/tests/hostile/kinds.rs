//! Repositories of every kind: bare, linked, borrowed, packed, with a submodule.

use std::fs;

use tau_tests::{MEND, Sandbox, mission};

use super::mends;

#[test]
fn a_bare_repository() {
    let sandbox = Sandbox::broken();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&[
            "apply",
            "fix.tau",
            "--repo",
            "../bare.git",
            "--yes",
            "--json",
        ])
        .ends(0)
        .json();
    sandbox.assert_untouched(&before);
    let branch = result["branch"].as_str().unwrap();
    let commit = sandbox.git(&["-C", "../bare.git", "rev-parse", branch]);
    assert_eq!(result["commit"], commit.trim());
    assert_eq!(
        sandbox.git(&["-C", "../bare.git", "rev-parse", "--is-bare-repository"]),
        "true\n"
    );
}

#[test]
fn a_detached_head() {
    let sandbox = Sandbox::broken();
    sandbox.commit("second");
    sandbox.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    let head = sandbox.read(".git/HEAD");
    let result = mends(&sandbox);
    assert_eq!(sandbox.read(".git/HEAD"), head);
    assert_eq!(result["base"], head.trim());
}

#[test]
fn a_folder_inside_of_the_repository() {
    let sandbox = Sandbox::broken();
    sandbox.write("src/fix.tau", mission(MEND));
    let result = sandbox
        .tau(&["-C", "src", "apply", "fix.tau", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    let runs = sandbox.tau(&["runs", "--json"]).ends(0).json();
    assert_eq!(runs["runs"][0]["run"], result["run"]);
}

#[test]
fn a_submodule_stays_at_its_commit() {
    let sandbox = Sandbox::broken();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../library.git"]);
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "../library.git",
        "library",
    ];
    sandbox.git(&add);
    sandbox.commit("with a submodule");
    let result = mends(&sandbox);
    let entry = |commit: &str| sandbox.git(&["ls-tree", commit, "library", ".gitmodules"]);
    let commit = result["commit"].as_str().unwrap();
    assert_eq!(entry(commit), entry(&format!("{commit}^")));
    assert!(entry(commit).contains("160000 commit"));

    // A file in it is not a file of this repository.
    let text = mission("  step a = fs.write(path: \"library/x\", text: \"x\")\n")
        .replace("write \"src/**\"", "write \"**\"");
    let before = {
        sandbox.write("fix.tau", &text);
        sandbox.snapshot()
    };
    let done = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(1);
    assert!(
        done.json()["reason"].as_str().unwrap().contains("`library"),
        "{done:?}"
    );
    sandbox.assert_untouched(&before);
}

#[test]
fn a_linked_worktree() {
    let sandbox = Sandbox::broken();
    sandbox.git(&["worktree", "add", "--quiet", "-b", "feature", "../linked"]);
    fs::write(
        sandbox.outside().join("linked/src/a.txt"),
        "edited in the linked one\n",
    )
    .unwrap();
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&["apply", "fix.tau", "--repo", "../linked", "--yes", "--json"])
        .ends(0)
        .json();
    sandbox.assert_only_branches_added(&before);
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    let status = sandbox.git(&["-C", "../linked", "status", "--porcelain"]);
    assert_eq!(status, " M src/a.txt\n");
    let worktrees = sandbox.git(&["worktree", "list", "--porcelain"]);
    assert_eq!(worktrees.matches("worktree ").count(), 2, "{worktrees}");
}

#[test]
fn objects_that_are_borrowed_from_another_repository() {
    let sandbox = Sandbox::broken();
    let source = sandbox.path();
    sandbox.git(&[
        "clone",
        "--quiet",
        "--shared",
        source.to_str().unwrap(),
        "../borrower",
    ]);
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&[
            "apply",
            "fix.tau",
            "--repo",
            "../borrower",
            "--yes",
            "--json",
        ])
        .ends(0)
        .json();
    sandbox.assert_untouched(&before);
    let show = format!("{}:src/a.txt", result["commit"].as_str().unwrap());
    assert_eq!(
        sandbox.git(&["-C", "../borrower", "show", &show]),
        "first\nfixed\nlast\n"
    );
    sandbox.git(&["-C", "../borrower", "fsck", "--strict"]);
}

#[test]
fn packed_objects_and_packed_refs() {
    let sandbox = Sandbox::broken();
    sandbox.git(&["branch", "tau/old-1"]);
    sandbox.git(&["gc", "--quiet"]);
    mends(&sandbox);
}

#[test]
fn a_branch_in_the_way_of_the_runs_own() {
    let sandbox = Sandbox::broken();
    sandbox.git(&["branch", "tau"]);
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let done = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(3);
    let result = done.json();
    sandbox.assert_untouched(&before);
    assert_eq!(result["blocked"]["code"], "branch-in-the-way");
    assert_eq!(result["blocked"]["mutations"], 0);
    assert!(
        result["reason"].as_str().unwrap().contains("branch `tau`"),
        "{result:#}"
    );
    assert_eq!(result["steps"], serde_json::json!([]));
    sandbox.git(&["branch", "--move", "tau", "not-tau"]);
    assert_eq!(
        sandbox.go_on(&result).ends(0).json()["outcome"],
        "succeeded"
    );
}

#[test]
fn a_large_file_is_carried_along() {
    let sandbox = Sandbox::broken();
    sandbox.write("src/large", "0123456789abcde\n".repeat(1 << 19));
    sandbox.commit("large");
    let result = mends(&sandbox);
    let size = format!("{}:src/large", result["commit"].as_str().unwrap());
    assert_eq!(
        sandbox.git(&["cat-file", "-s", &size]).trim(),
        (16 << 19).to_string()
    );
}

#[test]
fn objects_that_were_replaced_are_read_as_they_are() {
    let sandbox = Sandbox::broken();
    let real = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.write("src/a.txt", "fixed\n");
    let fake = sandbox.commit("a fake");
    sandbox.git(&["reset", "--quiet", "--hard", real.trim()]);
    sandbox.git(&["replace", real.trim(), &fake]);
    sandbox.write("fix.tau", mission(MEND));
    let result = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(0)
        .json();
    assert_eq!(result["base"], real.trim());
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
}
