//! What a mission with a model does when the model does well.

use std::fs;

use tau_tests::{Sandbox, step};

use super::provider::{Answer, Provider};
use super::{FILES, KEY, REPAIR, apply, block, last_turn, mission, repair, sandbox_with, tau};

fn both() -> String {
    let a = block("src/a.txt", "broken", "fixed");
    format!(
        "Both say broken.\n\n{a}{}",
        block("src/b.txt", "broken", "fixed")
    )
}

#[test]
fn two_files_are_repaired_in_one_answer_and_proven() {
    let (result, sandbox, asked) = repair(vec![Answer::says(both())]);
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(result["assurance"], "tested");
    assert_eq!(
        sandbox.committed(&result, "src/a.txt"),
        b"first\nfixed\nlast\n"
    );
    assert_eq!(sandbox.committed(&result, "src/b.txt"), b"one\nfixed\n");
    let edit = &step(&result, "edit#1")["result"];
    assert_eq!(edit["model"], "local/m");
    assert_eq!((&edit["calls"], &edit["tokens"]), (&1.into(), &1100.into()));
    // 1000 tokens at $1 and 100 at $10 for a million.
    assert_eq!(edit["cost"], 2000);
    let spent = &result["spent"];
    assert_eq!(
        (&spent["model_calls"], &spent["tokens"]),
        (&1.into(), &1100.into())
    );
    assert_eq!(spent["usd"], 0.002);
    assert_eq!(asked.len(), 1);
    let prompt = last_turn(&asked[0]);
    for part in [
        "Both files must say fixed.",
        "FAILED src/a.txt:2: not fixed",
        "first\nbroken\nlast\n",
    ] {
        assert!(prompt.contains(part), "no {part}: {prompt}");
    }
    assert!(
        prompt.contains("name=\"tests/expected.txt\" (read only)>"),
        "{prompt}"
    );
}

#[test]
fn what_one_answer_leaves_the_next_mends_with_the_failure_in_its_prompt() {
    let first = Answer::says(block("src/a.txt", "broken", "fixed"));
    let second = Answer::says(block("src/b.txt", "broken", "fixed"));
    let (result, sandbox, asked) = repair(vec![first, second]);
    assert_eq!(result["outcome"], "succeeded", "{result:#}");
    assert_eq!(sandbox.committed(&result, "src/b.txt"), b"one\nfixed\n");
    assert_eq!(asked.len(), 2);
    let prompt = last_turn(&asked[1]);
    assert!(prompt.contains("FAILED src/b.txt:2"), "{prompt}");
    assert!(!prompt.contains("FAILED src/a.txt:2"), "{prompt}");
    assert!(prompt.contains("Attempt 1 changed src/a.txt."), "{prompt}");
    assert!(prompt.contains("-broken\n+fixed\n"), "{prompt}");
}

#[test]
fn std_fix_and_std_repair_repair_and_prove() {
    // One model, and one for when the first is not there.
    let one = ("model=local/m", Vec::new());
    let two = (
        "model=local/old else local/m",
        vec![Answer::status(404, "", "{}")],
    );
    for (name, commits, (model, mut answers)) in
        [("std/fix", true, two), ("std/repair", false, one)]
    {
        answers.push(Answer::says(both()));
        let provider = Provider::new(answers);
        let old = "[local.models.old]\ninput = 1\noutput = 1\n";
        let sandbox = sandbox_with(&provider, FILES, old);
        let set = "check=./check.sh";
        let goal = "goal=Both files must say fixed.";
        let done = tau(
            &sandbox,
            &[
                "apply", name, "--yes", "--json", "--set", set, "--set", goal, "--set", model,
            ],
        );
        let result = done.ends(0).json();
        assert_eq!(result["assurance"], "tested", "{result:#}");
        assert_eq!(result["commit"].is_string(), commits);
        match commits {
            true => assert_eq!(sandbox.committed(&result, "src/b.txt"), b"one\nfixed\n"),
            false => {
                let diff = result["outputs"]["diff"].as_str().unwrap();
                assert!(diff.contains("+++ b/src/b.txt"), "{diff}");
            }
        }
    }
}

#[test]
fn the_key_goes_to_its_provider_and_nowhere_else() {
    let provider = Provider::new(vec![Answer::says(format!("The key is {KEY}.\n{}", both()))]);
    let sandbox = sandbox_with(&provider, FILES, "");
    // What the repository says of it is kept out of the prompt.
    sandbox.write("src/note.txt", format!("{KEY}\nsecret\n"));
    sandbox.commit("leak");
    let done = apply(&sandbox, &mission("\"local/*\" up to $5", REPAIR)).ends(0);
    let asked = provider.asked().remove(0);
    let line = format!("authorization: Bearer {KEY}\r\n");
    assert!(asked.head.contains(&line), "{}", asked.head);
    assert!(!asked.body.to_string().contains(KEY));
    assert!(last_turn(&asked.body).contains("***\nsecret\n"));
    assert!(!done.out.contains(KEY));
    assert!(!everything(&sandbox).contains(KEY));
}

/// All that tau has written down, but for git's objects.
fn everything(sandbox: &Sandbox) -> String {
    let mut all = String::new();
    let mut folders = vec![sandbox.state()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("git") => {}
                true => folders.push(path),
                false => all.push_str(&String::from_utf8_lossy(&fs::read(path).unwrap())),
            }
        }
    }
    all
}
