//! What is printed, and that it reads back.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::arbitrary;
use super::{tau, yaml};
use crate::source::SourceId;
use crate::syntax::blanks::settle;
use crate::syntax::tree::File;
use crate::syntax::{tau as tau_spelling, yaml as yaml_spelling};

const FIX: &str = include_str!("../syntax/yaml/tests/fix.yaml");

fn read_yaml(text: &str) -> File {
    let (file, found) = yaml_spelling::parse(text, SourceId(0));
    assert_eq!(found, [], "{text}");
    file
}

fn read_tau(text: &str) -> File {
    let (mut file, found) = tau_spelling::parse(text, SourceId(0));
    assert_eq!(found, [], "{text}");
    settle(&mut file);
    file
}

proptest! {
    #[test]
    fn what_is_printed_as_yaml_reads_back(file in arbitrary::file()) {
        let text = yaml(&file);
        let back = read_yaml(&text);
        prop_assert_eq!(&back, &file, "{}", text);
        prop_assert_eq!(yaml(&back), text);
    }

    #[test]
    fn what_is_printed_as_tau_reads_back(file in arbitrary::tau_file()) {
        let text = tau(&file);
        let back = read_tau(&text);
        prop_assert_eq!(&back, &file, "{}", text);
        prop_assert_eq!(tau(&back), text);
    }

    #[test]
    fn there_and_back_is_the_same_file(file in arbitrary::file()) {
        let text = tau(&file);
        let there = yaml(&read_tau(&text));
        prop_assert_eq!(tau(&read_yaml(&there)), text, "{}", there);
    }
}

#[test]
fn the_example() {
    let file = read_yaml(FIX);
    assert_snapshot!(yaml(&file), @r#"
    tau: 1
    use: [std]
    mission: fix
    about: Fix one issue and prove it.
    inputs:
      ticket: { type: issue, about: '"owner/repo#42", a URL, or a file' }
      check:  { type: command, default: cargo test }
    authority:
      read: ["**"]
      write: [src/**]
      deny: { write: [src/generated/**] }
      run: ["{{ check }}"]
      model: { allow: [openrouter/*], tokens: 200k, cost: $2 }
      git: { commit: [tau/*] }
      github: [draft_pr]
      secret: [GITHUB_TOKEN, OPENROUTER_API_KEY]
      time: 30m
    verifiers:
      tests: { run: "{{ check }}", protect: [tests/**] }
    steps:
      - intake: issue.read
        with: { ref: "{{ ticket }}" }
      - red: verify.red
        with: { verifier: tests }
      - repeat: 3
        until: green.passed
        steps:
          - edit: model.edit
            with: { goal: "{{ intake.text }}", failure: "{{ previous.green.log or red.log }}" }
          - green: verify.check
            with: { verifier: tests }
      - proof: verify.prove
        with: { verifier: tests, red: "{{ red }}", green: "{{ green }}" }
      - commit: git.commit
        with: { proof: "{{ proof }}", message: "fix: {{ intake.title }}" }
      - pr: github.draft_pr
        with: { commit: "{{ commit }}", proof: "{{ proof }}" }
    outputs:
      url: "{{ pr.url }}"
    "#);
    assert_snapshot!(tau(&file), @r#"
    use std

    ## Fix one issue and prove it.
    mission fix {
      input ticket : issue     ## "owner/repo#42", a URL, or a file
      input check  : command = "cargo test"

      authority {
        read   "**"
        write  "src/**"
        deny   write "src/generated/**"
        run    check
        model  "openrouter/*" up to 200k tokens, $2
        git    commit on "tau/*"
        github draft_pr
        secret GITHUB_TOKEN, OPENROUTER_API_KEY
        time   30m
      }

      verifier tests {
        run     check
        protect "tests/**"
      }

      step intake = issue.read(ref: ticket)
      step red    = verify.red(verifier: "tests")
      repeat up to 3 {
        step edit  = model.edit(goal: intake.text, failure: previous.green.log or red.log)
        step green = verify.check(verifier: "tests")
      } until green.passed
      step proof  = verify.prove(verifier: "tests", red: red, green: green)
      step commit = git.commit(proof: proof, message: "fix: {{ intake.title }}")
      step pr     = github.draft_pr(commit: commit, proof: proof)

      output url = pr.url
    }
    "#);
}
