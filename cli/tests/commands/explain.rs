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
fn without_a_code_all_are_listed_by_family() {
    let place = Place::new();
    let list = place.tau(&["explain"]).ends(0).out;
    let mut families: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in list.lines() {
        match line.strip_prefix("  ") {
            None => families.push((line, Vec::new())),
            Some(rest) => {
                let code = rest.split(' ').next().unwrap();
                families.last_mut().unwrap().1.push(code);
            }
        }
    }
    assert_eq!(families[0].0, "syntax");
    assert!(families[0].1.contains(&"unclosed"), "{families:?}");
    for (family, codes) in &families {
        assert!(!codes.is_empty() && codes.is_sorted(), "{family}");
    }
    let document = place.tau(&["explain", "--json"]).json();
    assert_eq!(document["schema"], "tau.explain.codes/2");
    let listed: Vec<_> = document["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["family"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    let shown = families
        .iter()
        .flat_map(|(family, codes)| codes.iter().map(move |code| (*family, *code)));
    assert_eq!(listed, shown.collect::<Vec<_>>());
}

#[test]
fn programs_get_a_page_in_a_document() {
    let document = Place::new()
        .tau(&["explain", "syntax", "--json"])
        .ends(0)
        .json();
    assert_eq!(document["schema"], "tau.explain/1");
    assert_eq!(document["code"], "syntax");
    assert_eq!(document["family"], "syntax");
    assert_eq!(document["severity"], "error");
    assert!(document["page"].as_str().unwrap().starts_with("# syntax"));
}
