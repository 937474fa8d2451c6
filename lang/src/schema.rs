//! JSON Schema (draft 2020-12): of the values of a type, and of the YAML spelling, for editors:
//! which keys stand where, and which arguments an action takes. Names and authority are beyond a
//! schema.

mod arguments;
mod items;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use self::arguments::argument;
use self::items::{actions, missions, on, tests, types, uses};
use crate::library::Library;
use crate::syntax::tree::{BoxKind, Effect, File, Item};
use crate::syntax::yaml::keys;
use crate::types::Type;

const NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
/// The beginning of an expression in a text.
const BRACES: &str = r"\{\{";
const DOTTED: &str = "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$";

/// The schema of a value of the type `name`, one of `types`, with what the file and the library say
/// of it and of the types in it; `None` when there is no such type.
#[must_use]
pub fn value_of(
    name: &str,
    types: &BTreeMap<String, Arc<Type>>,
    file: &File,
    library: &Library,
) -> Option<Json> {
    let ty = Type::Named(name.to_owned(), types.get(name)?.clone());
    let mut docs = library.type_docs.clone();
    for item in &file.items {
        if let Item::Type(item) = item
            && let Some(doc) = &item.doc
        {
            docs.insert(item.name.text.clone(), doc.text.clone());
        }
    }
    Some(ty.json_schema(&docs))
}

/// The schema of a mission file that may use `library`.
#[must_use]
pub fn yaml(library: &Library) -> Json {
    let file = |key: &str| match key {
        "tau" => json!({ "enum": [1, "1"] }),
        "use" => uses(),
        "types" => types(),
        "actions" => actions(),
        "mission" => json!({ "type": "string", "pattern": NAME }),
        "missions" => missions(),
        "tests" => tests(),
        "on" => on(),
        "policy" => json!({ "$ref": "#/$defs/authority" }),
        key => items::member(key),
    };
    let mut schema = object(&keys::FILE, file, &["tau"]);
    let some = [
        "mission", "missions", "types", "actions", "tests", "on", "policy",
    ];
    schema["anyOf"] = some.map(|key| json!({ "required": [key] })).into();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("a tau mission in YAML");
    schema["$defs"] = json!({
        "authority": authority(),
        "input": input(),
        "output": output(),
        "statement": statement(),
        "step": { "anyOf": calls(library) },
        "type": ty(),
        "verifier": verifier(),
    });
    schema
}

/// An object with these keys and no others.
fn object(keys: &[&str], schema: impl Fn(&str) -> Json, required: &[&str]) -> Json {
    let properties: Map<String, Json> = keys
        .iter()
        .map(|key| ((*key).to_owned(), words::described(key, schema(key))))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// An object whose keys are names.
fn named(value: &Json) -> Json {
    json!({
        "type": "object",
        "propertyNames": { "pattern": NAME },
        "additionalProperties": value,
    })
}

/// Whatever YAML reads from what stands there without brackets.
fn text() -> Json {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A value: what it may be is for the checker.
fn value() -> Json {
    json!({})
}

fn one_or_more() -> Json {
    json!({ "anyOf": [text(), { "type": "array", "items": text() }] })
}

fn scopes() -> Json {
    json!({ "anyOf": [text(), { "type": "array", "items": value(), "minItems": 1 }] })
}

fn steps() -> Json {
    json!({ "type": "array", "items": { "$ref": "#/$defs/statement" } })
}

fn ty() -> Json {
    let inner = json!({ "$ref": "#/$defs/type" });
    json!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": inner, "minItems": 1, "maxItems": 1 },
        // `{int}`: YAML reads a key without a value.
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": { "type": "null" },
        },
        named(&inner),
    ] })
}

fn input() -> Json {
    let field = |key: &str| match key {
        "type" => json!({ "$ref": "#/$defs/type" }),
        "default" => value(),
        _ => text(),
    };
    // A mapping is always the keys of an input, never a type.
    json!({ "anyOf": [
        { "type": ["string", "array"], "$ref": "#/$defs/type" },
        object(&keys::INPUT, field, &["type"]),
    ] })
}

fn output() -> Json {
    let field = |key: &str| if key == "value" { value() } else { text() };
    json!({ "anyOf": [
        object(&keys::OUTPUT, field, &["value"]),
        { "not": { "type": "object", "required": ["value"] } },
    ] })
}

fn verifier() -> Json {
    let field = |key: &str| match key {
        "run" => json!({ "anyOf": [value(), scopes()] }),
        "protect" | "loses" | "hides" | "needs" | "installed" => scopes(),
        "env" => json!({ "type": "object" }),
        "about" => text(),
        _ => value(),
    };
    object(&keys::VERIFIER, field, &[])
}

