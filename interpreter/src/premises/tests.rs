use serde_json::json;

use super::*;

fn premises(text: &str, run: &str, file: &str, tau: &str) -> Premises {
    let mut premises = Premises::default();
    premises.arg("text", &json!(text));
    premises.verifier(&json!({ "name": "tests", "run": run, "protect": ["t/**"], "runs": 1 }));
    premises.file("src/a.py", digest(&json!(file)));
    premises.file("src/**", digest(&json!(file)));
    premises.tau(tau);
    premises.kept()
}

#[test]
fn each_part_that_is_another_is_named() {
    let then = premises("a", "pytest", "1", "0.1.0");
    assert_eq!(then.differ(&then), [""; 0]);
    let now = premises("b", "pytest -q", "2", "0.1.1");
    assert_eq!(
        then.differ(&now),
        [
            "files that match `src/**` have changed",
            "`src/a.py` has changed",
            "verifier `tests` has another command",
            "its `text` is another",
            "tau 0.1.1 in place of 0.1.0",
        ]
    );
}

#[test]
fn a_record_keeps_little_of_it() {
    let premises = premises("x".repeat(10_000).as_str(), "pytest", "1", "0.1.0");
    let text = serde_json::to_string(&premises).unwrap();
    assert!(text.len() < 400, "{text}");
    assert_eq!(serde_json::from_str::<Premises>(&text).unwrap(), premises);
    assert_eq!(serde_json::to_string(&Premises::default()).unwrap(), "{}");
}
