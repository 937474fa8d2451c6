//! Repositories that are out of the ordinary, or out for harm.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use serde_json::Value;
use tau_tests::{Done, MEND, PATCH, Sandbox, mission, mission_with, step};

/// Applies the usual mission, which must succeed, and gives its result.
#[track_caller]
fn mends(sandbox: &Sandbox) -> Value {
    sandbox.write("fix.tau", mission(MEND));
    let before = sandbox.snapshot();
    let done = sandbox.tau(&["apply", "fix.tau", "--yes", "--json"]);
    let result = done.ends(0).json();
    sandbox.assert_only_branches_added(&before);
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    result
}

/// The names in a commit's tree and in its parent's.
fn names(sandbox: &Sandbox, result: &Value) -> (String, String) {
    let list = |commit: &str| sandbox.git(&["ls-tree", "-r", "--name-only", commit]);
    let commit = result["commit"].as_str().unwrap();
    (list(commit), list(&format!("{commit}^")))
}

const ODD: &[&[u8]] = &[
    b"with space",
    b"new\nline",
    b"'\"quotes\"`$(touch pwned)`",
    b"-rf",
    b"--output=pwned",
    b"back\\slash",
    b"*?[a-z]",
    b"tab\t\x1b[31mred",
    b"not-utf8-\xff\xfe",
    "\u{202e}gpj.exe \u{e9} e\u{301}".as_bytes(),
    b"C:",
    b"aux.txt ",
    b"@",
    b"~",
];

#[test]
fn names_of_every_kind_survive_a_run() {
    let sandbox = Sandbox::broken();
    for name in ODD {
        let folder = sandbox.path().join("src").join(OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(OsStr::from_bytes(name)), "odd\n").unwrap();
    }
    sandbox.commit("odd names");
    let result = mends(&sandbox);
    let (now, before) = names(&sandbox, &result);
    assert_eq!(now, before);
    assert!(!sandbox.path().join("pwned").exists());
    let changed = sandbox.git(&[
        "show",
        "--format=",
        "--name-only",
        result["commit"].as_str().unwrap(),
    ]);
    assert_eq!(changed, "src/a.txt\n");
}

#[test]
fn names_of_every_kind_survive_a_command_in_the_worktree() {
    let sandbox = Sandbox::broken();
    for name in ODD {
        fs::write(
            sandbox.path().join("src").join(OsStr::from_bytes(name)),
            "odd\n",
        )
        .unwrap();
    }
    sandbox.write_script("do.sh", "#!/bin/sh\necho fixed > src/a.txt\n");
    sandbox.commit("odd names");
    let statements = MEND.replace(
        "fs.edit(path: \"src/a.txt\", find: \"broken\", replace: \"fixed\")",
        "process.run(command: \"./do.sh\", writes: [\"src/a.txt\"])",
    );
    let result = sandbox
        .apply(&mission_with("run \"./do.sh\"", &statements))
        .ends(0)
        .json();
    let (now, before) = names(&sandbox, &result);
    assert_eq!(now, before);
    assert_eq!(sandbox.committed(&result, "src/a.txt"), b"fixed\n");
}

#[test]
fn odd_names_are_listed_and_changed_by_steps() {
    let sandbox = Sandbox::broken();
    for name in ["with space", "-rf", "'quote\"", "*"] {
        sandbox.write(&format!("src/{name}"), "broken\n");
    }
    sandbox.commit("odd names");
    let result = sandbox
        .apply(&mission(
            r#"
  step a = fs.edit(path: "src/with space", find: "broken", replace: "fixed")
  step b = fs.write(path: "src/-rf", text: "fixed\n")
  step c = fs.move(from: "src/'quote\"", to: "src/--help")
  step d = fs.remove(path: "src/*")
  step e = fs.glob(pattern: "src/**")
  output all = e
"#,
        ))
        .ends(0)
        .json();
    assert_eq!(
        result["outputs"]["all"],
        serde_json::json!(["src/--help", "src/-rf", "src/a.txt", "src/with space"])
    );
}

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
fn a_link_that_leaves_the_tree_is_not_followed() {
    let sandbox = Sandbox::broken();
    let victim = sandbox.outside().join("victim");
    fs::create_dir(&victim).unwrap();
    fs::write(victim.join("file"), "precious\n").unwrap();
    symlink(&victim, sandbox.path().join("src/out")).unwrap();
    symlink(victim.join("file"), sandbox.path().join("src/file")).unwrap();
    symlink("a.txt", sandbox.path().join("src/inside")).unwrap();
    sandbox.commit("links");
    for statement in [
        "fs.write(path: \"src/file\", text: \"x\")",
        "fs.write(path: \"src/inside\", text: \"x\")",
        "fs.read(path: \"src/file\")",
        "fs.edit(path: \"src/file\", find: \"precious\", replace: \"x\")",
        "fs.write(path: \"src/out/file\", text: \"x\")",
        "fs.write(path: \"src/out/new\", text: \"x\")",
        "fs.read(path: \"src/out/file\")",
        "fs.patch(diff: \"--- a/src/file\\n+++ b/src/file\\n@@ -1 +1 @@\\n-precious\\n+x\\n\")",
    ] {
        let result = sandbox
            .apply(&mission(&format!("  step a = {statement}\n")))
            .ends(1)
            .json();
        assert_eq!(step(&result, "a")["state"], "failed", "{statement}");
    }
    // A link of the base stays one, for commands as well; what a command writes through it is
    // not part of the change.
    let result = mends(&sandbox);
    let tree = sandbox.git(&["ls-tree", "-r", result["commit"].as_str().unwrap()]);
    assert_eq!(tree.matches("120000 blob").count(), 3, "{tree}");
    assert_eq!(
        fs::read_to_string(victim.join("file")).unwrap(),
        "precious\n"
    );
    assert_eq!(fs::read_dir(&victim).unwrap().count(), 1);
}

