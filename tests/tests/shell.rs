//! `shell.run`: text for a shell, under the authority of the shell.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use tau_tests::{Done, Sandbox};

fn apply(grants: &str, step: &str) -> Done {
    let mission = format!(
        "mission shell {{
  authority {{
    read  \"**\"
{grants}
  }}

  step it = {step}

  output said = it.output
}}
"
    );
    let files = [("a.txt", "one\ntwo\nthree\n"), ("shell.tau", &mission)];
    Sandbox::repository(&files).tau(&["apply", "shell.tau", "--yes", "--json"])
}

#[test]
fn pipes_and_variables_work() {
    let step = "shell.run(\"n=$(grep -c t a.txt); echo $n | tr 2 x && echo done\")";
    let report = apply("    run \"sh\"", step).ends(0).json();
    assert_eq!(report["outputs"]["said"], "x\ndone\n", "{report:#}");
}

#[test]
fn an_argument_is_one_word_whatever_is_in_it() {
    let step =
        r#"shell.run("printf '<%s>' \"$@\"", args: ["a b", "$(echo no)", "; echo no", "-n"])"#;
    let report = apply("    run \"sh\"", step).ends(0).json();
    assert_eq!(
        report["outputs"]["said"],
        "<a b><$(echo no)><; echo no><-n>"
    );
}

#[test]
fn it_changes_what_it_says_it_may() {
    let grants = "    write \"b.txt\"\n    run   \"sh\"";
    let step = "shell.run(\"sort a.txt > b.txt\", writes: [\"b.txt\"])";
    apply(grants, step).ends(0);
    let failed = apply(grants, "shell.run(\"sort a.txt > b.txt\")")
        .ends(1)
        .json();
    assert_eq!(
        failed["steps"][0]["failure"]["code"],
        "process-changed-files"
    );
}

#[test]
fn it_fails_as_a_command_does() {
    let failed = apply("    run \"sh\"", "shell.run(\"echo oh; exit 7\")")
        .ends(1)
        .json();
    let failure = &failed["steps"][0]["failure"];
    assert_eq!(failure["code"], "process-exit");
    assert_eq!(failure["detail"]["exit"], 7);
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .starts_with("`echo oh; exit 7`")
    );
}

#[test]
fn it_needs_the_shell_and_no_other_grant_gives_it() {
    for grants in ["", "    run \"echo *\"", "    run \"bash\""] {
        let blocked = apply(grants, "shell.run(\"echo hello\")").ends(3).json();
        assert_eq!(
            blocked["blocked"]["missing"][0]["grant"], "run \"sh\"",
            "{blocked:#}"
        );
    }
}

#[test]
fn the_plan_says_what_a_shell_is() {
    let mission = "mission shell {
  authority {
    read \"**\"
    run  \"sh\"
  }

  step it = shell.run(\"echo hello\")

  output said = it.output
}
";
    let sandbox = Sandbox::repository(&[("shell.tau", mission)]);
    let plan = sandbox.tau(&["plan", "shell.tau"]).ends(0);
    assert!(plan.out.contains("it is a shell"), "{}", plan.out);
}
