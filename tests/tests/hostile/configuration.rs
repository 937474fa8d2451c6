//! Configuration, attributes, hooks and variables that would lead git astray.

use std::fs;

use tau_tests::{Done, MEND, Sandbox, mission};

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