fn authority() -> Json {
    let effects: Vec<&str> = Effect::ALL.into_iter().map(Effect::word).collect();
    let denied = object(&effects, effect, &[]);
    let mut all = effects;
    all.push("deny");
    let granted = |key: &str| match key {
        "deny" => denied.clone(),
        key => effect(key),
    };
    let block = object(&all, granted, &[]);
    json!({ "anyOf": [{ "type": "null" }, block, { "type": "array", "items": block }] })
}

fn effect(word: &str) -> Json {
    let field = |key: &str| match key {
        "allow" | "else" => scopes(),
        _ => text(),
    };
    match Effect::parse(word) {
        Some(Effect::Time) => text(),
        Some(Effect::Git) => named(&scopes()),
        // Names are had or not had; there is nothing to count.
        Some(effect) if effect.has_names() => {
            json!({ "anyOf": [scopes(), object(&["allow"], field, &["allow"])] })
        }
        Some(Effect::Model) => {
            json!({ "anyOf": [scopes(), object(&keys::MODEL_GRANT, field, &["allow"])] })
        }
        _ => json!({ "anyOf": [scopes(), object(&keys::GRANT, field, &["allow"])] }),
    }
}

fn statement() -> Json {
    let body = |key: &str| match key {
        "let" => named(&value()),
        "then" | "else" | "steps" => steps(),
        "repeat" | "in" | "up_to" | "at_once" => value(),
        _ => text(),
    };
    json!({ "anyOf": [
        { "$ref": "#/$defs/step" },
        object(&keys::LET, body, &["let"]),
        object(&keys::IF, body, &["if", "then"]),
        object(&keys::FOR, body, &["for", "in", "steps"]),
        object(&keys::REPEAT, body, &["repeat", "steps"]),
    ] })
}

/// One schema for each action and mission of the library.
fn calls(library: &Library) -> Vec<Json> {
    let actions = library.actions.values().map(|action| {
        let params = action.params.iter().map(|param| {
            let mut schema = argument(&param.ty);
            schema["description"] = json!(format!("{}: {}", param.ty, param.doc));
            (param.name.clone(), schema)
        });
        call(&action.name, &action.doc, params.collect())
    });
    let missions = library.missions.values().map(|mission| {
        let doc = |doc: &Option<crate::syntax::tree::Doc>| {
            doc.as_ref().map_or(String::new(), |doc| doc.text.clone())
        };
        let params = mission.inputs.iter().map(|input| {
            let about = json!({ "description": doc(&input.doc) });
            (input.name.text.clone(), about)
        });
        call(&mission.name.text, &doc(&mission.doc), params.collect())
    });
    let mut calls: Vec<Json> = actions.chain(missions).collect();
    calls.push(others(library));
    calls
}

/// A step that calls what the file itself or another one defines: any name outside of the library's
/// groups, and with any arguments.
fn others(library: &Library) -> Json {
    let mut step = call("", "", Map::new());
    step["properties"]["with"] = json!({ "type": "object" });
    let groups: Vec<&str> = library.groups.iter().map(String::as_str).collect();
    let taken: Vec<&String> = library.missions.keys().collect();
    step["additionalProperties"] = json!({
        "type": "string",
        "pattern": DOTTED,
        "not": { "anyOf": [
            { "pattern": format!("^({})\\.", groups.join("|")) },
            { "enum": taken },
        ] },
    });
    step
}

/// A step that calls `action`: the one key that is not of the language is its name.
fn call(action: &str, about: &str, params: Map<String, Json>) -> Json {
    let field = |key: &str| match key {
        "with" => json!({
            "type": "object",
            "properties": params,
            // An argument may be given by its position.
            "patternProperties": { "^[1-9][0-9]*$": value() },
            "additionalProperties": false,
        }),
        "after" => one_or_more(),
        "retry" => {
            let field = |key: &str| match key {
                "up_to" => {
                    let about = "the wait doubles each time, until it is so long";
                    let mut wait = value();
                    wait["description"] = json!(about);
                    wait
                }
                _ => value(),
            };
            json!({ "anyOf": [text(), object(&keys::RETRY, field, &["times"])] })
        }
        "timeout" => value(),
        "box" => json!({ "enum": BoxKind::ALL.map(BoxKind::word) }),
        "may_fail" => json!({ "type": "boolean" }),
        _ => text(),
    };
    let mut step = object(&keys::STEP, field, &[]);
    step["propertyNames"] = json!({ "pattern": NAME });
    step["additionalProperties"] = json!({ "const": action, "description": about });
    step["minProperties"] = json!(1);
    step
}

#[cfg(test)]
mod tests;
