#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]
//! Laws of authority, against a small model of what covers what.

mod blocks;
#[path = "../support/library.rs"]
mod library;
mod model;
mod steps;

use std::sync::Arc;

use proptest::prelude::*;
use tau_lang::authority::Rules;
use tau_lang::check::check;
use tau_lang::expr::Context;
use tau_lang::library::Library;
use tau_lang::plan::Plan;
use tau_lang::plan::compare::{Difference, difference};
use tau_lang::plan::needs::rules;
use tau_lang::policy::{Policies, PolicyFile, PolicyOf};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;
use tau_lang::syntax::tree::Effect;

use self::blocks::{authority, block, changed, models, print, requests};
use self::library::library;
use self::model::{Line, Request, affords, covers, leaves};

thread_local! {
    /// Loaded once: it is the same for all missions.
    static LIBRARY: (SourceMap, Library) = {
        let mut map = SourceMap::default();
        let library = library(&mut map);
        (map, library)
    };
}

fn plan(block: &[Line]) -> Arc<Plan> {
    let text = print(block);
    let mut map = LIBRARY.with(|(map, _)| map.clone());
    let (tree, wrong) = tau::parse(&text, map.add("test.tau", &*text));
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let checked = LIBRARY.with(|(_, library)| check(&tree, library));
    let plan = checked.plans.first();
    plan.unwrap_or_else(|| panic!("{:?}\n{text}", checked.diagnostics))
        .clone()
}

fn between(old: &[Line], new: &[Line]) -> Difference {
    let (old, new) = (plan(old), plan(new));
    LIBRARY.with(|(_, library)| difference(Some(&old), Some(&new), &library.engine))
}

fn both(old: &[Line], new: &[Line]) -> String {
    format!("{}---\n{}{:?}", print(old), print(new), between(old, new))
}

/// What the checker, the plan and the run ask.
fn is_granted(rules: &Rules, request: &Request) -> bool {
    let (effect, verb) = asked(request);
    rules.covers(effect, verb, &request.what)
}

fn asked(request: &Request) -> (Effect, Option<&str>) {
    let (effect, verb) = match request.effect.split_once(' ') {
        Some((effect, verb)) => (effect, Some(verb)),
        None => (request.effect, None),
    };
    (Effect::parse(effect).unwrap(), verb)
}

/// A policy of the same lines.
fn policies(block: &[Line]) -> Policies {
    let text = authority(block).replacen("authority", "policy", 1);
    let mut map = LIBRARY.with(|(map, _)| map.clone());
    let (tree, wrong) = tau::parse(&text, map.add("policy.tau", &*text));
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let checked = LIBRARY.with(|(_, library)| check(&tree, library));
    let file = PolicyFile {
        name: "policy.tau".to_owned(),
        path: None,
        of: PolicyOf::Machine,
        text,
    };
    let mut policies = Policies::default();
    policies.add(&checked.policy.unwrap(), file, &map);
    policies
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_covered_is_what_the_model_says(block in block(), requests in requests()) {
        let plan = plan(&block);
        let rules = LIBRARY.with(|(_, library)| rules(&plan, &library.engine, &Context::new()));
        for request in requests {
            let covered = covers(&block, &request);
            prop_assert_eq!(is_granted(&rules, &request), covered, "{:?}\n{}", request, print(&block));
        }
    }

    /// A policy says nothing of an effect that it grants nowhere, but for what it denies.
    #[test]
    fn what_a_policy_leaves_is_what_the_model_says(
        block in block(), policy in block(), requests in requests(),
    ) {
        let plan = plan(&block);
        let policies = policies(&policy);
        let own = LIBRARY.with(|(_, library)| rules(&plan, &library.engine, &Context::new()));
        for request in requests {
            let left = covers(&block, &request) && leaves(&policy, &request);
            let (effect, verb) = asked(&request);
            let real = is_granted(&own, &request) && policies.allow(effect, verb, &request.what);
            prop_assert_eq!(real, left, "{:?}\n{}{}", request, print(&block), print(&policy));
        }
    }

    #[test]
    fn what_does_not_widen_covers_nothing_more(
        (old, new) in changed(block(), block()), requests in requests(),
    ) {
        if between(&old, &new).widens() {
            return Ok(());
        }
        for request in requests {
            let more = covers(&new, &request) && !covers(&old, &request);
            prop_assert!(!more, "{request:?}\n{}", both(&old, &new));
        }
    }

    #[test]
    fn of_two_blocks_that_are_not_alike_neither(
        old in block(), new in block(), requests in requests(),
    ) {
        if between(&old, &new).widens() {
            return Ok(());
        }
        for request in requests {
            let more = covers(&new, &request) && !covers(&old, &request);
            prop_assert!(!more, "{request:?}\n{}", both(&old, &new));
        }
    }

    #[test]
    fn what_does_not_widen_spends_nothing_more(
        (old, new) in changed(models(), models()),
        calls in prop::collection::vec(("[ab]{1,2}", 1..8u64), 1..8),
    ) {
        if !between(&old, &new).widens() {
            // Also of the beginnings: what follows may be what the new block cannot afford.
            for end in 1..=calls.len() {
                let more = affords(&new, &calls[..end]) && !affords(&old, &calls[..end]);
                prop_assert!(!more, "{:?}\n{}", &calls[..end], both(&old, &new));
            }
        }
    }

    #[test]
    fn the_same_does_not_widen(block in block(), accounts in models()) {
        prop_assert!(!between(&block, &block).widens(), "{}", both(&block, &block));
        prop_assert!(!between(&accounts, &accounts).widens(), "{}", both(&accounts, &accounts));
    }
}
