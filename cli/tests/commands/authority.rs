use super::support::Place;

const FIX: &str = "\
mission fix {
  authority {
    read  \"**\"
    write \"src/**\", \"docs/**\"
    deny  write \"src/generated/**\"
    time  5m
  }

  step a = fs.write(\"src/a.rs\", text: \"x\")
  step b = fs.write(\"b.rs\", text: \"x\")
}
";

#[test]
fn a_mission_shows_what_it_grants_needs_and_grants_in_vain() {
    let place = Place::with(&[("fix.tau", FIX)]);
    let done = place.tau(&["authority", "fix.tau"]).ends(0);
    insta::assert_snapshot!(done.out, @r#"
    fix

    grants
      read "**"                      fix.tau:3:5
      write "src/**", "docs/**"      fix.tau:4:5
      deny write "src/generated/**"  fix.tau:5:5
      time 5m                        fix.tau:6:5

    needs
      read "src/a.rs"   a at fix.tau:9:3
      write "src/a.rs"  a at fix.tau:9:3
      read "b.rs"       b at fix.tau:10:3

    needs, and does not grant
      write "b.rs"  b at fix.tau:10:3
    "#);
}

#[test]
fn programs_get_every_mission() {
    let place = Place::with(&[("fix.tau", FIX)]);
    let document = place
        .tau(&["authority", "fix.tau", "--json"])
        .ends(0)
        .json();
    assert_eq!(document["schema"], "tau.authority/1");
    assert_eq!(document["missions"][0]["mission"], "fix");
    assert_eq!(document["missions"][0]["needed"][3]["status"], "missing");
    place.tau(&["authority", "std/prove-patch"]).ends(0);
}

#[test]
fn what_comes_from_outside_is_told_with_its_ends() {
    let text = "mission note {\n  input title : untrusted string\n  authority {\n    \
                read \"**\"\n    write \"notes/**\"\n  }\n  \
                step note = fs.write(\"notes/a.md\", text: title)\n  output title = title\n}\n";
    let place = Place::with(&[("note.tau", text)]);
    let done = place.tau(&["authority", "note.tau"]).ends(0);
    assert!(
        done.out
            .ends_with("\nfrom outside\n  title  goes into `text` of note, output title\n"),
        "{}",
        done.out
    );
    let json = place
        .tau(&["authority", "note.tau", "--json"])
        .ends(0)
        .json();
    let outside = serde_json::json!([{
        "source": "title",
        "ends": [
            { "kind": "argument", "step": "note", "action": "fs.write", "name": "text" },
            { "kind": "output", "name": "title" },
        ],
    }]);
    assert_eq!(json["missions"][0]["outside"], outside);
}

#[test]
fn the_command_line_must_make_sense() {
    let place = Place::with(&[("fix.tau", FIX), ("bad.tau", "mission {")]);
    place.tau(&["authority"]).ends(2);
    place.tau(&["authority", "none.tau"]).ends(2);
    place.tau(&["authority", "bad.tau"]).ends(2);
    place
        .tau(&["authority", "fix.tau", "--mission", "x"])
        .ends(2);
    place.tau(&["authority", "diff", "fix.tau"]).ends(2);
    place
        .tau(&["authority", "diff", "fix.tau", "HEAD:fix.tau"])
        .ends(2);
}

#[test]
fn a_wider_file_is_shown_and_ends_with_1() {
    let wider = FIX.replace("    deny  write \"src/generated/**\"\n", "");
    let place = Place::with(&[("a.tau", FIX), ("b.tau", &wider.replace("5m", "1m"))]);
    let done = place.tau(&["authority", "diff", "a.tau", "b.tau"]).ends(1);
    insta::assert_snapshot!(done.out, @r#"
    fix
      + time 1m
      - deny write "src/generated/**"  (more)
      - time 5m
    "#);
    assert_eq!(done.err, "`b.tau` may do more than `a.tau`\n");
    let done = place.tau(&["authority", "diff", "a.tau", "a.tau"]).ends(0);
    assert_eq!(done.out, "");
    let narrower = ["authority", "diff", "b.tau", "a.tau", "--json"];
    // The denial narrows, the longer time widens.
    let document = place.tau(&narrower).ends(1).json();
    assert_eq!(document["schema"], "tau.authority.diff/1");
    assert_eq!(document["widens"], true);
}

#[test]
fn a_revision_is_compared_with_the_file_on_disk() {
    let place = Place::with(&[("missions/fix.tau", FIX)]);
    place.git(&["init", "-q"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-q", "-m", "first"]);
    let named = [
        "authority",
        "diff",
        "HEAD:missions/fix.tau",
        "missions/fix.tau",
    ];
    place.tau(&named).ends(0);
    place.write("missions/fix.tau", FIX.replace("docs/**", "**"));
    let done = place.tau(&named).ends(1);
    assert!(done.out.contains("+ write \"**\"  (more)"), "{}", done.out);
    let back = [
        "authority",
        "diff",
        "missions/fix.tau",
        "HEAD:missions/fix.tau",
    ];
    place.tau(&back).ends(0);
    let folder = ["authority", "diff", "HEAD:missions", "missions/fix.tau"];
    let done = place.tau(&folder).ends(2);
    assert!(
        done.err.contains("cannot read `HEAD:missions`"),
        "{}",
        done.err
    );
}

#[test]
fn two_revisions_are_compared() {
    let place = Place::with(&[("fix.tau", FIX)]);
    place.git(&["init", "-q"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-q", "-m", "first"]);
    place.write("fix.tau", FIX.replace("time  5m", "time  1h"));
    place.git(&["commit", "-q", "-a", "-m", "second"]);
    // The file on disk is neither of them.
    place.write("fix.tau", "mission {");
    let done = place
        .tau(&["authority", "diff", "HEAD~1:fix.tau", "HEAD:fix.tau"])
        .ends(1);
    assert_eq!(done.out, "fix\n  + time 1h  (more)\n  - time 5m\n");
    place
        .tau(&["authority", "diff", "HEAD:fix.tau", "HEAD~1:fix.tau"])
        .ends(0);
}

#[test]
fn missions_come_go_and_get_other_names() {
    let look = "mission look {\n  authority {\n    read \"a\"\n  }\n  \
                step a = fs.read(\"a\")\n}\n";
    let renamed = FIX.replace("mission fix", "mission mend");
    let place = Place::with(&[
        ("one.tau", FIX),
        ("two.tau", &format!("{FIX}{look}")),
        ("renamed.tau", &renamed),
        ("both.tau", &format!("{renamed}{look}")),
    ]);
    let diff = |a: &str, b: &str, code: i32| place.tau(&["authority", "diff", a, b]).ends(code).out;
    assert_eq!(
        diff("one.tau", "two.tau", 1),
        "look\n  + read \"a\"  (more)\n"
    );
    assert_eq!(diff("two.tau", "one.tau", 0), "look\n  - read \"a\"\n");
    // A file's only mission is the same one, whatever its name. Of several, nobody knows.
    assert_eq!(diff("one.tau", "renamed.tau", 0), "");
    let several = diff("two.tau", "both.tau", 1);
    assert!(
        several.starts_with("mend\n  + read \"**\"  (more)\n"),
        "{several}"
    );
    assert!(several.contains("fix\n  - read \"**\"\n"), "{several}");
}

#[test]
fn another_command_of_a_verifier_is_more() {
    let with = |command: &str| {
        format!(
            "mission fix {{\n  authority {{\n    run \"*\"\n  }}\n  verifier tests {{\n    \
             run \"{command}\"\n    protect \"tests/**\"\n  }}\n  \
             step red = verify.red(tests)\n}}\n"
        )
    };
    let place = Place::with(&[("a.tau", &with("make check")), ("b.tau", &with("true"))]);
    let done = place.tau(&["authority", "diff", "a.tau", "b.tau"]).ends(1);
    assert_eq!(
        done.out,
        "fix\n  + verifier tests run \"true\"  (more)\n  - verifier tests run \"make check\"\n"
    );
}
