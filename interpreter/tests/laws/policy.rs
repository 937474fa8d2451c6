//! A policy that comes in the middle of a run holds for all that counts of it in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tau_interpreter::journal::{Entry, Finished, Outcome, Record};

use crate::bench::Bench;
use crate::chance::Chance;
use crate::hands::Shared;
use crate::mission;

/// Policies that hide some file from those who look for all. The text of few missions names it, so
/// that few are blocked before they go on.
const POLICIES: &[&str] = &[
    "  deny read \"b/c/**\"\n",
    "  deny read \"a/y\"\n",
    "  deny read \"b/x\"\n",
    "  read \"a/*\", \"b/*\", \"top\"\n",
    "  read \"a/x\", \"b/**\", \"top\"\n  write \"**\"\n",
];

/// The records of the first owner that count in the end. What a later one did, the broker has let
/// pass; a pattern of which the policy hides a part is then listed without it.
fn counts(records: &[Record]) -> Vec<Arc<Finished>> {
    let mut last = BTreeMap::new();
    for record in records {
        match &record.entry {
            Entry::StepFinished(finished) => {
                last.insert(finished.step.clone(), (record.epoch, finished.clone()));
            }
            Entry::Ended { left_out, .. } => last.retain(|step, _| !left_out.contains(step)),
            _ => {}
        }
    }
    let first = records.first().map(|record| record.epoch);
    let of_first = last
        .into_values()
        .filter(|(epoch, _)| Some(*epoch) == first);
    of_first.map(|(_, finished)| finished).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_counts_in_the_end_the_policy_lets_pass(
        seed: u64, size in 1usize..4, policy in 0..POLICIES.len(),
    ) {
        let bench = Bench::new();
        let text = mission::write(seed, size).text;
        let run = bench.apply(&text, &Shared::new(seed)).run;
        let records = bench.records(&run).len();
        let kept = 1 + Chance(seed).below(records - 1);
        bench.cut(&run, kept);
        *bench.policy.borrow_mut() = POLICIES[policy].to_owned();
        let report = bench.resume(&text, &Shared::new(seed), &run);
        let records = bench.records(&run);
        let ended = records.last().map(|record| &record.entry);
        if !matches!(ended, Some(Entry::Ended { outcome: Outcome::Succeeded, .. })) {
            prop_assert_ne!(&report.outcome, "succeeded");
            return Ok(());
        }
        let policies = bench.policies(&text);
        for finished in counts(&records) {
            let refused = finished.used.refused(policies.rules());
            let told = format!("`{}`, cut behind {kept}:\n{text}", finished.step);
            prop_assert_eq!(refused, None, "{}", told);
        }
    }
}

/// The law can fail: a run that was not gone on with under the policy holds what it refuses.
#[test]
fn without_the_policy_it_counts() {
    let bench = Bench::new();
    let text = format!(
        "mission m {{\n{}  step a = t.get(\"a/y\")\n  output a = a\n}}\n",
        mission::AUTHORITY
    );
    let run = bench.apply(&text, &Shared::new(0)).run;
    *bench.policy.borrow_mut() = POLICIES[1].to_owned();
    let policies = bench.policies(&text);
    let all = counts(&bench.records(&run));
    let refused: Vec<_> = all
        .iter()
        .map(|it| it.used.refused(policies.rules()))
        .collect();
    let says = "policy `p.tau:2:3` denies `read a/y`";
    assert_eq!(refused, [Some(says.to_owned())]);
}
