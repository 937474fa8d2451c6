use serde_json::Value;

use super::support::Place;

/// The level of each check, by its name.
fn level(document: &Value, name: &str) -> String {
    let checks = document["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap();
    check["level"].as_str().unwrap().to_owned()
}

fn repository(files: &[(&str, &str)]) -> Place {
    let place = Place::with(files);
    place.git(&["init", "-q"]);
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    place
}

#[test]
fn a_machine_that_is_ready_exits_0() {
    let place = repository(&[("Makefile", "test:\n\ttrue\n")]);
    let done = place.tau(&["doctor", "--json"]);
    let document = done.json();
    assert_eq!(document["schema"], "tau.doctor/1");
    for name in ["tau", "git", "state", "repository"] {
        assert_eq!(level(&document, name), "ok", "{document}");
    }
    // Which boxes there are is the machine's.
    let sandbox = level(&document, "box");
    assert!(
        ["ok", "warn", "missing"].contains(&sandbox.as_str()),
        "{document}"
    );
    assert_eq!(document["ready"], done.code == 0);
}

#[test]
fn a_verifier_that_is_not_installed_is_missing() {
    let place = repository(&[("Makefile", "test:\n\ttrue\n")]);
    let git = which("git");
    let only_git = place.path().join("bin");
    std::fs::create_dir(&only_git).unwrap();
    std::os::unix::fs::symlink(git, only_git.join("git")).unwrap();
    let mut command = place.command(&["doctor", "--json"]);
    let output = command.env("PATH", &only_git).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(level(&document, "verifier"), "missing", "{document}");
    assert_eq!(output.status.code(), Some(1));
}

/// Where the tests' own git is.
fn which(name: &str) -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap()
}

#[test]
fn without_git_nothing_runs() {
    let place = Place::new();
    let output = place
        .command(&["doctor", "--json"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(level(&document, "git"), "missing");
    assert_eq!(document["ready"], false);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn no_repository_is_a_remark_and_no_commit_is_an_obstacle() {
    let place = Place::new();
    let document = place.tau(&["doctor", "--json"]).ends(0).json();
    assert_eq!(level(&document, "repository"), "warn");
    place.git(&["init", "-q"]);
    let document = place.tau(&["doctor", "--json"]).ends(1).json();
    assert_eq!(level(&document, "repository"), "missing");
}

#[test]
fn changes_that_are_not_committed_are_mentioned() {
    let place = repository(&[("a.txt", "one\n")]);
    place.write("a.txt", "two\n");
    let done = place.tau(&["doctor"]).ends(0);
    assert!(
        done.out.contains("with changes that are not committed"),
        "{}",
        done.out
    );
    assert_eq!(done.err, "ready\n");
}

#[test]
fn a_state_folder_that_cannot_be_made_is_missing() {
    let place = Place::with(&[("file", "")]);
    let mut command = place.command(&["doctor", "--json"]);
    let output = command
        .env("TAU_HOME", place.path().join("file/state"))
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(level(&document, "state"), "missing", "{document}");
}
