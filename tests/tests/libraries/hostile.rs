//! Repositories that are out for harm.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use tau_tests::Sandbox;

use crate::{Host, is_locked, lib, said, store_is_empty};

/// The files of the library that was added last.
fn kept(sandbox: &Sandbox, document: &serde_json::Value) -> Vec<String> {
    let digest = document["changes"][0]["now"]["content"].as_str().unwrap();
    let folder = sandbox.state().join("libraries").join(digest);
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = names
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn links_submodules_and_odd_names_are_no_part_of_a_library() {
    let sandbox = Sandbox::new();
    let inner = Host::new(&sandbox, "inner", &[("lib.tau", "# inner\n")]);
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    symlink("/etc/passwd", host.path().join("passwd.tau")).unwrap();
    symlink("lib.tau", host.path().join("other.tau")).unwrap();
    host.write("two\nlines.tau", "# odd\n");
    host.write("back\\slash.tau", "# odd\n");
    host.write("a blank.tau", "# odd\n");
    host.write("\u{1b}[2J.tau", "# odd\n");
    host.git(&["add", "--all"]);
    let commit = inner.git(&["rev-parse", "HEAD"]);
    let module = format!("160000,{commit},module.tau");
    host.git(&["update-index", "--add", "--cacheinfo", &module]);
    host.git(&["commit", "--quiet", "--message", "odd"]);
    let document = lib(&sandbox, &["add", "../flows@main", "--yes"], 0);
    assert_eq!(kept(&sandbox, &document), ["lib.tau"]);
    assert_eq!(lib(&sandbox, &["verify"], 0)["ok"], true);
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    host.write("huge.yaml", &"- x\n".repeat(50 * 1024 * 1024 / 4));
    host.commit();
    let err = said(&sandbox, &["add", "../flows@main", "--yes"], 1);
    assert!(
        err.contains("is too large for a library: its tau and YAML files have 52428806 bytes"),
        "{err}"
    );
    assert!(!is_locked(&sandbox) && store_is_empty(&sandbox));
}

#[test]
fn too_many_files_are_refused() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[]);
    for number in 0..1001 {
        host.write(&format!("{number}.tau"), "# x\n");
    }
    host.commit();
    let err = said(&sandbox, &["add", "../flows@main", "--yes"], 1);
    assert!(err.contains("it has 1001 tau and YAML files"), "{err}");
}

/// Writes an object that git would not make.
fn forged(host: &Host, kind: &str, bytes: &[u8]) -> String {
    let mut command = host.sandbox.program("git");
    let mut child = command
        .args(["hash-object", "--literally", "-t", kind, "-w", "--stdin"])
        .current_dir(host.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The bytes of a tree with one entry.
fn tree(mode: &str, name: &str, id: &str) -> Vec<u8> {
    let mut bytes = format!("{mode} {name}\0").into_bytes();
    let digits = id.as_bytes().chunks(2);
    bytes.extend(
        digits.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()),
    );
    bytes
}

#[test]
fn paths_that_lead_out_of_the_folder_are_refused() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let blob = host.git(&["rev-parse", "HEAD:lib.tau"]);
    let inner = forged(&host, "tree", &tree("100644", "evil.tau", &blob));
    for name in ["..", ".git", "."] {
        let outer = forged(&host, "tree", &tree("40000", name, &inner));
        let commit = host.git(&["commit-tree", "-m", "forged", &outer]);
        host.git(&["update-ref", "refs/heads/forged", &commit]);
        let err = said(&sandbox, &["add", "../flows@forged", "--yes"], 1);
        let why = format!("it has the path `{name}/evil.tau`, which git never makes");
        assert!(err.contains(&why), "{err}");
    }
    let once = tree("100644", "a.tau", &blob);
    let twice = forged(&host, "tree", &[once.clone(), once].concat());
    let commit = host.git(&["commit-tree", "-m", "forged", &twice]);
    host.git(&["update-ref", "refs/heads/twice", &commit]);
    let err = said(&sandbox, &["add", "../flows@twice", "--yes"], 1);
    assert!(err.contains("it has two files under one path"), "{err}");
    assert!(!is_locked(&sandbox) && store_is_empty(&sandbox));
}

#[test]
fn a_commit_of_nobodys_branch_is_refused() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let commit = host.git(&["commit-tree", "-m", "stray", "HEAD^{tree}"]);
    // A host would give it by its id.
    host.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let err = said(
        &sandbox,
        &["add", &format!("../flows@{commit}"), "--yes"],
        1,
    );
    let why = format!("has the commit {commit} on no branch and under no tag");
    assert!(err.contains(&why), "{err}");
    assert!(!is_locked(&sandbox));
}

