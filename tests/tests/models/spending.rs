//! What is paid: reserved before, settled after, never more than is granted.

use serde_json::Value;
use tau_tests::step;

use super::provider::{Answer, Provider};
use super::{FILES, apply, mission, sandbox_with};

const TWICE: &str = "\
  step one = model.ask(\"hi\")
  step two = model.ask(one.text)
  output text = two.text
";

fn run(grant: &str, more: &str) -> (Value, usize) {
    let provider = Provider::new(vec![Answer::says("a"), Answer::says("b")]);
    let sandbox = sandbox_with(&provider, FILES, more);
    let done = apply(&sandbox, &mission(grant, TWICE));
    (done.json(), provider.asked().len())
}

#[test]
fn a_budget_that_is_too_small_asks_nobody() {
    for (grant, code) in [
        ("\"local/m\" up to 4k tokens, $1", "tokens-exhausted"),
        ("\"local/m\" up to $0.04", "money-exhausted"),
    ] {
        let (result, asked) = run(grant, "");
        assert_eq!(result["outcome"], "blocked", "{result:#}");
        assert_eq!(result["blocked"]["kind"], "budget");
        assert_eq!(result["blocked"]["code"], code);
        assert_eq!(asked, 0, "{grant}");
        assert_eq!(result["spent"]["tokens"], 0);
    }
}

#[test]
fn what_is_left_over_is_there_for_the_next_call() {
    // Each reserves more than 4000 tokens, and takes 1100.
    let (result, asked) = run("\"local/m\" up to 5500 tokens, $1", "");
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!((asked, &result["spent"]["tokens"]), (2, &2200.into()));
    let (result, asked) = run("\"local/m\" up to 4500 tokens, $1", "");
    assert_eq!(result["blocked"]["code"], "tokens-exhausted", "{result:#}");
    assert_eq!(asked, 1);
    let (result, asked) = run("\"local/m\" up to 1 calls, $1", "");
    assert_eq!(result["blocked"]["code"], "calls-exhausted", "{result:#}");
    assert_eq!(asked, 1);
}

#[test]
fn money_is_not_spent_where_nobody_has_said_what_it_buys() {
    let (result, asked) = run("\"local/free\" up to $1", "");
    assert_eq!(result["blocked"]["code"], "price-unknown", "{result:#}");
    assert_eq!(asked, 0);
    let (result, _) = run(
        "\"local/free\" up to $1",
        "[local.models.free]\ninput = 0\noutput = 0\n",
    );
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
}

#[test]
fn the_end_of_the_budget_inside_of_a_repair_is_told() {
    let edit = super::block("src/a.txt", "broken", "fixed");
    let provider = Provider::new(vec![Answer::says(edit), Answer::says("?")]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let done = apply(
        &sandbox,
        &mission("\"local/m\" up to 9500 tokens, $1", super::REPAIR),
    );
    let result = done.ends(3).json();
    assert_eq!(result["blocked"]["code"], "tokens-exhausted", "{result:#}");
    let message = result["blocked"]["message"].as_str().unwrap();
    assert!(message.contains("1100 by `edit"), "{message}");
    assert_eq!(step(&result, "edit#2")["state"], "blocked");
    assert_eq!(provider.asked().len(), 1);
}
