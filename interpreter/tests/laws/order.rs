//! A mission means what it says from top to bottom, whatever runs at the same time and wherever
//! it is cut.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tau_interpreter::journal::Entry;
use tau_interpreter::report::Report;

use crate::bench::Bench;
use crate::hands::Shared;
use crate::mission::{self, Written};

/// The run has the end that the text says.
pub(crate) fn ends_as_written(report: &Report, written: &Written) -> Result<(), TestCaseError> {
    let why = format!("{:?}\n{}", report.reason, written.text);
    prop_assert_eq!(&report.outcome, written.outcome, "{}", why);
    let outputs: BTreeMap<String, String> = report
        .outputs
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or("none").to_owned()))
        .collect();
    prop_assert_eq!(&outputs, &written.outputs, "{}", why);
    let last = report.steps.iter().find(|step| step.name == "last");
    let last = last.and_then(|step| step.result.as_str());
    prop_assert_eq!(last, Some(written.last.as_str()), "{}", why);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_the_text_decides(seed: u64, size in 1usize..14) {
        let bench = Bench::new();
        let written = mission::write(seed, size);
        for turns in 0..3 {
            let shared = Shared::new(seed ^ turns);
            let report = bench.apply(&written.text, &shared);
            ends_as_written(&report, &written)?;
            prop_assert_eq!(&shared.outside.said(), &written.posted, "{}", written.text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_cut_behind_any_record_ends_the_same(seed: u64, size in 1usize..8) {
        let bench = Bench::new();
        let written = mission::write(seed, size);
        let first = Shared::new(seed);
        let run = bench.apply(&written.text, &first).run;
        let all = bench.records(&run);
        let said = first.outside.clone();
        let path = bench.run(&run).journal();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        for kept in 1..lines.len() {
            std::fs::write(&path, lines[..kept].concat()).unwrap();
            let shared = Shared::new(seed ^ kept as u64);
            // What was about to happen outside when the run was cut has happened, or has not.
            shared.outside.remember(&said, &all[..kept], shared.below(2) == 0);
            let report = bench.resume(&written.text, &shared, &run);
            ends_as_written(&report, &written)?;
            prop_assert_eq!(&shared.outside.said(), &written.posted, "behind {}\n{}", kept, written.text);
            let records = bench.records(&run);
            let ended: Vec<&str> = records[..kept]
                .iter()
                .filter_map(|record| match &record.entry {
                    Entry::StepFinished(finished) => Some(finished.step.as_str()),
                    _ => None,
                })
                .collect();
            let begun: Vec<&str> = records[kept..]
                .iter()
                .filter_map(|record| match &record.entry {
                    // Whether that is done again, or found, the outside has told.
                    Entry::StepStarted { action, .. } if action == "t.post" => None,
                    Entry::StepStarted { step, .. } => Some(step.as_str()),
                    _ => None,
                })
                .collect();
            let again: Vec<_> = begun.iter().filter(|step| ended.contains(step)).collect();
            prop_assert!(again.is_empty(), "{:?} behind {}\n{}", again, kept, written.text);
            prop_assert_eq!(shared.performed(), begun.len());
        }
    }
}

#[test]
fn loops_at_the_same_time_have_each_their_own_round_before() {
    let bench = Bench::new();
    // What waits for a step looks at the round before while the other loop goes on.
    let text = "mission m {\n  authority {\n    read  \"**\"\n    write \"**\"\n  }\n  \
                repeat up to 3 {\n    step g = t.get(\"top\")\n    \
                step x = t.put(\"a/x\", text: previous.x or '-') after g\n  }\n  \
                repeat up to 3 {\n    step h = t.get(\"top\")\n    \
                step y = t.put(\"b/x\", text: previous.y or '+') after h\n  }\n  \
                output x = x\n  output y = y\n}\n";
    for seed in 0..8 {
        let report = bench.apply(text, &Shared::new(seed));
        assert_eq!(report.outputs["x"], "a/x-".repeat(4));
        assert_eq!(report.outputs["y"], "b/x+".repeat(4));
    }
}
