//! Trees as a careful author might have written them, for laws that hold for all of them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::source::{At, SourceId, Span};
use crate::syntax::blanks::settle;
use crate::syntax::letters::is_unsafe;
use crate::syntax::text::Text;
use crate::syntax::tree::{
    ActionBody, Arg, Authority, Body, Bound, CallOf, Doc, Effect, Expect, Expr, Face, File, Given,
    GivenOutcome, Grant, Handler, Ident, Input, Item, Lead, Limit, LimitKind, Literal, Mission,
    Need, Output, Piece, Retry, Statement, StatementKind, Step, Template, Test, Trigger, Trivia,
    TypeExpr, TypeExprKind, TypeItem, Use, UseFrom, Value, ValueKind, Verifier,
};
use crate::syntax::{literal, template};

/// A file with whatever a file may hold, in the order of the one style.
pub(crate) fn file() -> impl Strategy<Value = File> {
    let item = prop_oneof![
        1 => a_use().prop_map(Item::Use),
        1 => a_source().prop_map(Item::Use),
        1 => type_item().prop_map(Item::Type),
        1 => face().prop_map(Item::Action),
        2 => mission().prop_map(Item::Mission),
        1 => test().prop_map(Item::Test),
        1 => trigger().prop_map(Item::On),
    ];
    let some = |items: &Vec<Item>| items.iter().any(|item| !matches!(item, Item::Use(_)));
    let items = vec(item, 1..5).prop_filter("more than uses", some);
    (items, leads()).prop_map(|(mut items, tail)| {
        items.sort_by_key(Item::rank);
        for (number, item) in items.iter_mut().enumerate() {
            let name = match item {
                Item::Type(node) => &mut node.name,
                Item::Action(node) => &mut node.name,
                Item::Mission(node) => &mut node.name,
                Item::Use(_) | Item::Test(_) | Item::On(_) => continue,
            };
            *name = ident(format!("{name}_{number}"));
        }
        settled(File { items, tail })
    })
}

fn settled(mut file: File) -> File {
    settle(&mut file);
    file
}

fn a_use() -> impl Strategy<Value = Use> {
    let names = select(vec![
        vec![],
        vec!["fs"],
        vec!["issue", "model", "verify"],
        vec!["prove_patch", "git"],
    ]);
    (names, trivia()).prop_map(|(names, trivia)| Use {
        from: UseFrom::Std {
            root: ident("std"),
            names: names.into_iter().map(ident).collect(),
        },
        alias: None,
        trivia,
        at: At::default(),
    })
}

fn a_source() -> impl Strategy<Value = Use> {
    let sources = select(vec![
        "./lib/review.tau",
        "https://host/owner/repo@v1.2",
        "../flows@v1",
        "a: \"b\"",
        "std",
    ]);
    (sources, option::of(name()), trivia()).prop_map(|(source, alias, trivia)| Use {
        from: UseFrom::Source(plain(source)),
        alias,
        trivia,
        at: At::default(),
    })
}

fn type_item() -> impl Strategy<Value = TypeItem> {
    (name(), ty(), option::of(doc()), trivia()).prop_map(|(name, ty, doc, trivia)| TypeItem {
        name,
        ty,
        doc,
        trivia,
        at: At::default(),
    })
}

fn face() -> BoxedStrategy<Face> {
    let kind = select(vec!["pure", "observe", "replay", "external", "unknown"]);
    let result = ty().prop_map(|ty| match super::types::ty(&ty).starts_with('"') {
        true => ty_of(TypeExprKind::List(Box::new(ty))),
        false => ty,
    });
    let parts = (
        inputs(),
        result,
        (vec(need(), 0..3), bounds()),
        option::of(kind),
        any::<bool>(),
        option::of(action_body()),
    );
    (name(), parts, option::of(doc()), trivia())
        .prop_map(
            |(name, (params, result, (needs, bounds), kind, gate, body), doc, trivia)| Face {
                name,
                params,
                result,
                needs,
                bounds,
                kind: kind.map(ident),
                gate,
                body,
                doc,
                trivia,
                at: At::default(),
            },
        )
        .boxed()
}

