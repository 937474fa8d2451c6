use super::support::Place;

#[test]
fn the_schema_is_json_and_knows_the_actions() {
    let schema = Place::new().tau(&["schema"]).ends(0).json();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    let actions: Vec<_> = schema["$defs"]["step"]["anyOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["additionalProperties"]["const"])
        .collect();
    for action in ["fs.read", "verify.prove", "git.commit"] {
        assert!(actions.iter().any(|it| **it == *action), "{actions:?}");
    }
}

const REVIEW: &str = "\
## What a reviewer thinks of it.
type Review = { verdict: \"accept\" or \"reject\", notes: [Note] }
type Note   = { path: path, text: string? }
";

#[test]
fn the_schema_of_a_type_describes_its_values() {
    let place = Place::with(&[("a.tau", REVIEW)]);
    let schema = place
        .tau(&["schema", "--type", "Review", "a.tau"])
        .ends(0)
        .json();
    assert_eq!(schema["title"], "Review");
    assert_eq!(schema["description"], "What a reviewer thinks of it.");
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(
        schema["properties"]["notes"]["items"]["$ref"],
        "#/$defs/Note"
    );
    assert_eq!(
        schema["$defs"]["Note"]["required"],
        serde_json::json!(["path"])
    );
}

#[test]
fn a_type_of_a_yaml_file_and_one_of_the_library() {
    let file = "tau: 1\ntypes:\n  Size: '\"small\" or \"large\"'\nmission: a\ninputs:\n  s: Size\noutputs:\n  s: '{{ s }}'\n";
    let place = Place::with(&[("a.yaml", file)]);
    let schema = place
        .tau(&["schema", "--type", "Size", "a.yaml"])
        .ends(0)
        .json();
    assert_eq!(schema["enum"], serde_json::json!(["small", "large"]));
    let schema = place.tau(&["schema", "--type", "verdict"]).ends(0).json();
    assert_eq!(schema["properties"]["passed"]["type"], "boolean");
}

#[test]
fn a_type_that_is_not_there_or_wrong_is_said() {
    let place = Place::with(&[("a.tau", REVIEW), ("b.tau", "type A = { b: A }\n")]);
    let done = place.tau(&["schema", "--type", "Reviw", "a.tau"]).ends(2);
    assert!(
        done.err.contains("`a.tau` has no type `Reviw`"),
        "{}",
        done.err
    );
    assert!(done.err.contains("did you mean `Review`?"), "{}", done.err);
    let done = place.tau(&["schema", "--type", "A", "b.tau"]).ends(2);
    assert!(done.err.contains("type-recursive"), "{}", done.err);
    assert!(
        done.err.contains("so its types are not known"),
        "{}",
        done.err
    );
    place.tau(&["schema", "a.tau"]).ends(2);
}