#[test]
fn a_tag_with_the_name_of_a_branch_is_told() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let tagged = host.git(&["rev-parse", "HEAD"]);
    host.write("lib.tau", "# two\n");
    host.commit();
    host.git(&["branch", "v1"]);
    let document = lib(&sandbox, &["add", "../flows@v1"], 3);
    assert_eq!(document["changes"][0]["now"]["commit"], tagged);
    assert_eq!(document["changes"][0]["ambiguous"], true);
    let err = said(&sandbox, &["add", "../flows@v1"], 3);
    assert!(
        err.contains("warning: `v1` is a tag and a branch; the tag is taken"),
        "{err}"
    );
}

#[test]
fn no_hook_and_no_command_of_an_address_runs() {
    let sandbox = Sandbox::new();
    let host = Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let ran = sandbox.outside().join("ran");
    let script = format!("#!/bin/sh\necho \"$0\" >> '{}'\nexit 1\n", ran.display());
    for hook in ["post-checkout", "reference-transaction", "post-merge"] {
        sandbox.write_script(&format!("hooks/{hook}"), &script);
    }
    sandbox.write_script("program", &script);
    let config = sandbox.outside().join("home/.gitconfig");
    let hooks = sandbox.path().join("hooks");
    let program = sandbox.path().join("program");
    let text = format!(
        "{}[core]\n\thooksPath = {}\n\taskPass = {program}\n\tfsmonitor = {program}\n\
         [protocol \"ext\"]\n\tallow = always\n[submodule]\n\trecurse = true\n",
        fs::read_to_string(&config).unwrap(),
        hooks.display(),
        program = program.display(),
    );
    fs::write(&config, text).unwrap();
    lib(&sandbox, &["add", "../flows@main", "--yes"], 0);
    let address = format!("ext::{}/x@v1", program.display());
    for address in [
        &*address,
        "http://127.0.0.1:1/a/b@v1",
        "git://127.0.0.1:1/a/b@v1",
    ] {
        let err = said(&sandbox, &["add", address, "--yes"], 1);
        assert!(
            err.contains("only https, ssh and paths of this machine are used"),
            "{err}"
        );
    }
    // An address may be rewritten by the user's configuration, but not to what runs a command.
    let url = format!(
        "[url \"ext::{} \"]\n\tinsteadOf = https://127.0.0.1:1/\n",
        program.display()
    );
    fs::write(&config, fs::read_to_string(&config).unwrap() + &url).unwrap();
    let err = said(&sandbox, &["add", "https://127.0.0.1:1/a/b@v1", "--yes"], 1);
    assert!(err.contains("transport 'ext' not allowed"), "{err}");
    assert!(!ran.exists(), "{}", fs::read_to_string(&ran).unwrap());
    assert_eq!(host.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_environment_does_not_point_git_elsewhere() {
    let sandbox = Sandbox::repository(&[("a.txt", "x"), ("tau.lock", "version = 1\n")]);
    Host::new(&sandbox, "flows", &[("lib.tau", "# one\n")]);
    let objects = || sandbox.git(&["count-objects"]) + &sandbox.git(&["show-ref"]);
    let before = objects();
    let mut command = sandbox.command(&["lib", "add", "../flows@v1", "--yes"]);
    command
        .env("GIT_DIR", sandbox.path().join(".git"))
        .env("GIT_OBJECT_DIRECTORY", "/nowhere")
        .env("GIT_SSH_COMMAND", "false")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.bare")
        .env("GIT_CONFIG_VALUE_0", "nonsense");
    let done = tau_tests::Done::from(command.output().unwrap());
    let _ = done.ends(0);
    assert_eq!(objects(), before);
    assert!(sandbox.read("tau.lock").contains("../flows"));
}

#[test]
fn what_a_repository_says_steers_no_terminal() {
    let sandbox = Sandbox::new();
    let library = "mission \u{202e}look {\n  authority {\n    read \"a\u{1b}[2Jb\"\n  }\n}\n";
    Host::new(
        &sandbox,
        "flows",
        &[("lib.tau", library), ("\u{202e}x.tau", "nothing")],
    );
    let done = sandbox.tau(&["lib", "add", "../flows@v1"]).ends(3);
    assert!(!done.err.contains(['\u{1b}', '\u{202e}']), "{}", done.err);
    assert!(
        done.err
            .contains("has errors, and may need more than is shown"),
        "{}",
        done.err
    );
}
