//! What a mission may do.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::trivia::{ident, leads, trivia};
use super::value::{amount, scope};
use crate::source::At;
use crate::syntax::template;
use crate::syntax::tree::{Authority, Effect, Grant, Limit, LimitKind};

pub(super) fn authority() -> impl Strategy<Value = Authority> {
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
            (LimitKind::Cpu, "10m"),
            (LimitKind::Memory, "4GB"),
            (LimitKind::Processes, "200"),
            (LimitKind::FileSize, "1GiB"),
        ],
        0..4,
    );
    let effect = select(Effect::ALL.to_vec());
    let verb = select(vec!["commit", "push"]);
    let names = vec(select(vec!["TOKEN", "draft_pr", "a-b", "30m"]), 1..3);
    let parts = (effect, verb, vec(scope(), 1..4), 0..3usize, names, limits);
    (any::<bool>(), parts, trivia()).prop_map(
        |(deny, (effect, verb, scopes, elses, names, limits), trivia)| {
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
                elses: match effect {
                    Effect::Model => elses.min(scopes.len() - 1),
                    _ => 0,
                },
                scopes,
                limits,
                trivia,
                at: At::default(),
            }
        },
    )
}