fn action_body() -> BoxedStrategy<ActionBody> {
    let steps = (body(2), outputs()).prop_filter("some statement", |(body, outputs)| {
        !body.statements.is_empty() || !outputs.is_empty()
    });
    prop_oneof![
        scope().prop_map(ActionBody::Command),
        steps.prop_map(|(body, outputs)| ActionBody::Steps { body, outputs }),
    ]
    .boxed()
}

fn bounds() -> impl Strategy<Value = Vec<Bound>> {
    let kinds = vec![
        LimitKind::Time,
        LimitKind::Calls,
        LimitKind::Cost,
        LimitKind::Tokens,
    ];
    let kinds = prop::sample::subsequence(kinds, 0..3);
    (kinds, scope()).prop_map(|(kinds, most)| {
        let bound = |kind| Bound {
            kind,
            most: most.clone(),
            at: At::default(),
        };
        kinds.into_iter().map(bound).collect()
    })
}

fn need() -> impl Strategy<Value = Need> {
    let what = select(vec![
        (true, Effect::Read, None),
        (true, Effect::Run, None),
        (true, Effect::Secret, None),
        (true, Effect::Git, Some("commit")),
        (false, Effect::Read, None),
        (false, Effect::Write, None),
    ]);
    (what, scope()).prop_map(|((asks, effect, verb), scope)| Need {
        asks,
        effect,
        verb: verb.map(ident),
        scope,
        at: At::default(),
    })
}

fn mission() -> BoxedStrategy<Mission> {
    let members = (
        inputs(),
        option::of(authority()),
        vec(verifier(), 0..3),
        body(3),
        (option::of(handler()), option::of(handler())),
        outputs(),
    );
    (name(), members, option::of(doc()), trivia())
        .prop_map(
            |(name, (inputs, authority, verifiers, body, handlers, outputs), doc, trivia)| {
                Mission {
                    name,
                    inputs,
                    authority,
                    verifiers: numbered(verifiers, |verifier, number| {
                        verifier.name = ident(format!("{}_{number}", verifier.name));
                    }),
                    body,
                    on_failure: handlers.0,
                    finally: handlers.1,
                    outputs,
                    doc,
                    trivia,
                    at: At::default(),
                }
            },
        )
        .boxed()
}

fn handler() -> BoxedStrategy<Handler> {
    (body(2), option::of(doc()), trivia())
        .prop_map(|(body, doc, trivia)| Handler {
            body,
            doc,
            trivia,
            at: At::default(),
        })
        .boxed()
}

fn outputs() -> BoxedStrategy<Vec<Output>> {
    let output = (word(), value(), option::of(doc()), trivia());
    vec(output, 0..3)
        .prop_map(|outputs| {
            let numbered = outputs.into_iter().enumerate();
            numbered
                .map(|(number, (name, value, doc, trivia))| Output {
                    name: ident(format!("{name}_{number}")),
                    value,
                    doc,
                    trivia,
                    at: At::default(),
                })
                .collect()
        })
        .boxed()
}

fn test() -> BoxedStrategy<Test> {
    let parts = (
        (call(), trivia()),
        vec((select(PATHS.to_vec()), value()), 0..3),
        vec(given(), 0..3),
        vec((condition(), trivia()), 0..3),
    );
    let names = select(vec!["the second try passes", "", "{{ x", "\"", "a: b"]);
    (names, parts, leads(), option::of(doc()), trivia())
        .prop_map(
            |(name, ((mut run, before), files, given, expect), tail, doc, trivia)| {
                run.trivia = before;
                Test {
                    name: plain(name),
                    run: Some(run),
                    files: files
                        .into_iter()
                        .enumerate()
                        .map(|(number, (path, value))| (plain(&format!("{path}{number}")), value))
                        .collect(),
                    given,
                    expect: expect
                        .into_iter()
                        .map(|(condition, trivia)| Expect {
                            condition,
                            trivia,
                            at: At::default(),
                        })
                        .collect(),
                    tail,
                    doc,
                    trivia,
                    at: At::default(),
                }
            },
        )
        .boxed()
}

