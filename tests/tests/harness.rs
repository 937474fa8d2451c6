//! The harness itself.

use tau_tests::{Sandbox, is_installed};

#[test]
fn the_same_files_give_the_same_commit() {
    let ids = [(); 2].map(|()| {
        let sandbox = Sandbox::repository(&[("a/b.txt", "one\n")]);
        sandbox.git(&["rev-parse", "HEAD"])
    });
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn the_program_is_found_and_sees_only_the_sandbox() {
    let sandbox = Sandbox::new();
    let done = sandbox.tau(&["--version"]).ends(0);
    assert!(done.out.starts_with("tau "), "{done:?}");

    let command = sandbox.command(&[]);
    let home = command.get_envs().find(|(name, _)| *name == "HOME");
    let (_, home) = home.unwrap();
    assert!(
        home.unwrap()
            .to_str()
            .unwrap()
            .starts_with(sandbox.outside().to_str().unwrap())
    );
}

#[test]
fn git_and_nothing_else_is_taken_for_granted() {
    assert!(is_installed("git"));
    assert!(!is_installed("no-such-program-as-this"));
}
