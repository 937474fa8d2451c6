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
