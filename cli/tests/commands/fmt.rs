use super::support::Place;

#[test]
fn a_file_with_errors_is_left_and_reported() {
    let broken = "mission fix {\n  step a = fs.read(\"x\"\n}\n";
    let place = Place::with(&[("a.tau", broken)]);
    let done = place.tau(&["fmt"]).ends(1);
    assert_eq!(done.out, "");
    assert!(done.err.contains("[a.tau:"), "{}", done.err);
    assert_eq!(place.read("a.tau"), broken);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let place = Place::new();
    let text = "mission a {\n}\n";
    let done = place.pipe(&["fmt", "-"], text).ends(0);
    assert!(done.out.starts_with("mission a {"), "{}", done.out);
}

#[test]
fn programs_get_one_document() {
    let place = Place::with(&[("a.tau", "mission a {\n")]);
    let document = place.tau(&["fmt", "--check", "--json"]).ends(1).json();
    assert_eq!(document["schema"], "tau.fmt/1");
    assert_eq!(document["files"][0]["state"], "failed");
}
