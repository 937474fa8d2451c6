//! Whatever happens around an effect, it is there once.

use tau_tests::{Sandbox, step};

use crate::host::{Harm, Host};

const COMMENT: &str = "  step say = github.comment(\"acme/app#7\", text: \"It is done.\", api: \"API\", token: \"GH\")\n";
const LABEL: &str =
    "  step say = github.label(\"acme/app#7\", labels: [\"done\"], api: \"API\", token: \"GH\")\n";

fn told(steps: &str) -> (Host, Sandbox) {
    let host = Host::new();
    let grant = match steps == LABEL {
        true => "    github label\n",
        false => "    github comment\n",
    };
    let sandbox = host.sandbox(grant, steps);
    (host, sandbox)
}

#[test]
fn a_lost_answer_is_looked_up_and_what_is_there_is_adopted() {
    for steps in [COMMENT, LABEL] {
        for harm in [Harm::LostAnswer, Harm::Broken] {
            let (host, sandbox) = told(steps);
            host.harms(harm);
            let result = host.apply(&sandbox).ends(0).json();
            assert_eq!(
                step(&result, "say")["effect"]["adopted"],
                true,
                "{result:#}"
            );
            assert_eq!(host.changes(), 1);
        }
    }
}

#[test]
fn a_request_that_never_arrived_fails_and_is_made_when_the_run_goes_on() {
    for steps in [COMMENT, LABEL] {
        let (host, sandbox) = told(steps);
        host.harms(Harm::Lost);
        let result = host.apply(&sandbox).ends(1).json();
        assert_eq!(
            step(&result, "say")["failure"]["code"],
            "http-broken",
            "{result:#}"
        );
        assert_eq!(host.changes(), 0);
        let _ = host.resume(&sandbox).ends(0);
        assert_eq!(host.changes(), 1);
    }
}

#[test]
fn a_run_that_is_killed_before_or_behind_it_has_it_once() {
    for steps in [COMMENT, LABEL] {
        for (harm, there) in [(Harm::KillsBefore, 0), (Harm::KillsBehind, 1)] {
            let (host, sandbox) = told(steps);
            host.harms(harm);
            let killed = host.apply(&sandbox);
            assert_ne!(killed.code, 0);
            assert_eq!(host.changes(), there);
            let result = host.resume(&sandbox).ends(0).json();
            let adopted = step(&result, "say")["effect"]["adopted"] == true;
            assert_eq!((host.changes(), adopted), (1, there == 1), "{result:#}");
            // Nothing is left to do.
            let _ = host.resume(&sandbox);
            assert_eq!(host.changes(), 1);
        }
    }
}

#[test]
fn a_later_round_edits_what_an_earlier_one_has_written() {
    let (host, sandbox) = told(
        "  for n in [1, 2, 3] {\n    step say = github.comment(\"acme/app#7\", text: \"Round {{ n }}\", api: \"API\", token: \"GH\")\n  }\n",
    );
    let _ = host.apply(&sandbox).ends(0);
    let comments = host.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0].starts_with("Round "), "{comments:?}");
    // Another run has a comment of its own.
    let _ = host.apply(&sandbox).ends(0);
    assert_eq!(host.comments().len(), 2);
}

#[test]
fn without_the_authority_nothing_is_written() {
    let host = Host::new();
    let sandbox = host.sandbox("", COMMENT);
    let result = host.apply(&sandbox).ends(3).json();
    assert_eq!(
        result["blocked"]["missing"][0]["grant"], "github comment",
        "{result:#}"
    );
    assert_eq!(host.changes(), 0);
}
