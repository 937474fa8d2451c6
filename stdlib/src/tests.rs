//! What holds for the library as a whole.

use std::collections::BTreeSet;

use tau_interpreter::action::Exit;
use tau_lang::check::library_mission;
use tau_lang::library::Library;
use tau_lang::source::{SourceId, SourceMap};
use tau_lang::{format, syntax};

use super::*;

pub(crate) fn library() -> Library {
    let (library, found) = Library::load(&mut SourceMap::default(), &texts());
    assert!(found.is_empty(), "{found:?}");
    library
}

#[test]
fn every_face_has_hands_and_all_hands_have_a_face() {
    let actions = actions();
    let hands: BTreeSet<&str> = actions.iter().map(|action| action.name).collect();
    let library = library();
    let faces: BTreeSet<&str> = library.actions.keys().map(String::as_str).collect();
    assert_eq!(faces, hands);
    assert_eq!(hands.len(), actions.len(), "a name is taken twice");
}

/// A face says how its action may be repeated; what performs it may do no more.
#[test]
fn faces_and_hands_are_of_one_kind() {
    let library = library();
    for action in actions() {
        let said = library.actions[action.name].repeat;
        assert_eq!(said, action.performer.repeat(), "{}", action.name);
    }
}

/// Each action is called with a value of the face's type for each of its parameters, and once more
/// without each of those: the first must be understood, the second must not.
#[test]
fn faces_and_hands_have_the_same_parameters() {
    let library = library();
    for action in actions() {
        let face = &library.actions[action.name];
        let args: serde_json::Map<_, _> = face
            .params
            .iter()
            .map(|param| (param.name.clone(), example::value(&param.ty)))
            .collect();
        let understood = |args: &serde_json::Map<_, _>| {
            let hands = fake::Fake::default();
            hands
                .on_base([Ok((Exit::Code(1), ""))])
                .on_candidate([Ok((Exit::Code(0), ""))])
                .in_worktree(Ok((Exit::Code(0), "")));
            let result = hands.run(&action, args.clone().into());
            !matches!(result, Err(failure) if failure.code == "action-arguments")
        };
        assert!(understood(&args), "{}", action.name);
        for param in face.params.iter().filter(|param| !param.ty.may_be_absent()) {
            let mut fewer = args.clone();
            fewer.remove(&param.name);
            assert!(!understood(&fewer), "{}: {}", action.name, param.name);
        }
    }
}

#[test]
fn the_librarys_missions_have_nothing_to_find() {
    let library = library();
    for name in library.missions.keys() {
        let checked = library_mission(name, &library).unwrap();
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
        let names = checked.plans.iter().map(|plan| &plan.mission);
        assert!(names.into_iter().any(|it| it == name), "{name}");
    }
}

#[test]
fn missions_are_found_by_name() {
    let names = mission_names();
    assert_eq!(
        names,
        [
            "std/ask",
            "std/chat",
            "std/fix",
            "std/issue-to-merge",
            "std/prove-patch",
            "std/red-green",
            "std/repair",
            "std/triage"
        ]
    );
    for name in &names {
        assert!(mission_text(name).unwrap().contains("mission "), "{name}");
    }
    for name in [
        "prove-patch",
        "std/",
        "std/prove_patch",
        "std/prove-patch.tau",
    ] {
        assert_eq!(mission_text(name), None, "{name}");
    }
}

#[test]
fn every_file_is_in_the_one_style() {
    let texts = texts();
    for (name, text) in texts.groups.iter().chain(texts.missions) {
        let (file, found) = syntax::tau::parse(text, SourceId(0));
        assert!(found.is_empty(), "{name}: {found:?}");
        assert_eq!(format::tau(&file), *text, "{name}");
    }
}

/// Values of types.
mod example {
    use serde_json::{Value, json};
    use tau_lang::types::{Plain, Type};

    pub(super) fn value(ty: &Type) -> Value {
        match ty {
            Type::Any | Type::None => Value::Null,
            Type::Optional(inner) | Type::Untrusted(inner) => value(inner),
            Type::Named(name, inner) => {
                let mut record = value(inner);
                if name == "verdict" {
                    record["verdict"] = json!("red");
                } else if name == "proof" {
                    record["level"] = json!("tested");
                }
                record
            }
            Type::List(item) => json!([value(item)]),
            Type::Map(item) => json!({ "key": value(item) }),
            Type::Record(fields) => fields
                .iter()
                .map(|(name, ty)| (name.clone(), value(ty)))
                .collect(),
            Type::Choice(choices) => json!(choices[0]),
            Type::Plain(Plain::Bool) => json!(true),
            Type::Plain(Plain::Float) => json!(0.5),
            Type::Plain(Plain::Int | Plain::Duration | Plain::Size | Plain::Money) => json!(1),
            Type::Plain(Plain::Verifier) => json!({
                "name": "v", "run": "test", "protect": [], "env": {}, "timeout": 1, "runs": 1,
            }),
            Type::Plain(_) => json!("x"),
        }
    }
}
