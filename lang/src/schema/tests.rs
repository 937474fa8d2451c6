//! The schema against missions that the reader takes and refuses.

use serde_json::Value as Json;

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{BRACES, DOTTED, NAME, yaml};
use crate::diagnostic::Severity;
use crate::format::{self, arbitrary};
use crate::library::{Library, Texts};
use crate::source::{SourceId, SourceMap};
use crate::syntax::yaml as reader;

fn schema() -> Json {
    let groups = [
        ("fs", include_str!("../../../stdlib/src/fs/fs.tau")),
        ("git", include_str!("../../../stdlib/src/git/git.tau")),
        (
            "process",
            include_str!("../../../stdlib/src/process/process.tau"),
        ),
        ("time", include_str!("../../../stdlib/src/time/time.tau")),
        (
            "verify",
            include_str!("../../../stdlib/src/verify/verify.tau"),
        ),
    ];
    let texts = Texts {
        groups: &groups,
        missions: &[(
            "prove-patch",
            include_str!("../../../workflows/prove-patch.tau"),
        )],
        filters: &[("patch_paths", |_| Ok(Vec::new()))],
    };
    let (library, found) = Library::load(&mut SourceMap::default(), &texts);
    assert!(found.is_empty(), "{found:?}");
    yaml(&library)
}

/// Whether `it` is as `schema` says, for the keywords that the schema uses.
fn fits(it: &Json, schema: &Json, root: &Json) -> bool {
    let Some(schema) = schema.as_object() else {
        return schema == &Json::Bool(true);
    };
    schema.iter().all(|(keyword, says)| match keyword.as_str() {
        "$schema" | "title" | "description" | "$defs" | "patternProperties" | "properties" => true,
        "$ref" => {
            let path = says.as_str().unwrap().strip_prefix('#').unwrap();
            fits(it, root.pointer(path).unwrap(), root)
        }
        "anyOf" => says
            .as_array()
            .unwrap()
            .iter()
            .any(|one| fits(it, one, root)),
        "not" => !fits(it, says, root),
        "const" => it == says,
        "enum" => says.as_array().unwrap().contains(it),
        "type" => match says {
            Json::Array(types) => types.iter().any(|ty| is(it, ty)),
            ty => is(it, ty),
        },
        "pattern" => {
            let pattern = says.as_str().unwrap();
            it.as_str().is_none_or(|it| match pattern {
                NAME => is_name(it),
                DOTTED => it.split('.').all(is_name),
                BRACES => it.contains("{{"),
                groups => groups[2..groups.len() - 3]
                    .split('|')
                    .any(|group| it.starts_with(&format!("{group}."))),
            })
        }
        "propertyNames" => it
            .as_object()
            .is_none_or(|it| it.keys().all(|key| fits(&key.as_str().into(), says, root))),
        "required" => it.as_object().is_none_or(|it| {
            let mut keys = says.as_array().unwrap().iter();
            keys.all(|key| it.contains_key(key.as_str().unwrap()))
        }),
        "items" => it
            .as_array()
            .is_none_or(|it| it.iter().all(|one| fits(one, says, root))),
        "minItems" => it
            .as_array()
            .is_none_or(|it| it.len() as u64 >= says.as_u64().unwrap()),
        "maxItems" => it
            .as_array()
            .is_none_or(|it| it.len() as u64 <= says.as_u64().unwrap()),
        "maxProperties" => it
            .as_object()
            .is_none_or(|it| it.len() as u64 <= says.as_u64().unwrap()),
        "minProperties" => it.as_object().is_none_or(|it| !it.is_empty()),
        "additionalProperties" => it.as_object().is_none_or(|it| {
            it.iter().all(|(key, value)| {
                let known = schema.get("properties").and_then(|all| all.get(key));
                let position = schema.contains_key("patternProperties")
                    && key.bytes().all(|byte| byte.is_ascii_digit());
                position || fits(value, known.unwrap_or(says), root)
            })
        }),
        other => panic!("the schema uses `{other}`"),
    }) && (schema.contains_key("additionalProperties") || !schema.contains_key("properties"))
}

