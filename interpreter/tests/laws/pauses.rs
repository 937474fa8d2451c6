//! Between attempts a run pauses as long as the step says, and as the journal remembers.

use tau_interpreter::journal::Entry;

use crate::bench::Bench;
use crate::hands::Shared;

/// The pauses in seconds between attempts that fail six times, and how long all of it took.
fn pauses(modifiers: &str) -> (Vec<f64>, f64) {
    let bench = Bench::new();
    let text = format!("mission m {{\n  step a = t.flaky(6) {modifiers}\n}}\n");
    let began = bench.clock.now();
    let report = bench.apply(&text, &Shared::new(0));
    assert_eq!(report.outcome, "succeeded", "{report:#?}");
    let records = bench.records(&report.run);
    let pauses = records.iter().filter_map(|record| match record.entry {
        Entry::AttemptFailed { pause_ms, .. } => Some(pause_ms as f64 / 1000.0),
        _ => None,
    });
    let took = bench.clock.now().duration_since(began);
    (pauses.collect(), took.as_secs_f64())
}

#[test]
fn without_a_bound_every_pause_is_as_long() {
    let (all, took) = pauses("retry 6 every 10s");
    assert_eq!(all, [10.0; 6]);
    assert_eq!(took, 60.0);
    assert_eq!(pauses("retry 6"), (vec![0.0; 6], 0.0));
}

#[test]
fn with_one_they_double_up_to_it_and_chance_takes_no_more_than_half() {
    let (all, took) = pauses("retry 6 every 10s up to 1m");
    for (pause, longest) in all.iter().zip([10.0, 20.0, 40.0, 60.0, 60.0, 60.0]) {
        assert!((longest / 2.0..=longest).contains(pause), "{all:?}");
    }
    assert_eq!(all.len(), 6);
    assert!(all.iter().any(|it| it % 1.0 != 0.0), "{all:?}");
    assert!(
        (took - all.iter().sum::<f64>()).abs() < 0.001,
        "{took} {all:?}"
    );
    // The same seed gives the same pauses.
    assert_eq!(pauses("retry 6 every 10s up to 1m").0, all);
}
