#![allow(
    clippy::unwrap_used,
    reason = "a test may stop where what it reads is not as it must be"
)]
//! Expressions that tau finds nothing wrong with are evaluated by minijinja without an error, and
//! give what tau said that they give.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use tau_lang::check::check;
use tau_lang::diagnostic::Severity;
use tau_lang::expr::{Context, Engine};
use tau_lang::library::{Library, Texts};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::ValueKind;
use tau_lang::syntax::{tau, yaml};
use tau_lang::types::Type;

const INPUTS: &str = "\
  input n  : int
  input f  : float
  input b  : bool
  input t  : string
  input k  : \"small\" or \"large\"
  input mt : string?
  input mn : int?
  input xs : [string]
  input ns : [int]
  input ms : [int]?
  input r  : { a: int, b: string?, c: { d: int? }? }
  input rs : [{ a: int, b: string?, s: string }]
  input c  : {int}
";

/// Values of the inputs: all that may be absent is there, and all of it is absent.
fn contexts() -> [Context; 2] {
    let full = json!({
        "n": 3, "f": 0.5, "b": true, "t": "12", "k": "small", "mt": "7", "mn": 4,
        "xs": ["a", "b", "1"], "ns": [2, 1], "ms": [5],
        "r": { "a": 1, "b": "x", "c": { "d": 2 } },
        "rs": [{ "a": 1, "b": "x", "s": "p" }, { "a": 2, "b": null, "s": "q" }],
        "c": { "a": 1, "z": 2 },
    });
    let empty = json!({
        "n": 1, "f": 2.0, "b": false, "t": "", "k": "large", "mt": null, "mn": null,
        "xs": [], "ns": [], "ms": null,
        "r": { "a": 1, "b": null, "c": null },
        "rs": [],
        "c": {},
    });
    [full, empty].map(|it| match it {
        Json::Object(map) => map,
        _ => Context::new(),
    })
}

fn any_of(all: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(all).prop_map(str::to_owned).boxed()
}

/// Either of two of one kind, so that something is known of what comes out.
fn either(kind: &BoxedStrategy<String>, condition: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let two = (kind.clone(), kind.clone());
    prop_oneof![
        (two.clone(), condition).prop_map(|((a, b), c)| format!("({a}) if ({c}) else ({b})")),
        two.prop_map(|(a, b)| format!("({a}) or ({b})")),
        // What may be absent is handled in one of the ways there are.
        kind.clone()
            .prop_map(|a| format!("({a}) if ({a}) is not none else none")),
    ]
    .boxed()
}

/// Numbers. Some of them, as of all below, may be absent, and some of the expressions are wrong.
fn number(depth: u32) -> BoxedStrategy<String> {
    let leaf = any_of(&["n", "f", "mn", "r.a", "r.c.d", "c.a", "1", "2", "0.5"]);
    if depth == 0 {
        return leaf;
    }
    let inner = number(depth - 1);
    let binary = any_of(&["+", "-", "*", "/", "//", "%"]);
    prop_oneof![
        leaf,
        (inner.clone(), binary, inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
        inner.clone().prop_map(|a| format!("-({a})")),
        (
            inner.clone(),
            any_of(&["abs", "round", "int", "float", "default(1)"])
        )
            .prop_map(|(a, it)| format!("({a}) | {it}")),
        list(depth - 1).prop_map(|a| format!("({a}) | length")),
        text(depth - 1).prop_map(|a| format!("({a}) | int(0)")),
        any_of(&[
            "ns | sum",
            "ns | max",
            "rs | sum(attribute='a')",
            "ns[0]",
            "(rs | first).a",
            "(rs | sort(attribute='s') | last).a",
            "(rs | map(attribute='a') | list)[0]",
            "ms[-1]"
        ]),
        either(&inner, condition(depth - 1)),
    ]
    .boxed()
}

fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = any_of(&["t", "k", "mt", "r.b", "'a'", "''", "xs[0]", "t[0]"]);
    if depth == 0 {
        return leaf;
    }
    let inner = text(depth - 1);
    let filter = any_of(&[
        "upper",
        "trim",
        "title",
        "capitalize",
        "string",
        "reverse",
        "first",
        "last",
        "default('d')",
        "indent(2)",
        "replace('a', 'b')",
        "escape",
        "format(n)",
    ]);
    let behind = any_of(&["[1:]", "[:n]", "[::-1]", "[n]"]);
    prop_oneof![
        leaf,
        (inner.clone(), filter).prop_map(|(a, it)| format!("({a}) | {it}")),
        (inner.clone(), behind).prop_map(|(a, it)| format!("({a}){it}")),
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) ~ ({b})")),
        (inner.clone(), number(depth - 1)).prop_map(|(a, b)| format!("({a}) ~ ({b})")),
        list(depth - 1).prop_map(|a| format!("({a}) | join(', ')")),
        list(depth - 1).prop_map(|a| format!("({a}) | first")),
        number(depth - 1).prop_map(|a| format!("({a}) | string")),
        either(&inner, condition(depth - 1)),
    ]
    .boxed()
}

