//! The value of a secret stands in nothing that tau writes or shows.

use tau_tests::step;

use super::{VALUE, apply, holding, may, mission, showing};

/// Says its secret in every way it can.
const LOUD: &str = r#"#!/bin/sh
echo "verbatim $TOKEN and $TOKEN."
printf '%s' "$TOKEN" | base64
printf 'user:%s' "$TOKEN" | base64
printf '%s' "$TOKEN" | od -An -tx1 | tr -d ' \n'; echo
echo "$TOKEN" | sed 's,/,%2F,g; s,+,%2B,g'
echo "{\"token\": \"$(echo "$TOKEN" | sed 's,/,\\/,g')\"}"
echo "$TOKEN" | cut -c1-10 | tr -d '\n'; sleep 0; echo "$TOKEN" | cut -c11-
i=0; while [ $i -lt 3000 ]; do echo "line $i $TOKEN"; i=$((i+1)); done
echo "$TOKEN" >&2
exit $1
"#;

/// All that has anything of the value.
fn forms() -> Vec<String> {
    let base64 = "aHVudGVyMi9odW50ZXIzK2h1bnRlcj";
    let hex: String = VALUE.bytes().map(|byte| format!("{byte:02x}")).collect();
    [
        VALUE,
        base64,
        "1bnRlcjIvaHVudGVyMytodW50ZXI0",
        "odW50ZXIyL2h1bnRlcjMraHVudGVy",
        &hex,
        "hunter2%2Fhunter3%2Bhunter4",
        "hunter2\\/hunter3",
        "hunter3",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn check(code: &str) {
    let sandbox = showing(LOUD);
    let text = mission(
        &may("secret TOKEN"),
        &format!(
            "  step a = process.run(\"./show.sh {code}\", secrets: [\"TOKEN\"])\n  let said = \
             a.output\n  output said = said\n"
        ),
    );
    sandbox.write("m.tau", &text);
    let mut all = Vec::new();
    for form in ["--json", "--json-stream", "--color=never"] {
        let mut command = sandbox.command(&["apply", "m.tau", "--yes", form, "-v"]);
        let done = command.env("TOKEN", VALUE).output().unwrap();
        assert_eq!(done.status.success(), code == "0");
        all.push(String::from_utf8(done.stdout).unwrap());
        all.push(String::from_utf8(done.stderr).unwrap());
        for look in [
            &["show", "@"][..],
            &["show", "@", "--json"],
            &["logs", "@"],
            &["runs", "--json"],
            &["replay", "@"],
            &["trace", "@"],
        ] {
            let done = sandbox.tau(look);
            all.extend([done.out, done.err]);
        }
    }
    for form in forms() {
        for shown in &all {
            assert!(!shown.contains(&form), "`{form}` in {shown}");
        }
        assert_eq!(holding(&sandbox.state(), &form), [""; 0], "{form}");
    }
    // What says it is there, line by line.
    let logs = sandbox.tau(&["logs", "@"]).ends(0).out;
    assert!(logs.contains("verbatim *** and ***.\n"), "{logs}");
    for line in ["line 0 ***\n", "line 2999 ***\n", "{\"token\": \"***\"}\n"] {
        assert!(logs.contains(line), "no `{line}`");
    }
}

#[test]
fn it_is_in_nothing_that_a_step_which_succeeds_leaves() {
    check("0");
}

#[test]
fn it_is_in_nothing_that_a_step_which_fails_leaves() {
    check("7");
}

#[test]
fn a_file_that_holds_it_does_not_become_part_of_the_tree() {
    let sandbox = showing("#!/bin/sh\necho \"$TOKEN\" > kept.txt\n");
    let text = mission(
        &may("secret TOKEN\n    write \"*.txt\""),
        "  step a = process.run(\"./show.sh\", writes: [\"*.txt\"], secrets: [\"TOKEN\"])\n",
    );
    let result = apply(&sandbox, &text, &[("TOKEN", VALUE)]).ends(1).json();
    let failure = &step(&result, "a")["failure"];
    assert_eq!(failure["code"], "secret-exposed", "{result:#}");
    let message = failure["message"].as_str().unwrap();
    assert_eq!(
        message,
        "The value of the secret `TOKEN` would stand in the file `kept.txt`."
    );
}