fn given() -> impl Strategy<Value = Given> {
    let target = select(vec!["verify.check", "green", "fs.patch"]);
    let outcome = prop_oneof![
        value().prop_map(GivenOutcome::Returns),
        value().prop_map(GivenOutcome::Fails),
    ];
    (target, outcome, trivia()).prop_map(|(target, outcome, trivia)| Given {
        target: ident(target),
        outcome,
        trivia,
        at: At::default(),
    })
}

fn trigger() -> BoxedStrategy<Trigger> {
    let event = select(vec!["label", "comment", "schedule", "webhook"]);
    let args = (option::of(value()), option::of(value()));
    (event, args, call(), option::of(doc()), trivia())
        .prop_map(|(event, (first, zone), run, doc, trivia)| {
            let named = |value| Arg {
                name: Some(ident("zone")),
                value,
            };
            let first = first.map(|value| Arg { name: None, value });
            Trigger {
                event: ident(event),
                args: first.into_iter().chain(zone.map(named)).collect(),
                run,
                doc,
                trivia,
                at: At::default(),
            }
        })
        .boxed()
}

fn call() -> impl Strategy<Value = CallOf> {
    (select(vec!["fix", "review.all"]), args()).prop_map(|(mission, args)| CallOf {
        mission: ident(mission),
        args,
        trivia: Trivia::default(),
        at: At::default(),
    })
}

const PATHS: &[&str] = &["src/a.rs", "Makefile", "a \"b\".txt", "-", "a: b", "{{ x"];

fn inputs() -> BoxedStrategy<Vec<Input>> {
    let input = (
        word(),
        ty(),
        option::of(value()),
        option::of(doc()),
        trivia(),
    );
    vec(input, 0..4)
        .prop_map(|inputs| {
            let numbered = inputs.into_iter().enumerate();
            numbered
                .map(|(number, (name, ty, default, doc, trivia))| Input {
                    name: ident(format!("{name}_{number}")),
                    ty,
                    default,
                    doc,
                    trivia,
                    at: At::default(),
                })
                .collect()
        })
        .boxed()
}

fn authority() -> impl Strategy<Value = Authority> {
    (vec(grant(), 0..6), leads(), trivia()).prop_map(|(grants, tail, trivia)| Authority {
        grants,
        broken: false,
        tail,
        trivia,
        at: At::default(),
    })
}

fn grant() -> impl Strategy<Value = Grant> {
    let limits = prop::sample::subsequence(
        vec![
            (LimitKind::Tokens, "200k"),
            (LimitKind::Cost, "$2"),
            (LimitKind::Calls, "10"),
            (LimitKind::Time, "5m"),
        ],
        0..3,
    );
    let effect = select(Effect::ALL.to_vec());
    let verb = select(vec!["commit", "push"]);
    let names = vec(select(vec!["TOKEN", "draft_pr", "a-b", "30m"]), 1..3);
    let parts = (effect, verb, vec(scope(), 1..4), names, limits);
    (any::<bool>(), parts, trivia()).prop_map(
        |(deny, (effect, verb, scopes, names, limits), trivia)| {
            let limit = |(kind, raw): (LimitKind, &str)| Limit {
                kind,
                amount: amount(raw),
                at: At::default(),
            };
            let (verb, scopes, limits) = match effect {
                Effect::Time => (None, Vec::new(), vec![limit((LimitKind::Time, "30m"))]),
                Effect::Git => (Some(ident(verb)), scopes, Vec::new()),
                effect if effect.has_names() => {
                    let names = names.into_iter().map(template::literal).collect();
                    (None, names, Vec::new())
                }
                _ => (None, scopes, limits.into_iter().map(limit).collect()),
            };
            Grant {
                deny,
                effect,
                verb,
                scopes,
                limits,
                trivia,
                at: At::default(),
            }
        },
    )
}