/// Lists of texts.
fn list(depth: u32) -> BoxedStrategy<String> {
    let leaf = any_of(&[
        "xs",
        "['a', 'b']",
        "rs | map(attribute='s')",
        "rs | map(attribute='b')",
    ]);
    if depth == 0 {
        return leaf;
    }
    let inner = list(depth - 1);
    let filter = any_of(&[
        "list",
        "sort",
        "reverse",
        "unique",
        "select",
        "reject('none')",
        "map('upper')",
        "sort(reverse=true)",
        "map('default', 'x')",
        "batch(2) | first",
        "slice(2) | last",
    ]);
    prop_oneof![
        leaf,
        (inner.clone(), filter).prop_map(|(a, it)| format!("({a}) | {it}")),
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) + ({b})")),
        text(depth - 1).prop_map(|a| format!("({a}) | split(',')")),
        text(depth - 1).prop_map(|a| format!("({a}) | lines")),
        (text(depth - 1), text(depth - 1)).prop_map(|(a, b)| format!("[{a}, {b}]")),
        inner.clone().prop_map(|a| format!("({a})[1:]")),
        either(&inner, condition(depth - 1)),
    ]
    .boxed()
}

fn condition(depth: u32) -> BoxedStrategy<String> {
    let leaf = any_of(&[
        "b",
        "mt",
        "r.c",
        "mn is none",
        "k == 'small'",
        "xs",
        "'a' in xs",
        "mn",
    ]);
    if depth == 0 {
        return leaf;
    }
    let inner = condition(depth - 1);
    let order = any_of(&["<", ">=", "==", "!="]);
    let test = any_of(&[
        "none",
        "defined",
        "odd",
        "divisibleby(2)",
        "string",
        "in([1, 2])",
        "eq(n)",
    ]);
    prop_oneof![
        leaf,
        (number(depth - 1), order.clone(), number(depth - 1))
            .prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
        (text(depth - 1), order, text(depth - 1))
            .prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
        (text(depth - 1), list(depth - 1)).prop_map(|(a, b)| format!("({a}) in ({b})")),
        (text(depth - 1), text(depth - 1)).prop_map(|(a, b)| format!("({a}) not in ({b})")),
        (number(depth - 1), test).prop_map(|(a, it)| format!("({a}) is {it}")),
        inner.clone().prop_map(|a| format!("not ({a})")),
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
        (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
    ]
    .boxed()
}

/// Anything through any filter, of which most are wrong.
fn expression() -> impl Strategy<Value = String> {
    let record = any_of(&["r", "rs", "c", "ns", "ms", "r.c", "{'a': 1}", "none", "[]"]);
    let filter = any_of(&[
        "upper",
        "length",
        "first",
        "last",
        "list",
        "join",
        "sort",
        "reverse",
        "unique",
        "min",
        "max",
        "sum",
        "abs",
        "round",
        "string",
        "bool",
        "default([])",
        "int",
        "float",
        "lines",
        "items",
        "dictsort",
        "batch(2)",
        "slice(2)",
        "map('string')",
        "map(attribute='a')",
        "map(attribute='b', default='')",
        "selectattr('b')",
        "rejectattr('b')",
        "groupby('a')",
        "zip(ns)",
        "chain(ns)",
        "attr('a')",
        "max(attribute='a')",
        "pprint",
        "groupby('a') | first",
        "selectattr('a', 'odd')",
        "zip(xs, ns)",
        "select('odd')",
        "indent(first=true)",
        "e",
    ]);
    // Of a condition that is a text or a `bool` nothing is known, so it stays by itself.
    let known = prop_oneof![number(3), text(3), list(3)].boxed();
    prop_oneof![
        3 => known.clone(),
        1 => condition(3),
        1 => (prop_oneof![known, record], filter).prop_map(|(a, it)| format!("({a}) | {it}")),
    ]
}

/// What only the values decide: a number that is too large, a text that is no number.
fn is_of_values(why: &str) -> bool {
    [
        "unable to calculate",
        "invalid float literal",
        "cannot parse",
        "too large",
        "fuel",
    ]
    .iter()
    .any(|known| why.contains(known))
}

/// Whether tau finds an expression right; then it must run, and give what tau says.
fn holds(source: &str) -> Result<bool, TestCaseError> {
    let mut sources = SourceMap::default();
    let (library, _) = Library::load(&mut sources, &Texts::default());
    let text = format!("mission m {{\n{INPUTS}\n  output x = {source}\n}}\n");
    let id = sources.add("test", text.as_str());
    let (tree, mut found) = tau::parse(&text, id);
    let checked = check(&tree, &library);
    found.extend(checked.diagnostics);
    if found.iter().any(|one| one.severity() == Severity::Error) {
        return Ok(false);
    }
    let (_, value, ty) = &checked.plans[0].outputs[0];
    let ValueKind::Expr(expr) = &value.kind else {
        return Ok(false);
    };
    for context in contexts() {
        match Engine::new(&[]).expression(expr, &context) {
            Ok(value) => {
                let fits = is_of(&value, ty);
                prop_assert!(fits, "{source} gives {value}, and not `{ty}`");
            }
            Err(error) => {
                let why = &error.why;
                prop_assert!(is_of_values(why), "{source}: {why}");
            }
        }
    }
    Ok(true)
}

/// Whether a value is of a type, in the type's own form.
fn is_of(value: &Json, ty: &Type) -> bool {
    match (ty, value) {
        (Type::Any, _) | (Type::None | Type::Optional(_), Json::Null) => true,
        (Type::Optional(inner), value) => is_of(value, inner),
        // A group is a pair.
        (Type::Named(name, _), Json::Array(pair)) => name == "group" && pair.len() == 2,
        (Type::Named(_, inner), value) => is_of(value, inner),
        (Type::List(item), Json::Array(items)) => items.iter().all(|it| is_of(it, item)),
        (Type::Map(inner), Json::Object(all)) => all.values().all(|it| is_of(it, inner)),
        (Type::Record(fields), Json::Object(all)) => fields
            .iter()
            .all(|(name, ty)| is_of(all.get(name).unwrap_or(&Json::Null), ty)),
        (Type::Choice(choices), Json::String(text)) => choices.contains(text),
        // A `bool` counts as a number.
        (Type::Plain(plain), value) => match plain.to_string().as_str() {
            "bool" => value.is_boolean(),
            "int" => value.is_i64() || value.is_boolean(),
            "float" => value.is_number() || value.is_boolean(),
            _ => value.is_string(),
        },
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_found_right_runs_and_gives_its_type(source in expression()) {
        holds(&source)?;
    }
}

/// Words and signs in any order.
fn anything() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "n",
        "mt",
        "xs",
        "rs",
        "r",
        "é",
        "1",
        "0",
        "0.5",
        "'ä'",
        "'\\n'",
        "'it''s'",
        "none",
        "true",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "|",
        "~",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "==",
        "!=",
        "<",
        ">=",
        "in",
        "not",
        "and",
        "or",
        "is",
        "if",
        "else",
        "upper",
        "default",
        "map",
        "attribute",
        "=",
        "first",
        "length",
        "range",
        "'s'",
        "'a, b'",
        "a",
        "b",
        "&&",
        "\u{1f600}",
    ]);
    let gaps = prop::sample::select(vec!["", " ", "  "]);
    prop::collection::vec((words, gaps), 1..14).prop_map(|all| {
        all.into_iter()
            .flat_map(|(word, gap)| [word, gap])
            .collect()
    })
}

