use proptest::prelude::*;
use tau_lang::authority::{Limits, Pattern};
use tau_lang::source::Span;

use super::*;

/// Grants of models of a mission, each with its limits.
fn rules(grants: &[(&str, Limits)]) -> Rules {
    held(Holder::Mission, grants)
}

fn held(holder: Holder, grants: &[(&str, Limits)]) -> Rules {
    let rules = grants
        .iter()
        .zip(1..)
        .map(|((pattern, limits), place)| Rule {
            deny: false,
            effect: Effect::Model,
            verb: None,
            pattern: Pattern::new(Effect::Model, pattern).unwrap(),
            says: String::new(),
            is_else: false,
            limits: *limits,
            at: Span {
                start: place,
                ..Span::default()
            },
            place: (holder == Holder::Policy).then(|| format!("p.tau:{place}:1")),
        });
    Rules::of(holder, rules.collect())
}

fn tokens(most: u64) -> Limits {
    Limits {
        tokens: Some(most),
        ..Limits::default()
    }
}

fn amount(tokens: u64) -> Amount {
    Amount {
        calls: 1,
        tokens,
        micro_usd: 0,
    }
}

#[test]
fn what_is_left_over_can_be_spent_and_the_rest_cannot() {
    let ledger = Ledger::default();
    let rules = [rules(&[("a/*", tokens(1000))])];
    let first = ledger.reserve(&rules, "one", "a/x", amount(600)).unwrap();
    let refused = ledger
        .reserve(&rules, "two", "a/y", amount(500))
        .unwrap_err();
    assert_eq!((refused.what, refused.depth), ("tokens", 0));
    let says = "It may use 500 tokens, and of the 1000 tokens that the grant allows 600 are spent: \
                600 by `one`.";
    assert_eq!(refused.says, says);
    ledger.settle(first, amount(500));
    ledger.reserve(&rules, "two", "a/y", amount(500)).unwrap();
    assert!(ledger.reserve(&rules, "three", "a/x", amount(1)).is_err());
    assert_eq!(ledger.total().tokens, 1000);
}

#[test]
fn the_first_grant_that_covers_a_model_pays() {
    let ledger = Ledger::default();
    let rules = [rules(&[("a/x", tokens(10)), ("a/*", tokens(100))])];
    ledger.reserve(&rules, "s", "a/y", amount(100)).unwrap();
    ledger.reserve(&rules, "s", "a/x", amount(10)).unwrap();
    assert!(ledger.reserve(&rules, "s", "a/x", amount(1)).is_err());
}

#[test]
fn a_called_mission_spends_from_its_own_limit_and_its_callers() {
    let ledger = Ledger::default();
    let chain = [rules(&[("**", tokens(100))]), rules(&[("**", tokens(60))])];
    ledger.reserve(&chain, "call/a", "m", amount(50)).unwrap();
    // Its attempts share what it has, and every call has it anew.
    let refused = ledger
        .reserve(&chain, "call~2/a", "m", amount(20))
        .unwrap_err();
    assert_eq!(refused.depth, 1);
    ledger.reserve(&chain, "call#2/a", "m", amount(50)).unwrap();
    let refused = ledger
        .reserve(&chain, "call#3/a", "m", amount(1))
        .unwrap_err();
    assert_eq!(refused.depth, 0);
}

/// What chance does to a ledger.
#[derive(Clone, Debug)]
enum Act {
    Reserve {
        call: Option<u8>,
        attempt: u8,
        model: u8,
        most: u64,
    },
    /// Settles the one that has been open for longest.
    Settle { part: u64 },
    /// The owner of the run dies; another goes on.
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (proptest::option::of(0..3u8), 1..3u8, 0..3u8, 0..60u64).prop_map(
            |(call, attempt, model, most)| Act::Reserve { call, attempt, model, most }
        ),
        3 => (0..=100u64).prop_map(|part| Act::Settle { part }),
        1 => Just(Act::Crash),
    ]
}

