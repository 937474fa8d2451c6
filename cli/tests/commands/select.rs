//! `tau lint --select`, `--ignore`, `--diff` and `--statistics`.

use insta::assert_snapshot;

use super::support::{Done, Place};

const TEXT: &str = "\
mission a {
  input left : int
  input more : int

  authority {
    read \"b\"
    net  \"example.com\"
  }

  step c = fs.raed(\"b\")
}
";

fn codes(done: &Done) -> Vec<String> {
    let document = done.json();
    let found = document["diagnostics"].as_array().unwrap();
    let code = |one: &serde_json::Value| one["code"].as_str().unwrap().to_owned();
    found.iter().map(code).collect()
}

#[test]
fn codes_and_families_are_selected_and_ignored() {
    let place = Place::with(&[("a.tau", TEXT)]);
    let lint = |arguments: &[&str]| place.tau(&[&["lint", "--json"], arguments].concat());
    let all = ["input-unused", "input-unused", "action-unknown"];
    assert_eq!(codes(&lint(&[]).ends(1)), all);
    assert_eq!(
        codes(&lint(&["--select", "action-unknown"]).ends(1)),
        all[2..]
    );
    assert_eq!(codes(&lint(&["--select", "names"]).ends(1)), all);
    assert_eq!(
        codes(&lint(&["--ignore", "action-unknown"]).ends(0)),
        all[..2]
    );
    assert_eq!(
        codes(&lint(&["--select", "names", "--ignore", "input-unused"]).ends(1)),
        all[2..]
    );
    assert_eq!(
        codes(&lint(&["--select", "syntax,authority"]).ends(0)),
        [""; 0]
    );
    let done = lint(&["--select", "nmaes"]).ends(2);
    assert!(done.err.contains("did you mean `names`?"), "{}", done.err);
}

#[test]
fn only_what_is_selected_is_mended() {
    let place = Place::with(&[("a.tau", TEXT)]);
    place
        .tau(&["lint", "--fix", "--ignore", "action-unknown"])
        .ends(0);
    assert_eq!(place.read("a.tau"), TEXT);
}

#[test]
fn a_diff_shows_and_writes_nothing() {
    let place = Place::with(&[("a.tau", TEXT)]);
    let done = place
        .tau(&["lint", "--fix", "--diff", "--select", "action-unknown"])
        .ends(1);
    assert_eq!(place.read("a.tau"), TEXT);
    assert_eq!(done.err, "to mend 1 finding in 1 file\n");
    // The blank line between begins with a space.
    let out = done.out.replace("\n \n", "\n\n");
    assert_snapshot!(out, @r#"
    --- a.tau
    +++ a.tau
    @@ -7,5 +7,5 @@
         net  "example.com"
       }

    -  step c = fs.raed("b")
    +  step c = fs.read("b")
     }
    "#);
    let clean = Place::with(&[("a.tau", "mission a {\n}\n")]);
    clean.tau(&["lint", "--fix", "--diff"]).ends(0);
    clean.tau(&["lint", "--diff"]).ends(2);
}

#[test]
fn statistics_count_each_code() {
    let place = Place::with(&[("a.tau", TEXT)]);
    let done = place.tau(&["lint", "--statistics"]).ends(1);
    assert_snapshot!(done.out, @r"
    2  input-unused    names
    1  action-unknown  names
    ");
}
