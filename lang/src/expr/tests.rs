//! Expressions, evaluated and taken apart.

use serde_json::json;

use super::*;
use crate::source::{SourceId, Span};
use crate::syntax::template;
use crate::syntax::text::Text;
use crate::syntax::tree::Expr;
use crate::types::{Plain, Type};

fn text(source: &str) -> Text {
    Text::verbatim(source, Span::new(SourceId(0), 0, source.len()))
}

fn expr(source: &str) -> Expr {
    Expr::new(text(source))
}

fn context(json: Json) -> Context {
    match json {
        Json::Object(map) => map,
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_absent_is_chained_over() {
    let engine = Engine::new(&[]);
    let it = expr("previous.green.log or red.log");
    let first = context(json!({"previous": null, "red": {"log": "r"}}));
    assert_eq!(engine.expression(&it, &first), Ok(json!("r")));
    let second = context(json!({"previous": {"green": {"log": "g"}}, "red": {"log": "r"}}));
    assert_eq!(engine.expression(&it, &second), Ok(json!("g")));
    assert_eq!(engine.expression(&expr("nothing"), &first), Ok(Json::Null));
}

#[test]
fn none_and_a_field_of_it_are_both_absent() {
    let engine = Engine::new(&[]);
    let known = context(json!({"a": null, "b": {"c": null}, "e": ""}));
    for name in ["a", "a.x", "b.c", "b.c.x", "nothing"] {
        let is = |source: &str| {
            let source = source.replace('?', name);
            engine.expression(&expr(&source), &known)
        };
        assert_eq!(is("? | default('d')"), Ok(json!("d")), "{name}");
        assert_eq!(
            is("[? is none, ? is defined, ? is undefined]"),
            Ok(json!([true, false, true]))
        );
    }
    let it = expr("[e | default('d'), e | default('d', true), e is defined]");
    assert_eq!(engine.expression(&it, &known), Ok(json!(["", "d", true])));
    assert!(
        engine
            .expression(&expr("a | default(1, 2, 3)"), &known)
            .is_err()
    );
}

#[test]
fn a_text_without_a_value_is_an_error_and_not_an_empty_text() {
    let engine = Engine::new(&[]);
    let value = template::value(&text("a {{ gone }}")).unwrap();
    let string = Type::Plain(Plain::String);
    let error = engine.value(&value, &string, &Context::new()).unwrap_err();
    assert_eq!(error.why, "it has no value here");
    assert_eq!((error.span.start, error.span.end), (5, 9));
}

#[test]
fn a_value_in_a_command_is_one_argument() {
    let engine = Engine::new(&[]);
    let value = template::value(&text("grep {{ what }} file")).unwrap();
    let command = Type::Plain(Plain::Command);
    let known = context(json!({"what": "a b'; rm"}));
    assert_eq!(
        engine.value(&value, &command, &known),
        Ok(json!("grep 'a b'\\''; rm' file"))
    );
}

#[test]
fn an_endless_expression_ends() {
    let engine = Engine::new(&[]);
    let it = expr("range(100000000) | list | length");
    assert!(engine.expression(&it, &Context::new()).is_err());
    let it = expr("'x' * 100000000000");
    assert!(engine.expression(&it, &Context::new()).is_err());
}

#[test]
fn names_are_found_wherever_they_stand() {
    let used = names_in(&expr("a.b | default(c) if d[e] is defined else {'k': f}"));
    assert_eq!(used.into_iter().collect::<String>(), "acdef");
}

#[test]
fn paths_are_names_with_their_fields() {
    let it = expr("not a.b.c or d | length == e[f.g].h and [i] == 'j.k'");
    let paths: Vec<String> = paths(&it).into_iter().map(|it| it.source.value).collect();
    assert_eq!(paths, ["a.b.c", "d", "e", "f.g", "i"]);
}

#[test]
fn library_filters() {
    let engine = Engine::new(&[("words", |text| {
        Ok(text.split(' ').map(str::to_owned).collect())
    })]);
    let it = expr("x | words");
    let known = context(json!({"x": "a b"}));
    assert_eq!(engine.expression(&it, &known), Ok(json!(["a", "b"])));
}

#[test]
fn what_is_no_token_is_refused_wherever_it_stands() {
    for source in [
        "a & b",
        "a is defined & b",
        "a is defined \"\" ; b",
        "a is eq(1) §",
        "a is defined 'b",
    ] {
        assert!(parse(&expr(source)).is_err(), "{source}");
    }
    assert!(parse(&expr("a is defined and b ~ '&;'")).is_ok());
}
