use super::support::Place;

const BROKEN: &str = "mission fix {\n  step a = fs.read(\"x\"\n}\n";

#[test]
fn a_clean_folder_exits_0_and_says_how_much_was_looked_at() {
    let place = Place::with(&[(".tau/a.tau", "mission a {\n}\n")]);
    let done = place.tau(&["lint"]).ends(0);
    assert_eq!(
        (&*done.out, &*done.err),
        ("", "nothing to report in 1 file\n")
    );
    assert_eq!(place.tau(&["lint", "-q"]).ends(0).err, "");
}

#[test]
fn findings_are_data_and_the_summary_is_not() {
    let place = Place::with(&[("a.tau", BROKEN), ("b.tau", "mission b {\n}\n")]);
    let done = place.tau(&["lint"]).ends(1);
    assert!(done.out.contains("[a.tau:"), "{}", done.out);
    assert!(done.err.ends_with(" in 2 files\n"), "{}", done.err);
}

#[test]
fn a_bad_file_never_stops_the_others() {
    let place = Place::with(&[("b.tau", BROKEN)]);
    place.write("a.tau", b"\xff\xfe\x00m");
    place.write("c.tau", vec![b'#'; 4 * 1024 * 1024 + 1]);
    let done = place.tau(&[
        "lint", "a.tau", "b.tau", "c.tau", "none.tau", "--format", "jsonl",
    ]);
    let codes: Vec<String> = done
        .ends(1)
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|line| {
            Some(format!(
                "{}:{}",
                line["file"].as_str()?,
                line["code"].as_str()?
            ))
        })
        .collect();
    for expected in [
        "a.tau:file-unreadable",
        "c.tau:file-unreadable",
        "none.tau:file-unreadable",
    ] {
        assert!(codes.iter().any(|code| code == expected), "{codes:?}");
    }
    assert!(
        codes.iter().any(|code| code.starts_with("b.tau:")),
        "{codes:?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let place = Place::new();
    place.write("a.tau", b"\xff\xfe\x00m");
    let out = place.tau(&["lint"]).ends(1).out;
    let expected =
        "  error[file-unreadable]: cannot read `a.tau`: it is UTF-16; save it as UTF-8\n\n";
    assert_eq!(out, expected);
}

#[test]
fn standard_input_is_checked_under_its_name() {
    let place = Place::new();
    let done = place
        .pipe(
            &["lint", "-", "--stdin-filename", "x/y.tau", "--json"],
            BROKEN,
        )
        .ends(1);
    let document = done.json();
    assert_eq!(document["schema"], "tau.lint/1");
    assert_eq!(document["diagnostics"][0]["file"], "x/y.tau");
    place.pipe(&["lint", "-"], "mission a {\n}\n").ends(0);
}

#[test]
fn names_and_texts_cannot_steer_the_terminal() {
    let place = Place::with(&[("\u{1b}[2J\u{202e}.tau", "mission \u{1b}[31m {\n")]);
    for format in ["human", "json", "jsonl", "github", "sarif", "junit"] {
        let done = place.tau(&["lint", "--format", format]).ends(1);
        assert!(
            !done.out.contains(['\u{1b}', '\u{202e}']),
            "{format}: {}",
            done.out
        );
    }
}

#[test]
fn no_files_is_said() {
    let done = Place::new().tau(&["lint"]).ends(0);
    assert_eq!(done.err, "warning: there are no tau files here\n");
}

#[test]
fn a_folder_that_may_not_be_read_costs_only_itself() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(&[("a.tau", "mission a {\n}\n"), ("locked/b.tau", "")]);
    let locked = place.path().join("locked");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o000)).unwrap();
    let refused = std::fs::read_dir(&locked).is_err();
    let done = place.tau(&["lint"]);
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o755)).unwrap();
    // Nothing is locked for root.
    if refused {
        assert!(
            done.ends(1)
                .out
                .contains("cannot read `locked`: you may not read it")
        );
    }
}

const WRONG: &str = "\
# kept
mission a {
  authority {
    read \"**\"
  }

  step   x = fs.reed(\"a\")  # kept too
  step y = fs.read(paht: \"b\")
  step z = fs.write(\"c\", text: \"d\")

  output text = x.text ~ y.text
}
";

#[test]
fn safe_fixes_are_made_and_what_remains_is_said() {
    let place = Place::with(&[("a.tau", WRONG)]);
    let done = place.tau(&["lint", "--fix"]).ends(1);
    assert_eq!(done.err, "mended 2 findings in 1 file\n1 error in 1 file\n");
    assert!(done.out.contains("authority-missing"), "{}", done.out);
    let mended = WRONG.replace("reed", "read").replace("paht", "path");
    assert_eq!(place.read("a.tau"), mended);
    assert!(
        place
            .tau(&["lint", "--fix"])
            .ends(1)
            .err
            .starts_with("nothing to fix\n")
    );
}

#[test]
fn what_a_fix_brings_to_light_is_mended_in_the_next_round() {
    let text = "mission a {\n  step y = fs.wriet(paht: \"b\", text: \"c\")\n}\n";
    let place = Place::with(&[("a.tau", text)]);
    let done = place.tau(&["lint", "--fix"]).ends(1);
    assert!(done.err.starts_with("mended 2 findings"), "{}", done.err);
    let mended = text.replace("wriet", "write").replace("paht", "path");
    assert_eq!(place.read("a.tau"), mended);
}

#[test]
fn a_grant_is_inserted_only_when_asked_for() {
    let place = Place::with(&[("a.tau", WRONG)]);
    place.tau(&["lint", "--fix", "--unsafe-fixes"]).ends(0);
    let expected = "    read \"**\"\n    write \"c\"\n  }\n";
    assert!(
        place.read("a.tau").contains(expected),
        "{}",
        place.read("a.tau")
    );
}

#[test]
fn a_grant_is_inserted_into_yaml_as_yaml() {
    let text = "tau: 1\nmission: a\nauthority: { read: [a] }  # kept\nsteps:\n  - x: fs.reed\n    with: { path: a }\n  - y: fs.read\n    with: { path: b }\noutputs: { text: \"{{ x.text ~ y.text }}\" }\n";
    let place = Place::with(&[("a.yaml", text)]);
    place.tau(&["lint", "--fix", "--unsafe-fixes"]).ends(0);
    let mended = text.replace("reed", "read").replace("[a]", "[a, \"b\"]");
    assert_eq!(place.read("a.yaml"), mended);
}

#[test]
fn standard_input_cannot_be_fixed() {
    let place = Place::new();
    place.pipe(&["lint", "-", "--fix"], BROKEN).ends(2);
    place.tau(&["lint", "--unsafe-fixes"]).ends(2);
}
