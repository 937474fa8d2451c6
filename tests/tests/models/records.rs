//! What is recorded of calls, and what the records are good for.

use std::fs;

use serde_json::Value;
use tau_tests::{Sandbox, step};

use super::provider::{Answer, Provider};
use super::{FILES, REPAIR, apply, block, mission, sandbox_with, tau};

fn good() -> Answer {
    let a = block("src/a.txt", "broken", "fixed");
    Answer::says(a + &block("src/b.txt", "broken", "fixed"))
}

fn journal(sandbox: &Sandbox, result: &Value) -> std::path::PathBuf {
    let run = result["run"].as_str().unwrap();
    sandbox.state().join("runs").join(run).join("journal.jsonl")
}

fn records(sandbox: &Sandbox, result: &Value) -> Vec<Value> {
    let text = fs::read_to_string(journal(sandbox, result)).unwrap();
    let all = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|record| record.to_string().contains("model_answered"))
        .collect()
}

/// The part of a record that tells of the call, however deep it stands.
fn entry(record: &Value) -> &Value {
    match record.get("entry") {
        Some(entry) => entry,
        None => record,
    }
}

#[test]
fn a_run_that_was_killed_behind_an_answer_does_not_ask_again() {
    let provider = Provider::new(vec![good()]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let result = apply(
        &sandbox,
        &mission("\"local/*\" up to 50k tokens, $1", REPAIR),
    )
    .ends(0)
    .json();
    assert_eq!(provider.asked().len(), 1);
    // As if the process had died as soon as the answer was durable.
    let path = journal(&sandbox, &result);
    let text = fs::read_to_string(&path).unwrap();
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        kept.push_str(line);
        if line.contains("model_answered") {
            break;
        }
    }
    fs::write(&path, kept).unwrap();
    let run = result["run"].as_str().unwrap();
    sandbox.git(&["branch", "-D", result["branch"].as_str().unwrap()]);
    let again = tau(&sandbox, &["resume", run, "--json"]).ends(0).json();
    assert!(provider.asked().is_empty(), "it was asked again");
    assert_eq!(again["commit"], result["commit"]);
    assert_eq!(again["spent"]["usd"], result["spent"]["usd"]);
    assert_eq!(again["spent"]["tokens"], 1100);
}

