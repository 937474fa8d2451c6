//! What records rest on.

use crate::bench::Bench;
use crate::hands::Shared;

#[test]
fn a_secret_is_in_no_record_of_a_step_not_even_as_a_digest() {
    let text =
        "mission m {\n  input token : secret\n\n  step a = t.login(token, user: \"ann\")\n}\n";
    let bench = Bench::new();
    let token = ("token".to_owned(), "1234".into());
    bench.inputs.borrow_mut().extend([token]);
    let report = bench.apply(text, &Shared::new(0));
    assert_eq!(report.outcome, "succeeded");
    let journal = std::fs::read_to_string(bench.run(&report.run).journal()).unwrap();
    let mut lines = journal.lines();
    let finished = lines.find(|line| line.contains("step_finished")).unwrap();
    assert!(finished.contains("\"args\":{\"user\":\""), "{finished}");
    assert!(!finished.contains("token"), "{finished}");
}

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
