//! Arguments of actions: a value of the parameter's type, or an expression that gives one.

use serde_json::{Map, Value as Json, json};

use super::{text, value};
use crate::types::{Plain, Type};

/// What may stand for a parameter of this type.
pub(super) fn argument(ty: &Type) -> Json {
    let given = match ty {
        Type::Any => return value(),
        Type::None => json!({ "enum": ["none", null] }),
        Type::Plain(Plain::Bool) => json!({ "type": "boolean" }),
        Type::Plain(Plain::Int | Plain::Float) => return json!({ "type": ["number", "string"] }),
        Type::Plain(_) => return text(),
        Type::Choice(choices) => json!({ "enum": choices }),
        Type::List(item) => json!({ "type": "array", "items": argument(item) }),
        Type::Map(item) => json!({ "type": "object", "additionalProperties": argument(item) }),
        Type::Record(fields) => record(fields),
        Type::Optional(inner) => {
            return json!({ "anyOf": [argument(inner), { "enum": ["none", null] }] });
        }
        // Only an action makes one.
        Type::Named(..) if ty.is_sealed() => return expression(),
        Type::Named(_, inner) => return argument(inner),
        Type::Untrusted(inner) => return argument(inner),
    };
    json!({ "anyOf": [given, expression()] })
}

fn record(fields: &[(String, Type)]) -> Json {
    let properties: Map<String, Json> = fields
        .iter()
        .map(|(name, ty)| (name.clone(), argument(ty)))
        .collect();
    let required: Vec<&String> = fields
        .iter()
        .filter(|(_, ty)| !ty.may_be_absent())
        .map(|(name, _)| name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": value(),
    })
}

/// A text with an expression in it.
fn expression() -> Json {
    json!({ "type": "string", "pattern": super::BRACES })
}
