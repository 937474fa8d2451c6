#![allow(
    clippy::unwrap_used,
    reason = "a test may stop where what it reads is not as it must be"
)]
//! The JSON Schema of a type and what the type takes are the same: what `coerce` gives is valid,
//! and what is valid and in the type's own words is taken.

use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;
use regex::Regex;
use serde_json::{Value as Json, json};
use tau_lang::types::{Docs, Plain, Type};

/// Whether a value is valid, for the words of JSON Schema that tau writes; another word panics.
fn is_valid(value: &Json, schema: &Json, root: &Json) -> bool {
    schema
        .as_object()
        .unwrap()
        .iter()
        .all(|(word, asked)| match word.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => true,
            "$ref" => {
                let name = asked.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                is_valid(value, &root["$defs"][name], root)
            }
            "anyOf" => {
                let any = asked.as_array().unwrap();
                any.iter().any(|one| is_valid(value, one, root))
            }
            "enum" => asked.as_array().unwrap().contains(value),
            "type" => match asked {
                Json::Array(any) => any.iter().any(|one| is_of(value, one)),
                one => is_of(value, one),
            },
            "minimum" => value
                .as_f64()
                .is_none_or(|it| it >= asked.as_f64().unwrap()),
            "minLength" => length(value).is_none_or(|it| it >= asked.as_u64().unwrap()),
            "maxLength" => length(value).is_none_or(|it| it <= asked.as_u64().unwrap()),
            "pattern" => {
                let pattern = Regex::new(asked.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|it| pattern.is_match(it))
            }
            "items" => {
                let items = value.as_array();
                items.is_none_or(|items| items.iter().all(|item| is_valid(item, asked, root)))
            }
            "required" => value.as_object().is_none_or(|fields| {
                let mut names = asked.as_array().unwrap().iter();
                names.all(|name| fields.contains_key(name.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|fields| {
                let known = asked.as_object().unwrap();
                fields.iter().all(|(name, it)| {
                    known
                        .get(name)
                        .is_none_or(|asked| is_valid(it, asked, root))
                })
            }),
            "additionalProperties" => value.as_object().is_none_or(|fields| {
                let known = schema["properties"].as_object();
                let is_known = |name: &String| known.is_some_and(|it| it.contains_key(name));
                fields
                    .iter()
                    .filter(|(name, _)| !is_known(name))
                    .all(|(_, it)| match asked {
                        Json::Bool(open) => *open,
                        asked => is_valid(it, asked, root),
                    })
            }),
            word => panic!("the validator does not know `{word}`"),
        })
}

fn is_of(value: &Json, kind: &Json) -> bool {
    match kind.as_str().unwrap() {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|it| it.fract() == 0.0),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        kind => panic!("the validator does not know the type `{kind}`"),
    }
}

fn length(value: &Json) -> Option<u64> {
    Some(value.as_str()?.chars().count() as u64)
}

fn valid(value: &Json, ty: &Type) -> bool {
    let schema = ty.json_schema(&Docs::new());
    is_valid(value, &schema, &schema)
}

/// A type with a value of it, as a model that keeps to the schema would write it.
fn typed() -> impl Strategy<Value = (Type, Json)> {
    let plain = |plain, values: BoxedStrategy<Json>| {
        values
            .prop_map(move |value| (Type::Plain(plain), value))
            .boxed()
    };
    let number = || (0u32..1000, prop::option::of(1u32..10));
    let written = |units: &'static [&'static str]| {
        (number(), prop::sample::select(units)).prop_map(|((whole, part), unit)| {
            // `1.5ms` is no whole number of milliseconds.
            match part.filter(|_| !["ms", "B", "KiB", "MiB", "GiB"].contains(&unit)) {
                Some(part) => json!(format!("{whole}.{part}{unit}")),
                None => json!(format!("{whole}{unit}")),
            }
        })
    };
    let whole = || any::<i32>().prop_map(|n| json!(n)).boxed();
    let count = || any::<u32>().prop_map(|n| json!(n)).boxed();
    let text = || "[a-z/. ]{0,12}".prop_map(|text| json!(text)).boxed();
    let leaf = prop_oneof![
        Just((Type::Any, json!({ "a": [1, null] }))),
        Just((Type::None, Json::Null)),
        plain(Plain::Bool, any::<bool>().prop_map(Json::from).boxed()),
        plain(
            Plain::Int,
            prop_oneof![whole(), Just(json!(3.0)), Just(json!(i64::MIN))].boxed()
        ),
        plain(Plain::Float, prop_oneof![whole(), Just(json!(0.5))].boxed()),
        plain(Plain::String, text()),
        plain(Plain::File, text()),
        plain(Plain::Script, text()),
        plain(Plain::Url, Just(json!("https://a.b/c")).boxed()),
        plain(
            Plain::Duration,
            prop_oneof![count(), written(&["ms", "s", "m", "h", "d"])].boxed()
        ),
        plain(
            Plain::Size,
            prop_oneof![count(), written(&["B", "KB", "MB", "GB", "KiB"])].boxed()
        ),
        plain(
            Plain::Money,
            prop_oneof![
                count(),
                number().prop_map(|(it, _)| json!(format!("${it}.05")))
            ]
            .boxed()
        ),
        plain(
            Plain::Path,
            prop::sample::select(vec!["a", "a/b.c", ".a/..b/...", "src/.x/a b"])
                .prop_map(|path| json!(path))
                .boxed()
        ),
        plain(Plain::Glob, Just(json!("src/**/*.{a,b}")).boxed()),
        plain(Plain::Command, Just(json!("cargo test --all")).boxed()),
        prop::sample::select(vec!["yes", "no", ""]).prop_map(|one| {
            let choices = ["yes", "no", ""].map(str::to_owned).to_vec();
            (Type::Choice(choices), json!(one))
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            inner.clone().prop_map(|(ty, value)| {
                let list = Type::List(Box::new(ty));
                (list, json!([value.clone(), value]))
            }),
            inner.clone().prop_map(|(ty, value)| {
                (Type::Map(Box::new(ty)), json!({ "any name": value }))
            }),
            (inner.clone(), any::<bool>()).prop_map(|((ty, value), absent)| {
                let value = if absent && !ty.takes_null() {
                    Json::Null
                } else {
                    value
                };
                (ty.optional(), value)
            }),
            (several(), any::<bool>()).prop_map(|(fields, named)| {
                let (types, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
                let name = |at: usize| format!("f{at}");
                let types = types.into_iter().enumerate().map(|(at, ty)| (name(at), ty));
                let record = Type::Record(types.collect());
                let values = values
                    .into_iter()
                    .enumerate()
                    .map(|(at, it)| (name(at), it));
                // What is null may be left out.
                let value = values.filter(|(_, it)| !it.is_null()).collect();
                let ty = match named {
                    true => Type::Named("Thing".to_owned(), Arc::new(record.clone())),
                    false => record,
                };
                (ty, Json::Object(value))
            }),
        ]
    })
    // One name means one type in a file.
    .prop_filter("one `Thing`", |(ty, _)| things(ty) <= 1)
}

fn things(ty: &Type) -> usize {
    match ty {
        Type::Named(_, inner) => 1 + things(inner),
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => things(inner),
        Type::Record(fields) => fields.iter().map(|(_, ty)| things(ty)).sum(),
        _ => 0,
    }
}

/// Any small JSON, also texts that look like something else.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        Just(json!(2.0)),
        Just(json!(0.5)),
        prop::sample::select(vec![
            "",
            "a",
            "yes",
            "3",
            "-3",
            "true",
            "30m",
            "$2",
            "10MB",
            "0.5",
            "../a",
            ".git/x",
            "[1]",
            "{\"f0\": 1}",
            "a | b",
            "**",
        ])
        .prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map("f[0-3]", inner, 0..3)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_keeps_to_the_schema_is_taken((ty, value) in typed()) {
        prop_assert!(valid(&value, &ty), "{ty}: {value} {:#}", ty.json_schema(&Docs::new()));
        let taken = ty.coerce(value);
        prop_assert!(taken.is_ok(), "{ty}: {taken:?}");
        let taken = taken.unwrap_or_default();
        prop_assert!(valid(&taken, &ty), "{ty}: {taken}");
        prop_assert_eq!(ty.coerce(taken.clone()), Ok(taken));
    }

    #[test]
    fn what_is_taken_is_valid_in_the_form_that_it_gets((ty, _) in typed(), value in json()) {
        if let Ok(taken) = ty.coerce(value.clone()) {
            prop_assert!(valid(&taken, &ty), "{ty}: {value} became {taken}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_neither((ty, _) in typed(), (other, value) in typed()) {
        // Where a text is asked for, every text is one.
        if !valid(&value, &ty) && !value.is_string() {
            let open = matches!(value, Json::Object(_) | Json::Array(_) | Json::Null);
            prop_assert!(open || ty.coerce(value.clone()).is_err(), "{ty} took {value} of {other}");
        }
    }
}

#[test]
fn a_schema_as_a_model_gets_it() {
    let note = Type::Record(vec![
        ("path".to_owned(), Type::Plain(Plain::Path)),
        ("text".to_owned(), Type::Plain(Plain::String).optional()),
    ]);
    let note = Type::Named("Note".to_owned(), Arc::new(note));
    let verdict = Type::Choice(vec!["accept".to_owned(), "reject".to_owned()]);
    let review = Type::Record(vec![
        ("verdict".to_owned(), verdict),
        ("notes".to_owned(), Type::List(Box::new(note))),
        (
            "weights".to_owned(),
            Type::Map(Box::new(Type::Plain(Plain::Int))),
        ),
        ("wait".to_owned(), Type::Plain(Plain::Duration)),
    ]);
    let review = Type::Named("Review".to_owned(), Arc::new(review));
    let docs = Docs::from([("Note".to_owned(), "What is said of one file.".to_owned())]);
    assert_snapshot!(format!("{:#}", review.json_schema(&docs)), @r##"
    {
      "$defs": {
        "Note": {
          "additionalProperties": false,
          "description": "What is said of one file.",
          "properties": {
            "path": {
              "description": "relative to the repository's root, with `/` between its parts",
              "maxLength": 4096,
              "pattern": "^([^/\\\\.][^/\\\\]*|\\.[^/\\\\.][^/\\\\]*|\\.\\.[^/\\\\]+)(/([^/\\\\.][^/\\\\]*|\\.[^/\\\\.][^/\\\\]*|\\.\\.[^/\\\\]+))*$",
              "type": "string"
            },
            "text": {
              "anyOf": [
                {
                  "type": "string"
                },
                {
                  "type": "null"
                }
              ]
            }
          },
          "required": [
            "path"
          ],
          "type": "object"
        }
      },
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "additionalProperties": false,
      "properties": {
        "notes": {
          "items": {
            "$ref": "#/$defs/Note"
          },
          "type": "array"
        },
        "verdict": {
          "enum": [
            "accept",
            "reject"
          ],
          "type": "string"
        },
        "wait": {
          "anyOf": [
            {
              "description": "milliseconds; or a text such as `30m`",
              "minimum": 0,
              "type": "integer"
            },
            {
              "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$",
              "type": "string"
            }
          ]
        },
        "weights": {
          "additionalProperties": {
            "type": "integer"
          },
          "type": "object"
        }
      },
      "required": [
        "verdict",
        "notes",
        "weights",
        "wait"
      ],
      "title": "Review",
      "type": "object"
    }
    "##);
}
