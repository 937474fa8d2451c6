//! What is still to be done follows from the plan and the records: a resume does that and nothing
//! else.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tau_interpreter::journal::{Entry, Record};
use tau_interpreter::run::{name_of, outstanding};

use crate::bench::Bench;
use crate::hands::Shared;
use crate::mission;

/// The steps that have begun in these records.
fn begun(records: &[Record]) -> Vec<&str> {
    let steps = records.iter().filter_map(|record| match &record.entry {
        Entry::StepStarted { step, .. } => Some(step.as_str()),
        _ => None,
    });
    steps.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_resume_does_what_is_outstanding(seed: u64, size in 1usize..8) {
        let bench = Bench::new();
        let written = mission::write(seed, size);
        let plan = bench.plan(&written.text);
        let first = Shared::new(seed);
        let run = bench.apply(&written.text, &first).run;
        let all = bench.records(&run);
        let whole = std::fs::read_to_string(bench.run(&run).journal()).unwrap();
        for kept in 1..all.len() {
            std::fs::write(bench.run(&run).journal(), &whole).unwrap();
            bench.cut(&run, kept);
            let before = outstanding(&plan, &all[..kept]);
            prop_assert_eq!(&before, &outstanding(&plan, &all[..kept]));

            let shared = Shared::new(seed ^ kept as u64);
            shared.outside.remember(&first.outside, &all[..kept], shared.below(2) == 0);
            let report = bench.resume(&written.text, &shared, &run);
            let records = bench.records(&run);
            let why = format!("behind {kept}: {before:?}\n{}", written.text);
            for step in begun(&records[kept..]) {
                prop_assert!(!before.ended.contains(step), "{} {}", step, why);
                prop_assert!(before.outstanding.contains(&name_of(step)), "{} {}", step, why);
            }
            // What was open has been settled, or is open still.
            for step in &before.uncertain {
                prop_assert!(begun(&records[kept..]).contains(&step.as_str()), "{}", why);
            }
            let after = outstanding(&plan, &records);
            prop_assert!(after.uncertain.is_empty(), "{}", why);
            if report.outcome == "succeeded" {
                prop_assert!(after.outstanding.is_empty(), "{}", why);
            }
            let lost: BTreeSet<_> = before.ended.difference(&after.ended).collect();
            // Who resumes a run that a failure has ended wants it tried again.
            prop_assert!(lost.is_empty() || report.outcome == "failed", "{:?} {}", lost, why);
        }
    }

    /// More records never make more to do, until the run ends.
    #[test]
    fn less_and_less_is_outstanding(seed: u64, size in 1usize..14) {
        let bench = Bench::new();
        let written = mission::write(seed, size);
        let plan = bench.plan(&written.text);
        let run = bench.apply(&written.text, &Shared::new(seed)).run;
        let all = bench.records(&run);
        let mut last = outstanding(&plan, &all[..1]);
        for kept in 2..all.len() {
            let next = outstanding(&plan, &all[..kept]);
            let more = next.outstanding.iter().any(|step| !last.outstanding.contains(step));
            prop_assert!(!more, "behind {}: {:?} {:?}\n{}", kept, last, next, written.text);
            prop_assert!(next.ended.is_superset(&last.ended));
            last = next;
        }
    }
}