fn verifier() -> impl Strategy<Value = Verifier> {
    let fields = (
        scope(),
        vec(scope(), 0..3),
        entries(value()),
        option::of(select(vec!["5m", "10s"])),
        option::of(select(vec!["2", "5"])),
    );
    (name(), fields, option::of(doc()), trivia()).prop_map(
        |(name, (run, protect, env, timeout, runs), doc, trivia)| Verifier {
            name,
            run: Some(run),
            protect,
            env,
            timeout: timeout.map(literal_value),
            runs: runs.map(literal_value),
            doc,
            trivia,
            at: At::default(),
        },
    )
}

fn body(depth: u32) -> BoxedStrategy<Body> {
    (vec(statement(depth), 0..4), leads())
        .prop_map(|(statements, tail)| Body { statements, tail })
        .boxed()
}

fn statement(depth: u32) -> BoxedStrategy<Statement> {
    let simple = prop_oneof![
        3 => step().prop_map(StatementKind::Step),
        1 => (name(), value()).prop_map(|(name, value)| StatementKind::Let { name, value }),
    ];
    let kind = if depth == 0 {
        simple.boxed()
    } else {
        let branch = (condition(), body(depth - 1), body(depth - 1));
        let times = prop_oneof![Just("3".to_owned()).prop_map(literal_value), expr_value()];
        let rounds = (times, body(depth - 1), option::of(condition()));
        let bounds = (option::of(short()), option::of(short()));
        let each = (name(), value(), bounds, body(depth - 1));
        prop_oneof![
            4 => simple,
            1 => branch.prop_map(|(condition, then, otherwise)| StatementKind::If {
                condition,
                then,
                otherwise,
            }),
            1 => each.prop_map(|(name, items, (most, at_once), body)| StatementKind::For {
                name,
                items,
                most,
                at_once,
                body,
            }),
            1 => rounds.prop_map(|(times, body, until)| StatementKind::Repeat {
                times,
                body,
                until,
            }),
        ]
        .boxed()
    };
    (kind, option::of(doc()), trivia())
        .prop_map(|(kind, doc, trivia)| Statement {
            kind,
            doc,
            trivia,
            at: At::default(),
        })
        .boxed()
}

fn step() -> BoxedStrategy<Step> {
    let action = select(vec!["fs.read", "verify.red", "model.edit", "prove_patch"]);
    let modifiers = (
        vec(name(), 0..3),
        option::of(condition()),
        option::of((short(), option::of(short()))),
        option::of(short()),
        any::<bool>(),
    );
    (name(), action, args(), modifiers)
        .prop_map(
            |(name, action, args, (after, when, retry, timeout, may_fail))| Step {
                name,
                action: ident(action),
                args,
                after,
                when,
                retry: retry.map(|(times, every)| Retry { times, every }),
                timeout,
                may_fail,
            },
        )
        .boxed()
}

fn args() -> BoxedStrategy<Vec<Arg>> {
    (vec(value(), 0..2), vec((word(), value()), 0..4))
        .prop_map(|(first, named)| {
            let first = first.into_iter().map(|value| Arg { name: None, value });
            let named = named.into_iter().enumerate();
            let named = named.map(|(number, (name, value))| Arg {
                name: Some(ident(format!("{name}_{number}"))),
                value,
            });
            first.chain(named).collect()
        })
        .boxed()
}

/// A value where the tau spelling takes one word or a quoted text.
fn short() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec!["3", "10s", "2h"]).prop_map(literal_value),
        select(vec!["limit", "true", "a.b", "5"]).prop_map(expr_of),
        text(),
    ]
}

fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        select(vec![
            "3", "-3", "0.5", "200k", "30m", "$0.05", "10MB", "true", "none"
        ])
        .prop_map(literal_value),
        text(),
        expr_value(),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|items| of(ValueKind::List(items))),
            entries(inner).prop_map(|entries| of(ValueKind::Map(entries))),
        ]
    })
    .boxed()
}

