use super::support::Place;

const GREET: &str = "\
# what it is for
## Write a greeting.
mission greet {
  input name : string      ## whom to greet

  authority {
    # only these
    write \"out/**\"
  }

  if name == \"you\" {
    step one = fs.write(\"out/{{ name }}\", \"hello\")  # by position
  }
}
";

#[test]
fn a_mission_becomes_yaml_with_named_arguments_and_its_comments() {
    let place = Place::with(&[("greet.tau", GREET)]);
    let yaml = place
        .tau(&["convert", "greet.tau", "--to", "yaml"])
        .ends(0)
        .out;
    insta::assert_snapshot!(yaml, @r#"
    # what it is for
    tau: 1
    mission: greet
    about: Write a greeting.
    inputs:
      name: { type: string, about: whom to greet }
    authority:
      # only these
      write: [out/**]
    steps:
      - if: name == "you"
        then:
          - one: fs.write  # by position
            with: { path: "out/{{ name }}", text: hello }
    "#);
    place.write("greet.yaml", &yaml);
    let back = place
        .tau(&["convert", "greet.yaml", "--to", "tau"])
        .ends(0)
        .out;
    let named = "fs.write(path: \"out/{{ name }}\", text: \"hello\")";
    let expected = GREET.replace("fs.write(\"out/{{ name }}\", \"hello\")", named);
    assert_eq!(back, expected);
    let same = place
        .tau(&["convert", "greet.yaml", "--to", "yaml"])
        .ends(0)
        .out;
    assert_eq!(same, yaml);
}

#[test]
fn the_missions_of_the_library_go_there_and_back() {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../workflows");
    let place = Place::new();
    let mut tried = 0;
    for entry in std::fs::read_dir(library).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "tau") {
            continue;
        }
        let path = path.to_str().unwrap();
        let yaml = place.tau(&["convert", path, "--to", "yaml"]).ends(0).out;
        place.write("there.yaml", &yaml);
        let back = place
            .tau(&["convert", "there.yaml", "--to", "tau"])
            .ends(0)
            .out;
        place.write("back.tau", &back);
        assert_eq!(
            place
                .tau(&["convert", "back.tau", "--to", "yaml"])
                .ends(0)
                .out,
            yaml
        );
        tried += 1;
    }
    assert!(tried > 0);
}

#[test]
fn what_yaml_cannot_say_is_refused_by_name() {
    let place = Place::new();
    let refused = |text: &str| {
        place.write("x.tau", text);
        let done = place.tau(&["convert", "x.tau", "--to", "yaml"]).ends(2);
        assert_eq!(done.out, "");
        done.err
    };
    insta::assert_snapshot!(refused("mission a {\n}\nmission a {\n}\n"), @r#"error: cannot convert `x.tau`: YAML cannot say two things of one name"#);
    insta::assert_snapshot!(refused("on label(1, 2) run a()\n"), @r#"error: cannot convert `x.tau`: YAML cannot say what `on label` is asked for here"#);
    insta::assert_snapshot!(refused("# nothing\n"), @r#"error: cannot convert `x.tau`: YAML cannot say a file without a mission"#);
    insta::assert_snapshot!(refused("mission a {\n  step b = no.such(1)\n}\n"), @r#"error: cannot convert `x.tau`: argument 1 of `no.such` has no name in YAML: there is no such action or mission"#);
    let extra = "mission a {\n  step b = time.sleep(1s, 2s)\n}\n";
    insta::assert_snapshot!(refused(extra), @r#"error: cannot convert `x.tau`: argument 2 of `time.sleep` has no name in YAML: it takes fewer"#);
    let twice = "mission a {\n  step b = fs.read(\"x\", path: \"y\")\n}\n";
    assert!(refused(twice).contains("that name is given to another"));
    assert!(refused("mission {\n").ends_with("so it stays as it is\n"));
}

#[test]
fn standard_input_is_read_under_its_name() {
    let place = Place::new();
    let line = ["convert", "-", "--stdin-filename", "x.yaml", "--to", "tau"];
    let done = place.pipe(&line, "tau: 1\nmission: a\n").ends(0);
    assert_eq!(done.out, "mission a {\n}\n");
    place.tau(&["convert", "none.tau", "--to", "yaml"]).ends(2);
    place.tau(&["convert", "none.tau"]).ends(2);
}
