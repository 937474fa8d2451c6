//! Short ways into a result.

use serde_json::Value;

/// The step with this name.
#[track_caller]
#[must_use]
pub fn step<'a>(result: &'a Value, name: &str) -> &'a Value {
    let steps = result["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["name"] == name);
    found.unwrap_or_else(|| panic!("no step `{name}`: {result:#}"))
}

/// The names of an object's members, sorted.
#[track_caller]
#[must_use]
pub fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap();
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// What the members of a list say under `key`.
#[track_caller]
#[must_use]
pub fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| one[key].as_str().unwrap_or("none"))
        .collect()
}