fn entries(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<(Ident, Value)>> {
    let key = prop_oneof![3 => word(), 1 => select(vec!["a-b", "two words", "<<", "é", "1"])];
    vec((key, value), 0..3).prop_map(|entries| {
        let numbered = entries.into_iter().enumerate();
        numbered
            .map(|(number, (key, value))| match number {
                0 => (ident(key), value),
                number => (ident(format!("{key}_{number}")), value),
            })
            .collect()
    })
}

/// A text or an expression, as a scope or a command is.
fn scope() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec!["**", "src/**", "cargo test", "tau/*", "- x", "30m"])
            .prop_map(template::literal),
        text(),
        expr_value(),
    ]
}

fn text() -> impl Strategy<Value = Value> {
    let literal = prop_oneof![
        select(LITERALS.to_vec()).prop_map(str::to_owned),
        // Two braces would begin an expression.
        any::<String>().prop_map(|text| text.replace(['{', '\0'], "")),
    ];
    vec((literal, expr()), 0..3).prop_flat_map(|parts| {
        (Just(parts), any::<bool>()).prop_map(|(parts, ends)| {
            let mut pieces = Vec::new();
            for (literal, expr) in parts {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(literal));
                    pieces.push(Piece::Expr(expr));
                }
            }
            // A text that is one expression alone is no text.
            if ends || pieces.len() == 1 {
                pieces.pop();
            }
            of(ValueKind::Text(Template { pieces }))
        })
    })
}

/// Texts that a spelling may stumble over.
const LITERALS: &[&str] = &[
    "plain",
    " leads",
    "trails ",
    "- dash",
    "a: b",
    "a #b",
    "#c",
    "30m",
    "null",
    "~",
    "true",
    "...",
    "---",
    "one\ntwo\n",
    "one\n\ntwo",
    "\n",
    " one\n two",
    "one\n  two\n",
    "one\n \ntwo",
    "\"\"\"",
    "a \"\"\" b\n",
    "back\\slash\n",
    "tab\tbed",
    "\r\n",
    "it's",
    "it's \"both\"",
    "a, b",
    "[a]",
    "}}",
    "}",
    "key:",
    "@at",
    "`tick`",
    "%x",
    "*star",
    "&and",
    "!bang",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "\u{85}x",
    "é",
    "end\n\n",
    "\ttab\nx\n",
    "# not a comment\nx\n",
    "a text that is much longer than most, so that a line with two of them must be broken",
];

fn expr_value() -> impl Strategy<Value = Value> {
    expr().prop_map(|expr| of(ValueKind::Expr(expr)))
}

fn expr() -> impl Strategy<Value = Expr> {
    let sources = vec![
        "a",
        "a.b",
        "a or b",
        "previous.green.log or red.log",
        "not a",
        "a == 'it''s'",
        "f(a, b)|length",
        "a[\"k\"]",
        "{'a': 1}",
        "a in {'b': 1}",
        "up.to and at.most",
        "[a, b]",
        "5",
        "30m",
        "true",
        "'x'",
        "\"x\" ~ y",
        "a if b else c",
        "when.a",
        "x in {'a': 1}",
        "a\n  or b",
        "(a)",
        "a[1:2]",
        "'}}' ~ a",
        "a # b",
        "-1",
    ];
    select(sources).prop_map(expr_from)
}

/// An expression that both spellings write without braces.
fn condition() -> impl Strategy<Value = Expr> {
    let sources = vec![
        "green.passed",
        "not a",
        "a == 'x: y'",
        "a and (b or c)",
        "a[\"k\"] > 3",
        "'when' in a",
        "true",
        "a|length >= 2",
        "f(a, b)",
    ];
    select(sources).prop_map(expr_from)
}