#[test]
fn a_run_with_a_model_is_replayed_without_one() {
    let provider = Provider::new(vec![Answer::says("Just talk."), good()]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let mission = mission("\"local/*\" up to 50k tokens, $1", REPAIR);
    let result = apply(&sandbox, &mission).ends(0).json();
    assert_eq!(provider.asked().len(), 2);
    let run = format!("replay:{}", result["run"].as_str().unwrap());
    let arguments = ["apply", "fix.tau", "--yes", "--json", "--models", &run];
    // Not even the key is there.
    let again = sandbox.tau(&arguments).ends(0).json();
    assert!(provider.asked().is_empty());
    assert_eq!(
        sandbox.committed(&again, "src/a.txt"),
        sandbox.committed(&result, "src/a.txt")
    );
    assert_eq!(again["spent"]["usd"], 0.0);
    assert_eq!(again["spent"]["tokens"], 2200);
    let replayed = records(&sandbox, &again);
    assert_eq!(entry(&replayed[0])["replayed"], result["run"]);

    // Who asks more than was recorded is told so.
    let more = mission.replace("goal: \"Both", "calls: 3, goal: \"Both");
    sandbox.write("more.tau", more.replace("repeat up to 3", "repeat up to 2"));
    let first = format!(
        "{}  step more = model.ask(\"hi\")\n  output text = more.text\n}}\n",
        more.trim_end().trim_end_matches('}')
    );
    sandbox.write("more.tau", first);
    let arguments = ["apply", "more.tau", "--yes", "--json", "--models", &run];
    let failed = sandbox.tau(&arguments).ends(1).json();
    assert_eq!(
        step(&failed, "more")["failure"]["code"],
        "model-not-recorded"
    );
    sandbox
        .tau(&["apply", "fix.tau", "--yes", "--models", "x"])
        .ends(2);
}

#[test]
fn a_replayed_run_that_was_killed_asks_no_model() {
    // The first answer mends one file, the second the other.
    let mends = |name: &str| Answer::says(block(&format!("src/{name}.txt"), "broken", "fixed"));
    let provider = Provider::new(vec![mends("a"), mends("b"), Answer::says("never")]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let mission = mission("\"local/*\" up to 90k tokens, $1", REPAIR);
    let result = apply(&sandbox, &mission).ends(0).json();
    assert_eq!(provider.asked().len(), 2);
    let run = format!("replay:{}", result["run"].as_str().unwrap());
    let arguments = ["apply", "fix.tau", "--yes", "--json", "--models", &run];
    let replayed = sandbox.tau(&arguments).ends(0).json();
    let whole = fs::read_to_string(journal(&sandbox, &replayed)).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let answers = lines.iter().enumerate();
    let answers = answers.filter(|(_, line)| line.contains("model_answered"));
    let answers: Vec<usize> = answers.map(|(at, _)| at).collect();
    assert_eq!(answers.len(), 2);
    // Killed before the first answer, behind it, when it was used, and behind the second.
    for at in [answers[0], answers[0] + 1, answers[1], answers[1] + 1] {
        let replayed = sandbox.tau(&arguments).ends(0).json();
        fs::write(
            journal(&sandbox, &replayed),
            first_lines(&sandbox, &replayed, at),
        )
        .unwrap();
        sandbox.git(&["branch", "-D", replayed["branch"].as_str().unwrap()]);
        let again = tau(
            &sandbox,
            &["resume", replayed["run"].as_str().unwrap(), "--json"],
        );
        let again = again.ends(0).json();
        assert!(provider.asked().is_empty(), "a model was asked");
        assert_eq!(again["outcome"], "succeeded", "{at}: {again:#}");
        assert_eq!(again["spent"]["usd"], 0.0);
        // One that was reserved and not recorded counts, as nobody knows.
        let calls = again["spent"]["model_calls"].as_u64().unwrap();
        assert!((2..=3).contains(&calls), "{at}: {again:#}");
    }
}

/// The beginning of a run's journal.
fn first_lines(sandbox: &Sandbox, result: &Value, count: usize) -> String {
    let text = fs::read_to_string(journal(sandbox, result)).unwrap();
    text.split_inclusive('\n').take(count).collect()
}

#[test]
fn a_record_says_what_a_call_was_and_as_much_as_is_wanted() {
    for (record, has_digest, has_text) in [
        ("full", true, true),
        ("digest", true, false),
        ("none", false, false),
    ] {
        let provider = Provider::new(vec![good()]);
        let sandbox = sandbox_with(&provider, FILES, "");
        let statements = REPAIR.replace("goal:", &format!("record: \"{record}\", goal:"));
        let result = apply(&sandbox, &mission("\"local/m\" up to $5", &statements))
            .ends(0)
            .json();
        let all = records(&sandbox, &result);
        let call = entry(&all[0]);
        assert_eq!(call["model"], "local/m", "{call:#}");
        assert_eq!(call["status"], 200);
        assert_eq!(call["facts"]["stop"], "done");
        assert_eq!(call["facts"]["served"], "m-1");
        assert_eq!(call["facts"]["cached_tokens"], 250);
        assert_eq!(call["used"]["tokens"], 1100);
        assert_eq!(call["request"].is_string(), has_digest, "{record}");
        let text = fs::read_to_string(journal(&sandbox, &result)).unwrap();
        assert_eq!(
            text.contains("You change files of a repository"),
            has_text,
            "{record}"
        );
    }
}

#[test]
fn a_prompt_is_shown() {
    let provider = Provider::new(vec![good()]);
    let sandbox = sandbox_with(&provider, FILES, "");
    let result = apply(&sandbox, &mission("\"local/m\" up to $5", REPAIR))
        .ends(0)
        .json();
    let run = result["run"].as_str().unwrap();
    let shown = sandbox.tau(&["show", run, "edit", "--prompt"]).ends(0).out;
    assert!(
        shown.starts_with("── edit#1 · local/m\n[system]\nYou change files"),
        "{shown}"
    );
    assert!(shown.contains("FAILED src/a.txt:2: not fixed"), "{shown}");
    let json = sandbox
        .tau(&["show", run, "edit#1", "--prompt", "--json"])
        .ends(0)
        .json();
    assert_eq!(json["schema"], "tau.prompts/1");
    assert_eq!(json["calls"][0]["turns"][0]["role"], "system");
    sandbox.tau(&["show", run, "red", "--prompt"]).ends(2);
    sandbox.tau(&["show", run, "--prompt"]).ends(2);
}