fn is(it: &Json, ty: &Json) -> bool {
    match ty.as_str().unwrap() {
        "array" => it.is_array(),
        "boolean" => it.is_boolean(),
        "null" => it.is_null(),
        "number" => it.is_number(),
        "object" => it.is_object(),
        "string" => it.is_string(),
        other => panic!("the schema uses the type `{other}`"),
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the reader takes it, and whether it fits the schema.
fn judged(text: &str, schema: &Json) -> (bool, bool) {
    let (_, found) = reader::parse(text, SourceId(0));
    let read = !found.iter().any(|one| one.severity() == Severity::Error);
    (read, fits(&reader::json(text), schema, schema))
}

/// Every key that there is, in one file.
const ALL: &str = "\
tau: 1
use: [std.fs, std.git]
mission: all
about: everything
inputs:
  a: string
  b: { type: [path], default: [x], about: many }
authority:
  time: 30m
  read: { allow: [\"**\"], calls: 3, cost: $2, time: 1m, tokens: 200k }
  git: { commit: [\"tau/*\"] }
  model: { allow: [a/x], else: [b/y], calls: 3, cost: $2, tokens: 200k }
  secret: { allow: [TOKEN] }
  deny: { write: x }
verifiers:
  v: { run: make, protect: [x], env: { A: b }, timeout: 3s, runs: 2, about: it }
steps:
  - let: { c: 1 }
    about: a name
  - if: a == \"x\"
    then:
      - d: fs.read
        with: { path: x }
    else: []
    about: perhaps
  - repeat: 3
    until: a
    steps: []
    about: often
  - e: fs.write
    with: { path: x, text: y }
    after: [c]
    when: a
    retry: { times: 3, every: 3s, up_to: 1m }
    timeout: 3s
    may_fail: true
    about: a step
  - for: n
    in: [1]
    up_to: 3
    at_once: 2
    steps: []
    about: each
on_failure: { about: why, steps: [] }
finally: []
types:
  T: int
  U: { type: [int], about: several }
actions:
  lint:
    about: one
    params: { a: { type: int, about: it } }
    result: { exit: int }
    needs: { run: make, git: { commit: x }, reads: a }
    takes: 3s
    spends: { calls: 1, money: $1, tokens: 1 }
    kind: replace
    gate: true
    run: make
  note:
    result: int
    steps: []
    outputs: { x: 1 }
missions:
  other: { about: it, steps: [], inputs: {}, outputs: {}, finally: [] }
tests:
  - test: it works
    about: one
    run: all
    with: { a: 1 }
    files: { a: b }
    given: [{ fs.read: { returns: 1 } }, { fs.read: { fails: x } }]
    expect: [a == 1]
on:
  - label: tau
    zone: x
    about: it
    run: all
    with: { a: 1 }
outputs:
  f: { value: 1, about: one }
  g: [1]
";

#[test]
fn what_the_repository_shows_fits() {
    let schema = schema();
    assert_eq!(judged(ALL, &schema), (true, true));
    let example = include_str!("../../../examples/fix.yaml");
    assert_eq!(judged(example, &schema), (true, true));
    let mut seen = 0;
    for page in [
        include_str!("../../../docs/src/howto/spellings.md"),
        include_str!("../../../docs/src/reference/diagnostics.md"),
    ] {
        for block in page.split("\n```yaml\n").skip(1) {
            let block = block.split("\n```").next().unwrap();
            if block.starts_with("tau:") {
                assert_eq!(judged(block, &schema), (true, true), "{block}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn a_key_that_the_reader_refuses_is_refused_everywhere() {
    let schema = schema();
    let mut refused = 0;
    // Every key in turn, misspelled.
    for (at, _) in ALL.match_indices(": ").chain(ALL.match_indices(":\n")) {
        let text = format!("{}_x{}", &ALL[..at], &ALL[at..]);
        let (read, fits) = judged(&text, &schema);
        assert!(read || !fits, "{text}");
        refused += usize::from(!read);
    }
    assert!(refused > 40, "{refused}");
}

#[test]
fn an_action_takes_its_own_arguments() {
    let schema = schema();
    let with = |call: &str| format!("tau: 1\nmission: a\nsteps:\n  - b: {call}\n");
    let fits = |call: &str| fits(&reader::json(&with(call)), &schema, &schema);
    assert!(fits("fs.read\n    with: { path: x }"));
    assert!(fits("fs.read\n    with: { \"1\": x }"));
    assert!(!fits("fs.read\n    with: { paht: x }"));
    assert!(!fits("fs.reed\n    with: { path: x }"));
    // What the file or another one defines takes what it takes.
    assert!(fits("lint\n    with: { path: x }"));
    assert!(fits("review.lint\n    with: { path: [x] }"));
    assert!(!fits("prove_patch\n    with: { path: x }"));
}

#[test]
fn arguments_have_their_types() {
    let schema = schema();
    let with = |call: &str| format!("tau: 1\nmission: a\nsteps:\n  - b: {call}\n");
    let fits = |call: &str| fits(&reader::json(&with(call)), &schema, &schema);
    assert!(!fits("fs.read\n    with: { path: [x] }"));
    assert!(fits(
        "git.commit\n    with: { proof: \"{{ p }}\", message: x }"
    ));
    assert!(!fits("git.commit\n    with: { proof: p, message: x }"));
}

static SCHEMA: LazyLock<Json> = LazyLock::new(schema);

proptest! {
    #[test]
    fn whatever_is_printed_fits(file in arbitrary::file()) {
        let schema = &*SCHEMA;
        let text = format::yaml(&file);
        let mut json = reader::json(&text);
        // The generator calls actions with arguments that they do not have.
        forget_calls(&mut json);
        prop_assert!(fits(&json, schema, schema), "{}", text);
    }
}

/// Makes every step one of an action that the library does not have.
fn forget_calls(json: &mut Json) {
    match json {
        Json::Object(entries) => {
            for (_, value) in entries.iter_mut() {
                let library = ["fs.read", "verify.red", "prove_patch"];
                if value.as_str().is_some_and(|it| library.contains(&it)) {
                    *value = "own.action".into();
                }
                forget_calls(value);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(forget_calls),
        _ => {}
    }
}