#[test]
fn a_patch_cannot_make_a_link_that_leaves_the_tree() {
    let sandbox = Sandbox::broken();
    let patch = "diff --git a/src/l b/src/l\nnew file mode 120000\n--- /dev/null\n+++ b/src/l\n@@ -0,0 +1 @@\n+../../../etc/passwd\n\\ No newline at end of file\n";
    sandbox.write("fix.diff", format!("{PATCH}{patch}"));
    let text = mission("  step a = fs.patch(patch)\n")
        .replace("authority {", "input patch : file\n  authority {");
    sandbox.write("fix.tau", text);
    let arguments = [
        "apply",
        "fix.tau",
        "--set",
        "patch=@fix.diff",
        "--yes",
        "--json",
    ];
    let result = sandbox.tau(&arguments).ends(1).json();
    assert_eq!(step(&result, "a")["failure"]["code"], "link-leaves-tree");
    assert_eq!(
        sandbox.tau(&["diff", "@"]).ends(0).out,
        "",
        "nothing of the patch"
    );
}

/// Everything by which a repository's own configuration makes git start a program.
#[test]
fn configuration_hooks_and_attributes_start_nothing() {
    let sandbox = Sandbox::broken();
    let marker = sandbox.outside().join("pwned");
    let touch = format!("touch '{}'", marker.display());
    sandbox.write(
        ".gitattributes",
        "* filter=evil diff=evil merge=evil text eol=crlf\n*.txt ident\n",
    );
    sandbox.write("src/id.txt", "$Id$\n");
    sandbox.commit("attributes");
    let encoding = "src/* working-tree-encoding=UTF-16 filter=evil\n";
    sandbox.write(".git/info/attributes", encoding);
    for (key, value) in [
        ("core.fsmonitor", touch.clone()),
        ("core.sshCommand", touch.clone()),
        ("core.pager", touch.clone()),
        ("core.editor", touch.clone()),
        ("core.gitProxy", touch.clone()),
        ("core.hooksPath", ".evil".to_owned()),
        ("core.attributesFile", "/dev/null".to_owned()),
        ("core.autocrlf", "true".to_owned()),
        ("core.alternateRefsCommand", touch.clone()),
        ("filter.evil.clean", format!("{touch}; cat")),
        ("filter.evil.smudge", format!("{touch}; cat")),
        ("filter.evil.process", touch.clone()),
        ("filter.evil.required", "true".to_owned()),
        ("diff.evil.command", touch.clone()),
        ("diff.evil.textconv", touch.clone()),
        ("diff.external", touch.clone()),
        ("merge.evil.driver", touch.clone()),
        ("gpg.program", touch.clone()),
        ("commit.gpgSign", "true".to_owned()),
        ("credential.helper", format!("!{touch}")),
        ("user.name", "Somebody Else".to_owned()),
        ("user.email", "somebody@else".to_owned()),
        ("i18n.commitEncoding", "UTF-16".to_owned()),
    ] {
        sandbox.git(&["config", key, &value]);
    }
    let hooks = [
        "pre-commit",
        "post-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
        "pre-auto-gc",
    ];
    for folder in [".git/hooks", ".evil"] {
        for hook in hooks {
            sandbox.write_script(
                &format!("{folder}/{hook}"),
                &format!("#!/bin/sh\n{touch}\n"),
            );
        }
    }
    sandbox.write("fix.tau", mission(MEND));
    // What the harness's own git runs would have left is not counted.
    let _ = fs::remove_file(&marker);
    let before = sandbox.snapshot();
    let result = sandbox
        .tau(&["apply", "fix.tau", "--yes", "--json"])
        .ends(0)
        .json();
    let _ = sandbox.tau(&["diff", "@"]).ends(0);
    let _ = sandbox.tau(&["show", "@"]).ends(0);
    sandbox.assert_only_branches_added(&before);
    assert!(
        !marker.exists(),
        "the repository's configuration was obeyed"
    );

    let plain = [
        "-c",
        "core.fsmonitor=false",
        "-c",
        "i18n.logOutputEncoding=UTF-8",
    ];
    let git = |arguments: &[&str]| sandbox.git(&[&plain[..], arguments].concat());
    let commit = result["commit"].as_str().unwrap();
    assert_eq!(git(&["log", "-1", "--format=%an %cn", commit]), "tau tau\n");
    // The bytes are those that the edit gave, no others.
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    assert_eq!(sandbox.committed(&result, "src/id.txt"), b"$Id$\n");
}

#[test]
fn variables_of_git_do_not_lead_a_run_elsewhere() {
    let sandbox = Sandbox::broken();
    let other = Sandbox::broken();
    sandbox.write("fix.tau", mission(MEND));
    let (before, other_before) = (sandbox.snapshot(), other.snapshot());
    let mut command = sandbox.command(&["apply", "fix.tau", "--yes", "--json"]);
    for (name, inner) in [
        ("GIT_DIR", ".git"),
        ("GIT_WORK_TREE", ""),
        ("GIT_INDEX_FILE", ".git/index"),
        ("GIT_OBJECT_DIRECTORY", ".git/objects"),
        ("GIT_COMMON_DIR", ".git"),
    ] {
        command.env(name, other.path().join(inner));
    }
    let result = Done::from(command.output().unwrap()).ends(0).json();
    sandbox.assert_only_branches_added(&before);
    other.assert_untouched(&other_before);
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
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