proptest! {
    /// No order of reservations, settlements and crashes spends more than any limit, and what is
    /// settled or was lost is what is spent.
    #[test]
    fn no_limit_is_passed_and_nothing_is_given_back(
        acts in proptest::collection::vec(act(), 0..60),
        outer in 50..300u64,
        inner in 20..200u64,
    ) {
        let mut ledger = Ledger::default();
        let mut records: Vec<Record> = Vec::new();
        let record = |entry| Record {
            seq: 0,
            epoch: 1,
            at: String::new(),
            ms: 0,
            synced: 0,
            entry,
        };
        let chain = [rules(&[("m/*", tokens(outer))]), rules(&[("m/*", tokens(inner))])];
        let mut open: Vec<u64> = Vec::new();
        // The reference: what each has taken, by its call.
        let mut reference: Vec<(Option<u8>, u64)> = Vec::new();
        for act in acts {
            match act {
                Act::Reserve { call, attempt, model, most } => {
                    let (step, rules) = match call {
                        Some(call) if attempt > 1 => (format!("c#{call}~{attempt}/s"), &chain[..]),
                        Some(call) => (format!("c#{call}/s"), &chain[..]),
                        None => ("s".to_owned(), &chain[..1]),
                    };
                    let all: u64 = reference.iter().map(|it| it.1).sum();
                    let of_call: u64 = reference
                        .iter()
                        .filter(|it| it.0 == call)
                        .map(|it| it.1)
                        .sum();
                    let fits = all + most <= outer && (call.is_none() || of_call + most <= inner);
                    let model = format!("m/{model}");
                    let reserved = ledger.reserve(rules, &step, &model, amount(most));
                    prop_assert_eq!(reserved.is_ok(), fits);
                    if let Ok(number) = reserved {
                        let most = amount(most);
                        let reservation = number;
                        records.push(record(Entry::Reserved { reservation, step, model, most }));
                        open.push(number);
                        reference.push((call, most.tokens));
                    }
                }
                Act::Settle { part } if !open.is_empty() => {
                    let reservation = open.remove(0);
                    let taken = &mut reference[usize::try_from(reservation).unwrap()].1;
                    *taken = *taken * part / 100;
                    let used = amount(*taken);
                    ledger.settle(reservation, used);
                    records.push(record(Entry::Settled { reservation, used }));
                }
                Act::Settle { .. } => {}
                Act::Crash => {
                    ledger = Ledger::of(&records);
                    open.clear();
                }
            }
            let total: u64 = reference.iter().map(|it| it.1).sum();
            prop_assert!(total <= outer);
            prop_assert_eq!(ledger.total().tokens, total);
            let told: u64 = spent(&records).iter().map(|it| it.amount.tokens).sum();
            prop_assert_eq!(told, total);
        }
    }
}

/// A policy stands before all missions, and counts what all of them spend.
#[test]
fn a_policy_bounds_the_whole_run() {
    let policy = held(Holder::Policy, &[("*", tokens(100))]);
    let caller = rules(&[("*", tokens(1000))]);
    let callee = rules(&[("*", tokens(70))]);
    let ledger = Ledger::default();
    let all = [policy.clone(), caller.clone()];
    ledger.reserve(&all, "a", "m", amount(60)).unwrap();
    let all = [policy, caller.clone(), callee.clone()];
    ledger.reserve(&all, "c/b", "m", amount(30)).unwrap();
    let exhausted = ledger.reserve(&all, "d/b", "m", amount(20)).unwrap_err();
    assert_eq!((exhausted.what, exhausted.depth), ("tokens", 0));
    assert_eq!(exhausted.place.as_deref(), Some("p.tau:1:1"));
    // The callee's own limit is of each call by itself, whatever stands before it.
    let wide = held(Holder::Policy, &[("*", tokens(1000))]);
    let all = [wide, caller, callee];
    let exhausted = ledger.reserve(&all, "c/b", "m", amount(50)).unwrap_err();
    assert_eq!((exhausted.depth, exhausted.place), (2, None));
    ledger.reserve(&all, "d/b", "m", amount(50)).unwrap();
}

/// It says nothing of models, so it does not limit them.
#[test]
fn a_policy_without_models_bounds_none() {
    let ledger = Ledger::default();
    let all = [held(Holder::Policy, &[]), rules(&[("*", tokens(50))])];
    ledger.reserve(&all, "a", "m", amount(50)).unwrap();
}
