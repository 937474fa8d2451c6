//! What records rest on.

use crate::bench::Bench;
use crate::hands::Shared;

#[test]
fn a_secret_is_in_no_record_not_even_as_a_digest_that_lets_it_be_guessed() {
    let text =
        "mission m {\n  input token : secret\n\n  step a = t.login(token, user: \"ann\")\n}\n";
    let bench = Bench::new();
    let token = ("token".to_owned(), "hunter2!".into());
    bench.inputs.borrow_mut().extend([token]);
    let report = bench.apply(text, &Shared::new(0));
    assert_eq!(report.outcome, "succeeded");
    let journal = std::fs::read_to_string(bench.run(&report.run).journal()).unwrap();
    let mut lines = journal.lines();
    let finished = lines.find(|line| line.contains("step_finished")).unwrap();
    assert!(finished.contains("\"token\":\""), "{finished}");
    assert!(!journal.contains("hunter2!"), "{journal}");
    for guessed in ["hunter2!", "\"hunter2!\""] {
        let digest = tau_interpreter::blobs::sha256(guessed.as_bytes());
        assert!(!journal.contains(&digest[..12]), "{journal}");
    }
}

#[test]
fn whoever_goes_on_without_a_secret_input_is_told_to_give_it_again() {
    let text = "mission m {\n  input token : secret\n\n  step a = t.login(token, user: \"ann\")\n  \
                step b = t.event(\"never\")\n}\n";
    let (bench, shared) = (Bench::new(), Shared::new(0));
    let token = ("token".to_owned(), "hunter2!".into());
    bench.inputs.borrow_mut().extend([token]);
    let report = bench.apply(text, &shared);
    assert_eq!(report.outcome, "waiting", "{:?}", report.reason);
    let resumed = bench.resume(text, &shared, &report.run);
    let blocked = resumed.blocked.unwrap();
    assert_eq!(
        (blocked.kind.as_str(), blocked.code.as_str()),
        ("credential", "secret-input-missing")
    );
    let next = format!("tau resume {} --set token=@FILE", report.run);
    assert_eq!(resumed.next, Some(next));
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
