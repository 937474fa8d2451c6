//! Missions whose steps need something of every kind, and what they lack as the model says it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use tau_lang::check::check;
use tau_lang::diagnostic::{Kind, Severity};
use tau_lang::syntax::tau;

use crate::LIBRARY;
use crate::blocks::{PATH, authority, block};
use crate::model::{Line, Request, covers};

/// A step: its action with its arguments, and what it needs.
type Step = (String, Vec<Request>);

/// What is missing: the step, the effect, and what is asked for.
type Lack = (String, String, String);

fn step() -> impl Strategy<Value = Step> {
    let word = "[ab]{1,3}";
    let host = "[ab]{1,3}:(443|80|81)";
    prop_oneof![
        PATH.prop_map(|path| (format!("fs.read(\"{path}\")"), vec![of("read", &path)])),
        PATH.prop_map(|path| {
            let call = format!("fs.write(\"{path}\", text: \"x\")");
            (call, vec![of("read", &path), of("write", &path)])
        }),
        (PATH, PATH).prop_map(|(from, to)| {
            let needs = ["read", "write"].map(|effect| [of(effect, &from), of(effect, &to)]);
            (format!("fs.move(\"{from}\", to: \"{to}\")"), needs.concat())
        }),
        "[ab]{1,2}( [ab]{1,2}){0,2}".prop_map(|command| {
            let call = format!("process.run(\"{command}\")");
            (call, vec![of("run", &command)])
        }),
        host.prop_map(|host| (
            format!("pages.get(host: \"{host}\")"),
            vec![of("net", &host)]
        )),
        (host, "[AB]").prop_map(|(host, name)| {
            let call = format!("pages.post(host: \"{host}\", body: \"x\", token: \"{name}\")");
            (call, vec![of("net", &host), of("secret", &name)])
        }),
        word.prop_map(|model| {
            let call = format!("answers.ask(prompt: \"x\", model: \"{model}\")");
            (call, vec![of("model", &model)])
        }),
    ]
}

fn of(effect: &'static str, what: &str) -> Request {
    let what = what.to_owned();
    Request { effect, what }
}

fn mission(name: &str, block: &[Line], steps: &[Step], last: &str) -> String {
    let mut text = format!("mission {name} {{\n{}", authority(block));
    for (at, (call, _)) in steps.iter().enumerate() {
        // Some stand where it is decided late whether they run.
        let line = format!("step s{at} = {call}");
        match at % 3 {
            0 => writeln!(text, "  {line}"),
            1 => writeln!(text, "  repeat up to 2 {{\n    {line}\n  }}"),
            _ => writeln!(text, "  if go {{\n    {line}\n  }}"),
        }
        .unwrap();
    }
    let input = "{\n  input go : bool = true\n";
    text.replacen("{\n", input, 1) + last + "}\n"
}

/// What the checker finds missing.
fn found(text: &str) -> BTreeSet<Lack> {
    let mut map = LIBRARY.with(|(map, _)| map.clone());
    let (tree, wrong) = tau::parse(text, map.add("test.tau", text));
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let checked = LIBRARY.with(|(_, library)| check(&tree, library));
    let errors = checked.diagnostics.into_iter();
    let errors = errors.filter(|one| one.severity() == Severity::Error);
    let lacks = errors.filter_map(|one| match one.kind {
        Kind::AuthorityMissing {
            effect,
            scope,
            step,
            ..
        } => Some((step, effect, scope)),
        // A denial may take a whole grant away.
        Kind::AuthorityShadowed { .. } => None,
        other => panic!("{other}\n{text}"),
    });
    lacks.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// What is inferred and not granted is told, at the call too, and nothing else.
    #[test]
    fn what_is_missing_is_what_the_model_says(
        outer in block(), inner in block(),
        own in prop::collection::vec(step(), 1..5),
        called in prop::collection::vec(step(), 1..4),
    ) {
        let text = mission("outer", &outer, &own, "  step c = inner()\n")
            + &mission("inner", &inner, &called, "");
        let mut lacks: BTreeSet<Lack> = BTreeSet::new();
        let mut ask = |prefix: &str, steps: &[Step], blocks: &[&[Line]]| {
            for (at, (_, needs)) in steps.iter().enumerate() {
                for need in needs {
                    if !blocks.iter().all(|block| covers(block, need)) {
                        let step = format!("{prefix}s{at}");
                        lacks.insert((step, need.effect.to_owned(), need.what.clone()));
                    }
                }
            }
        };
        ask("", &own, &[&outer]);
        ask("", &called, &[&inner]);
        ask("c/", &called, &[&outer, &inner]);
        prop_assert_eq!(found(&text), lacks, "{}", text);
    }
}
