//! The JSON Schema (draft 2020-12) of a type: what a model is given that is asked for a value of
//! it. It describes what [`Type::coerce`] takes as JSON, and what it gives.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Plain, Type};

/// What types are documented to be, by name.
pub type Docs = BTreeMap<String, String>;

/// A part of a path: neither empty nor `.` nor `..`.
const PART: &str = r"([^/\\.][^/\\]*|\.[^/\\.][^/\\]*|\.\.[^/\\]+)";

impl Type {
    /// The schema of this type. Records are closed, a `T?` may be `null`, and a field of such a
    /// type may be left out.
    #[must_use]
    pub fn json_schema(&self, docs: &Docs) -> Json {
        let mut named = Named {
            docs,
            schemas: Map::new(),
        };
        let mut schema = match self {
            // It is what is asked for, and not only named.
            Type::Named(name, inner) => {
                let mut schema = named.described(name, inner, self.is_sealed());
                schema.insert("title".to_owned(), json!(name));
                schema
            }
            other => named.schema(other),
        };
        schema.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        if !named.schemas.is_empty() {
            schema.insert("$defs".to_owned(), Json::Object(named.schemas));
        }
        Json::Object(schema)
    }
}

/// The schemas of the types that have names, each once.
struct Named<'d> {
    docs: &'d Docs,
    schemas: Map<String, Json>,
}

impl Named<'_> {
    fn schema(&mut self, ty: &Type) -> Map<String, Json> {
        match ty {
            Type::Any => Map::new(),
            Type::None => object(json!({ "type": "null" })),
            Type::Plain(plain) => object(plain_schema(*plain)),
            Type::Choice(choices) => object(json!({ "type": "string", "enum": choices })),
            Type::Optional(inner) => {
                let inner = self.schema(inner);
                object(json!({ "anyOf": [inner, { "type": "null" }] }))
            }
            Type::List(item) => {
                let item = self.schema(item);
                object(json!({ "type": "array", "items": item }))
            }
            Type::Map(value) => {
                let value = self.schema(value);
                object(json!({ "type": "object", "additionalProperties": value }))
            }
            Type::Record(fields) => self.record(fields, false),
            Type::Untrusted(inner) => self.schema(inner),
            Type::Named(name, inner) => {
                if !self.schemas.contains_key(name) {
                    let schema = self.described(name, inner, ty.is_sealed());
                    self.schemas.insert(name.clone(), Json::Object(schema));
                }
                object(json!({ "$ref": format!("#/$defs/{name}") }))
            }
        }
    }

    fn described(&mut self, name: &str, inner: &Type, open: bool) -> Map<String, Json> {
        let mut schema = match inner {
            Type::Record(fields) => self.record(fields, open),
            inner => self.schema(inner),
        };
        if let Some(doc) = self.docs.get(name).filter(|doc| !doc.is_empty()) {
            schema.insert("description".to_owned(), json!(doc));
        }
        schema
    }

    /// What only actions make may hold more than their face says, so it is `open`.
    fn record(&mut self, fields: &[(String, Type)], open: bool) -> Map<String, Json> {
        let required = fields.iter().filter(|(_, ty)| !ty.takes_null());
        let required: Vec<&str> = required.map(|(name, _)| name.as_str()).collect();
        let properties: Map<String, Json> = fields
            .iter()
            .map(|(name, ty)| (name.clone(), Json::Object(self.schema(ty))))
            .collect();
        object(json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": open,
        }))
    }
}

fn plain_schema(plain: Plain) -> Json {
    let unit = |what: &str, pattern: &str| {
        json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "description": what },
            { "type": "string", "pattern": pattern },
        ] })
    };
    match plain {
        Plain::Bool => json!({ "type": "boolean" }),
        Plain::Int => json!({ "type": "integer" }),
        Plain::Float => json!({ "type": "number" }),
        Plain::Duration => unit(
            "milliseconds; or a text such as `30m`",
            r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$",
        ),
        Plain::Money => unit(
            "millionths of a dollar; or a text such as `$2`",
            r"^\$[0-9]+(\.[0-9]+)?$",
        ),
        Plain::Size => unit(
            "bytes; or a text such as `10MB`",
            r"^[0-9]+(\.[0-9]+)?(B|KB|MB|GB|KiB|MiB|GiB)$",
        ),
        Plain::Path => json!({
            "type": "string",
            "maxLength": 4096,
            "pattern": format!("^{PART}(/{PART})*$"),
            "description": "relative to the repository's root, with `/` between its parts",
        }),
        Plain::Glob => json!({
            "type": "string",
            "minLength": 1,
            "description": "a pattern of paths, such as `src/**/*.rs`",
        }),
        Plain::Command => json!({
            "type": "string",
            "minLength": 1,
            "description": "a command without a shell: words, with quotes around what belongs together",
        }),
        Plain::Script => json!({ "type": "string", "description": "text that a shell reads" }),
        Plain::Url => json!({ "type": "string", "format": "uri" }),
        Plain::Verifier => json!({ "type": ["string", "object"] }),
        Plain::File | Plain::Issue | Plain::Secret | Plain::String | Plain::Tree => {
            json!({ "type": "string" })
        }
    }
}

fn object(schema: Json) -> Map<String, Json> {
    match schema {
        Json::Object(schema) => schema,
        _ => Map::new(),
    }
}
