use super::support::Place;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = Place::new().tau(&["completions", shell]).ends(0);
        for word in ["apply", "stdin-filename", "json-stream"] {
            assert!(done.out.contains(word), "{shell} does not know {word}");
        }
        assert_eq!(done.err, "");
    }
}

#[test]
fn bash_can_read_its_script() {
    let script = Place::new().tau(&["completions", "bash"]).out;
    let output = std::process::Command::new("bash")
        .args(["-n", "-c", &script])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn an_unknown_shell_is_wrong_usage() {
    let done = Place::new().tau(&["completions", "zhs"]).ends(2);
    assert!(
        done.err.contains("bash, elvish, fish, powershell, zsh"),
        "{}",
        done.err
    );
}