proptest! {
    #[test]
    fn what_is_found_stands_in_the_file(source in prop_oneof![anything(), expression()]) {
        let (library, _) = Library::load(&mut SourceMap::default(), &Texts::default());
        let plain = format!("mission m {{\n{INPUTS}\n  output x = {source}\n  output y = \"é {{{{ {source} }}}}\"\n}}\n");
        let quoted = serde_json::to_string(&format!("é {{{{ {source} }}}}")).unwrap();
        let single = source.replace('\'', "''");
        let yaml = format!(
            "tau: 1\nmission: m\ninputs:\n  n: int\n  xs: [string]\noutputs:\n  a: {quoted}\n  \
             b: '{{{{ {single} }}}}'\n  c: |\n    é {{{{ {source} }}}}\n"
        );
        for (name, text) in [("a.tau", plain), ("a.yaml", yaml)] {
            let mut sources = SourceMap::default();
            let id = sources.add(name, text.as_str());
            let (tree, mut found) = match name {
                "a.tau" => tau::parse(&text, id),
                _ => yaml::parse(&text, id),
            };
            found.extend(check(&tree, &library).diagnostics);
            for one in found {
                let spans = [one.span].into_iter().chain(one.labels.iter().map(|(at, _)| *at));
                let edits = one.fixes.iter().flat_map(|fix| &fix.edits).map(|(at, _)| *at);
                for span in spans.chain(edits) {
                    let range = span.start as usize..span.end as usize;
                    prop_assert!(text.get(range).is_some(), "{}: {span:?} of {text}", one.kind);
                }
            }
        }
    }
}

#[test]
fn many_of_these_expressions_are_right() {
    let mut runner = TestRunner::deterministic();
    let strategy = expression();
    let right = (0..400).filter(|_| {
        let source = strategy.new_tree(&mut runner).unwrap().current();
        holds(&source).unwrap()
    });
    let right = right.count();
    assert!((80..380).contains(&right), "{right} of 400");
}
