use insta::assert_snapshot;

use super::support::Place;

#[test]
fn a_code_is_explained() {
    let place = Place::new();
    let page = place.tau(&["explain", "name-unknown"]).ends(0).out;
    assert!(page.starts_with("# name-unknown\n"), "{page}");
    // As it stands in a finding.
    let pasted = place.tau(&["explain", "error[name-unknown]:"]).ends(0).out;
    assert_eq!(pasted, page);
}

#[test]
fn an_unknown_code_is_wrong_usage_and_the_nearest_is_named() {
    let done = Place::new().tau(&["explain", "nmae-unknown"]).ends(2);
    assert_eq!(done.out, "");
    assert_snapshot!(done.err, @r"
    error: no finding has the code `nmae-unknown`
    help: did you mean `name-unknown`?
    ");
    let done = Place::new().tau(&["explain", "banana"]).ends(2);
    assert!(
        done.err.contains("help: `tau explain` lists all codes"),
        "{}",
        done.err
    );
}

#[test]
fn without_a_code_all_are_listed() {
    let place = Place::new();
    let list = place.tau(&["explain"]).ends(0).out;
    let codes: Vec<_> = list
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(codes.contains(&"syntax") && codes.len() > 20, "{codes:?}");
    assert!(codes.is_sorted());
    let document = place.tau(&["explain", "--json"]).json();
    assert_eq!(document["schema"], "tau.explain.codes/1");
    assert_eq!(document["codes"].as_array().unwrap().len(), codes.len());
}

#[test]
fn programs_get_a_page_in_a_document() {
    let document = Place::new()
        .tau(&["explain", "syntax", "--json"])
        .ends(0)
        .json();
    assert_eq!(document["schema"], "tau.explain/1");
    assert_eq!(document["code"], "syntax");
    assert!(document["page"].as_str().unwrap().starts_with("# syntax"));
}
