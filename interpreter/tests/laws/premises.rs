//! What records rest on.

use crate::bench::Bench;
use crate::hands::Shared;

#[test]
fn what_another_version_of_tau_has_judged_is_judged_again_and_nothing_else() {
    let text = "mission m {\n  authority {\n    read \"**\"\n  }\n  step a = t.get(\"top\")\n  \
                step b = t.seal()\n  step c = t.event(\"never\")\n}\n";
    let (bench, shared) = (Bench::new(), Shared::new(0));
    let report = bench.apply(text, &shared);
    assert_eq!(
        (report.outcome.as_str(), shared.performed()),
        ("waiting", 3)
    );
    let same = bench.resume(text, &shared, &report.run);
    assert!(same.steps.iter().all(|step| step.again.is_empty()));
    bench.version.set("1");
    let report = bench.resume(text, &shared, &report.run);
    let again: Vec<_> = report
        .steps
        .iter()
        .map(|step| step.again.join(", "))
        .collect();
    assert_eq!(again, ["", "tau 1 in place of 0", ""]);
    // Twice the one that waits, and once the one that was judged again.
    assert_eq!(shared.performed(), 3 + 2 + 1);
}
