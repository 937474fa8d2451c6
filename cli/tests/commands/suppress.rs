//! Comments that silence a finding, as `tau lint` counts, writes and removes them.

use super::support::Place;

const UNUSED: &str = "\
mission a {
  input left : int

  authority {
    read \"b\"
    net  \"example.com\"
  }

  step c = fs.read(\"b\")

  output text = c.text
}
";

#[test]
fn what_is_ignored_is_counted_and_shown_nowhere_else() {
    let text = UNUSED.replace("int\n", "int  # tau: ignore[input-unused] still given\n");
    let place = Place::with(&[("a.tau", &text)]);
    let done = place.tau(&["lint"]).ends(0);
    assert!(!done.out.contains("input-unused"), "{}", done.out);
    assert_eq!(done.err, "1 warning in 1 file, 1 ignored\n");
    let summary = &place.tau(&["lint", "--json"]).json()["summary"];
    assert_eq!(summary["suppressed"], 1);
    assert_eq!(summary["warnings"], 1);
    for format in ["jsonl", "github", "junit"] {
        let out = place.tau(&["lint", "--format", format]).out;
        assert!(!out.contains("input-unused"), "{format}: {out}");
    }
    place
        .tau(&["lint", "--deny", "warnings", "--ignore", "authority"])
        .ends(0);
}

#[test]
fn sarif_has_what_is_ignored_with_the_reason() {
    let text = UNUSED.replace("int\n", "int  # tau: ignore[input-unused] still given\n");
    let place = Place::with(&[("a.tau", &text)]);
    let log = place.tau(&["lint", "--format", "sarif"]).json();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |code| results.iter().find(|it| it["ruleId"] == code).unwrap();
    let suppression = &of("input-unused")["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "still given");
    let region = &suppression["location"]["physicalLocation"]["region"];
    assert_eq!(
        (region["startLine"].as_u64(), region["startColumn"].as_u64()),
        (Some(2), Some(21))
    );
    assert_eq!(
        of("authority-unused")["suppressions"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn comments_are_written_above_what_they_silence() {
    let place = Place::with(&[("a.tau", UNUSED)]);
    let asked = ["lint", "--add-ignore", "input-unused,authority-unused"];
    let done = place.tau(&asked).ends(2);
    assert!(
        done.err
            .contains("ignoring `authority-unused` needs a reason"),
        "{}",
        done.err
    );
    let done = place
        .tau(&[&asked[..], &["--reason", "the next release needs it"]].concat())
        .ends(0);
    assert_eq!(
        done.err,
        "wrote 2 comments into 1 file\nnothing to report in 1 file, 2 ignored\n"
    );
    let expected = UNUSED
        .replace(
            "  input",
            "  # tau: ignore[input-unused] the next release needs it\n  input",
        )
        .replace(
            "    net ",
            "    # tau: ignore[authority-unused] the next release needs it\n    net ",
        );
    assert_eq!(place.read("a.tau"), expected);
    // What is formatted stays silent.
    place.tau(&["fmt"]).ends(0);
    place.tau(&["lint", "--deny", "warnings"]).ends(0);
    let done = place.tau(&["lint", "--add-ignore", "input-unused"]).ends(0);
    assert!(done.err.starts_with("nothing to ignore\n"), "{}", done.err);
}

#[test]
fn comments_are_written_into_yaml_too() {
    let text = "tau: 1\nmission: a\ninputs:\n  left: int\nsteps: []\n";
    let place = Place::with(&[("a.yaml", text)]);
    place.tau(&["lint", "--add-ignore", "input-unused"]).ends(0);
    let expected = text.replace("  left", "  # tau: ignore[input-unused]\n  left");
    assert_eq!(place.read("a.yaml"), expected);
}

#[test]
fn a_comment_that_silences_nothing_is_removed_by_fix() {
    let place = Place::with(&[(
        "a.tau",
        "mission a {\n  # tau: ignore[input-unused] gone\n  input b : int  # tau: ignore[input-unused, authority-shadowed] x\n  output c = b  # tau: ignore[input-unused]\n}\n",
    )]);
    place.tau(&["lint", "--fix"]).ends(0);
    let expected = "mission a {\n  input b : int\n  output c = b\n}\n";
    assert_eq!(place.read("a.tau"), expected);
    let text =
        "mission a {\n  input b : int  # tau: ignore[input-unused, authority-shadowed] x\n}\n";
    let place = Place::with(&[("a.tau", text)]);
    place.tau(&["lint", "--fix"]).ends(0);
    assert_eq!(
        place.read("a.tau"),
        text.replace(", authority-shadowed", "")
    );
}

#[test]
fn a_comment_makes_nothing_run_that_could_not() {
    let text = "mission a {\n  # tau: ignore[name-unknown] it will be there\n  output b = c\n}\n";
    let place = Place::with(&[("a.tau", text)]);
    place.git(&["init", "-q"]);
    place.tau(&["lint"]).ends(1);
    let done = place.tau(&["apply", "a.tau", "--yes"]).ends(2);
    assert!(
        done.err.contains("nothing here is called `c`"),
        "{}",
        done.err
    );
}

#[test]
fn only_codes_that_may_be_ignored_are_taken() {
    let place = Place::new();
    for wrong in ["syntax", "inptu-unused", "names", "suppression-unused"] {
        place.tau(&["lint", "--add-ignore", wrong]).ends(2);
    }
    place.tau(&["lint", "--reason", "x"]).ends(2);
    let asked = ["lint", "--add-ignore", "input-unused", "--reason", "a # b"];
    place.tau(&asked).ends(2);
}