fn ty() -> BoxedStrategy<TypeExpr> {
    let choices = vec![vec!["yes", "no"], vec!["one"], vec!["a b", "c: d", "or"]];
    let leaf = prop_oneof![
        select(vec![
            "string",
            "path",
            "command",
            "Edited",
            "review.Verdict"
        ])
        .prop_map(|name| TypeExprKind::Name(name.to_owned())),
        select(choices).prop_map(|choices| {
            TypeExprKind::Choice(choices.into_iter().map(str::to_owned).collect())
        }),
    ];
    let written = leaf.prop_map(ty_of).prop_recursive(3, 6, 3, |inner| {
        let field = (word(), inner.clone());
        prop_oneof![
            inner
                .clone()
                .prop_map(|ty| ty_of(TypeExprKind::List(Box::new(ty)))),
            inner
                .clone()
                .prop_map(|ty| ty_of(TypeExprKind::Map(Box::new(ty)))),
            inner.prop_map(|ty| match ty.kind {
                TypeExprKind::Optional(_) => ty,
                _ => ty_of(TypeExprKind::Optional(Box::new(ty))),
            }),
            vec(field, 0..3).prop_map(|fields| {
                let fields = fields.into_iter().enumerate();
                let field = |(number, (name, ty))| (ident(format!("{name}_{number}")), ty);
                ty_of(TypeExprKind::Record(fields.map(field).collect()))
            }),
        ]
    });
    // `untrusted` stands before a whole type or within brackets, never before a `?` of its own.
    (written, 0..4)
        .prop_map(|(ty, which)| match which {
            0 => ty_of(TypeExprKind::Untrusted(Box::new(ty))),
            1 => {
                let inner = ty_of(TypeExprKind::Untrusted(Box::new(ty)));
                ty_of(TypeExprKind::List(Box::new(inner)))
            }
            _ => ty,
        })
        .boxed()
}

fn plain(text: &str) -> Text {
    Text::verbatim(text, Span::default())
}

fn doc() -> impl Strategy<Value = Doc> {
    let texts = vec![
        "Doc.",
        "\"owner/repo#42\", a URL, or a file",
        "two\nlines",
        "with: colon # and hash",
        "a\n\n  indented\nb",
        "- dash",
        "a doc that is so long that it can stand at the end of hardly any line, however short that is",
    ];
    select(texts).prop_map(|text| Doc {
        text: text.to_owned(),
        at: At::default(),
    })
}

fn trivia() -> impl Strategy<Value = Trivia> {
    prop_oneof![
        3 => Just(Trivia::default()),
        1 => (leads(), option::of(comment())).prop_map(|(before, after)| Trivia { before, after }),
    ]
}

fn leads() -> impl Strategy<Value = Vec<Lead>> {
    let lead = prop_oneof![Just(Lead::Blank), comment().prop_map(Lead::Comment)];
    prop_oneof![2 => Just(Vec::new()), 1 => vec(lead, 0..4)]
}

fn comment() -> impl Strategy<Value = String> {
    select(vec![
        "why",
        "",
        "# x",
        "a: b",
        "  deep",
        "it's \"quoted\" {",
    ])
    .prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = Ident> {
    word().prop_map(ident)
}

/// A name that is no word of the language in either spelling.
fn word() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "green",
        "intake",
        "x1",
        "_y",
        "a_longer_name",
        "PATH",
    ])
}

fn literal_value(raw: impl AsRef<str>) -> Value {
    of(ValueKind::Literal(amount(raw.as_ref())))
}

fn amount(raw: &str) -> Literal {
    literal::parse(raw).expect("a literal")
}

fn expr_of(source: &str) -> Value {
    of(ValueKind::Expr(expr_from(source)))
}

fn expr_from(source: impl AsRef<str>) -> Expr {
    let source = source.as_ref();
    assert!(!source.chars().any(is_unsafe));
    Expr {
        source: Text::verbatim(source, Span::new(SourceId(0), 0, source.len())),
    }
}

fn of(kind: ValueKind) -> Value {
    Value {
        kind,
        at: At::default(),
    }
}

fn ty_of(kind: TypeExprKind) -> TypeExpr {
    TypeExpr {
        kind,
        at: At::default(),
    }
}

fn ident(text: impl AsRef<str>) -> Ident {
    Ident {
        text: text.as_ref().to_owned(),
        at: At::default(),
    }
}

fn numbered<T>(mut items: Vec<T>, mut rename: impl FnMut(&mut T, usize)) -> Vec<T> {
    for (number, item) in items.iter_mut().enumerate() {
        rename(item, number);
    }
    items
}
