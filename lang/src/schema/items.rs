//! The items of a file, and the keys of a mission.

use serde_json::{Value as Json, json};

use super::{NAME, input, named, object, one_or_more, scopes, steps, text, value};
use crate::library::Repeat;
use crate::syntax::yaml::keys;

/// `use`: libraries, files and repositories.
pub(super) fn uses() -> Json {
    let source = object(&keys::USE, |_| text(), &["from"]);
    let one = json!({ "anyOf": [text(), source] });
    let line = json!({ "anyOf": [one, { "type": "array", "items": one }] });
    json!({ "anyOf": [one, { "type": "array", "items": line }] })
}

/// `types`, by name.
pub(super) fn types() -> Json {
    let field = |key: &str| match key {
        "type" => json!({ "$ref": "#/$defs/type" }),
        _ => text(),
    };
    // A mapping is always the keys, never a type.
    named(&json!({ "anyOf": [
        { "type": ["string", "array"], "$ref": "#/$defs/type" },
        object(&keys::TYPE, field, &["type"]),
    ] }))
}

/// `actions`, by name.
pub(super) fn actions() -> Json {
    let field = |key: &str| match key {
        "params" => named(&input()),
        "result" => json!({ "$ref": "#/$defs/type" }),
        "needs" => {
            let needs = object(&keys::NEEDS, |_| value(), &[]);
            json!({ "anyOf": [needs, { "type": "array", "items": needs }] })
        }
        "takes" | "run" => value(),
        "spends" => object(&["calls", "money", "tokens"], |_| value(), &[]),
        "kind" => json!({ "enum": Repeat::ALL.map(Repeat::word) }),
        "gate" => json!({ "type": "boolean" }),
        key => member(key),
    };
    named(&object(&keys::ACTION, field, &["result"]))
}

/// `missions`, by name.
pub(super) fn missions() -> Json {
    let mission = object(&keys::MISSION, member, &[]);
    named(&json!({ "anyOf": [{ "type": "null" }, mission] }))
}

/// A key of a mission.
pub(super) fn member(key: &str) -> Json {
    let handler = |key: &str| match key {
        "steps" => steps(),
        _ => text(),
    };
    match key {
        "inputs" => named(&json!({ "$ref": "#/$defs/input" })),
        "authority" => json!({ "$ref": "#/$defs/authority" }),
        "verifiers" => named(&json!({ "$ref": "#/$defs/verifier" })),
        "steps" => steps(),
        "on_failure" | "finally" => {
            json!({ "anyOf": [steps(), object(&keys::HANDLER, handler, &["steps"])] })
        }
        "outputs" => named(&json!({ "$ref": "#/$defs/output" })),
        _ => text(),
    }
}

/// `tests`
pub(super) fn tests() -> Json {
    let outcome = |key: &'static str| object(&[key], |_| value(), &[key]);
    let given = json!({
        "type": "object",
        "additionalProperties": { "anyOf": [outcome("returns"), outcome("fails")] },
    });
    let field = |key: &str| match key {
        "with" | "files" => json!({ "type": "object" }),
        "given" => json!({ "anyOf": [given, { "type": "array", "items": given }] }),
        "expect" => one_or_more(),
        _ => text(),
    };
    let test = object(&keys::TEST, field, &["test", "run"]);
    json!({ "type": "array", "items": test })
}

/// `on`: an event with what it is asked for, and the mission that it starts.
pub(super) fn on() -> Json {
    let keys = [
        "comment", "label", "schedule", "webhook", "zone", "run", "with", "about",
    ];
    let field = |key: &str| match key {
        "with" => json!({ "type": "object" }),
        "run" | "about" => text(),
        _ => value(),
    };
    let mut trigger = object(&keys, field, &["run"]);
    trigger["propertyNames"] = json!({ "pattern": NAME });
    trigger["additionalProperties"] = scopes();
    json!({ "type": "array", "items": trigger })
}
