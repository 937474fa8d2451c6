//! What is printed, and that it reads back.

mod comments;

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
    fn what_is_printed_as_tau_reads_back(file in arbitrary::file()) {
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
fn a_condition_has_the_brackets_that_tau_needs_in_both_spellings() {
    let text = "tau: 1
mission: m
inputs:
  a: bool
  retry: bool
steps:
  - if: \"a in {'b': 1}\"
    then:
      - c: time.sleep
        with:
          for: 1s
        when: retry
  - repeat: 3
    until: not {} or a
    steps:
      - d: time.sleep
        with:
          for: 1s
        when: a
";
    let file = read_yaml(text);
    let printed = tau(&file);
    for line in [
        "if (a in {'b': 1}) {",
        "when (retry)",
        "until (not {} or a)",
        "when a\n",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
    assert_eq!(yaml(&read_tau(&printed)), yaml(&file));
    assert_eq!(super::unfit_for_tau(&file), None);
}

#[test]
fn the_example_is_in_the_one_style() {
    let text = include_str!("tests/fix.tau");
    assert_eq!(tau(&read_tau(text)), text);
}

#[test]
fn the_example_in_yaml_is_in_the_one_style() {
    // Its quotes around `"tau/*"` and `"openrouter/*"` are not needed.
    let text = FIX
        .replace("\"tau/*\"", "tau/*")
        .replace("\"openrouter/*\"", "openrouter/*");
    assert_eq!(yaml(&read_yaml(FIX)), text);
}

#[test]
fn the_yaml_example_as_tau() {
    let file = read_yaml(FIX);
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

#[test]
fn a_face() {
    let text = r#"type Edited = { paths: [path], added: int }
type Long = { paths: [path], added: int, removed: int, and_another: string?, and_yet_one_more: [string] }
## Doc.
action edit(path: path, find : string ## must occur exactly once
  all: bool=false
  # two
  ## lines
  ## of it
  x: int) -> { paths: [path], added: int, removed: int, and_another_one: string?, and_yet_one_more: [string] } {
  needs read path # why
  needs git commit on branch
  writes "refs"
  takes x * 2
  spends tokens x # not many
  spends  money $2
  kind replace
  gate
}
"#;
    assert_snapshot!(tau(&read_tau(text)), @r#"
    type Edited = { paths: [path], added: int }

    type Long = {
      paths: [path],
      added: int,
      removed: int,
      and_another: string?,
      and_yet_one_more: [string],
    }

    # why
    # not many
    ## Doc.
    action edit(
      path : path
      find : string   ## must occur exactly once
      all  : bool = false
      # two
      ## lines
      ## of it
      x : int
    ) -> {
      paths: [path],
      added: int,
      removed: int,
      and_another_one: string?,
      and_yet_one_more: [string],
    } {
      needs read path
      needs git commit on branch
      writes "refs"
      takes x * 2
      spends tokens x
      spends money $2
      kind  replace
      gate
    }
    "#);
}

#[test]
fn items_beside_missions() {
    let text = r#"use "./lib/review.tau"
use "https://host/owner/repo@v1.2" as acme
use std.fs

type Title = untrusted string

action lint(path: path) -> { exit: int } {
  needs run "ruff check *"
  needs read "**" # all
  run "ruff check {{ path }}"
}
action note(name: string) -> untrusted { lines: int } {
  needs write "notes/**"
  if name == "a" { let x = 1 }
  step written = fs.write("notes/{{ name }}.txt", text: "one")
  output lines = written.added
  # end
}

mission fix {
  for path in paths | sort up to 20 at most 4 at once {
    step it = lint(path)
  }
  for key in {"a": 1}|list { step it = lint(key) }
  finally { step end = fs.read("a") }
  on failure { step say = fs.write("why.txt", text: failure.message) } # why
  output x = 1
}

## Shows it.
test "a patch that does not apply" {
  expect outcome == "failed" # so
  given verify.check returns { passed: false }
  run fix(check: "cargo test", patch: "…")
  # hello
  files { "src/a.rs": "hello" }
  given fs.patch fails with "it does not apply"
  expect steps.edit.attempts == 1
}
test "files" {
  run fix()
  files { b: """
  one
  two
  """, "a b": "x" } }

on label("tau") run fix(ticket: event.issue)
on schedule("0 7 * * 1-5", zone: "Europe/Berlin")
  run nightly()
# weekly
on schedule("0 7 * * 1", zone: "Europe/Berlin") run weekly(everything: true, with: "a text that is long", and: "more")
"#;
    assert_snapshot!(tau(&read_tau(text)), @r#"
    use "./lib/review.tau"
    use "https://host/owner/repo@v1.2" as acme
    use std.fs

    type Title = untrusted string

    # all
    action lint(
      path : path
    ) -> { exit: int } {
      needs run  "ruff check *"
      needs read "**"
      run "ruff check {{ path }}"
    }

    action note(
      name : string
    ) -> untrusted { lines: int } {
      needs write "notes/**"

      if name == "a" {
        let x = 1
      }
      step written = fs.write("notes/{{ name }}.txt", text: "one")

      output lines = written.added
      # end
    }

    mission fix {
      for path in paths | sort up to 20 at most 4 at once {
        step it = lint(path)
      }
      for key in "{{ {\"a\": 1}|list }}" {
        step it = lint(key)
      }

      on failure {
        step say = fs.write("why.txt", text: failure.message)
      }  # why

      finally {
        step end = fs.read("a")
      }

      output x = 1
    }

    # hello
    ## Shows it.
    test "a patch that does not apply" {
      run    fix(check: "cargo test", patch: "…")
      files  { "src/a.rs": "hello" }
      given  verify.check returns { passed: false }
      given  fs.patch fails with "it does not apply"
      expect outcome == "failed"  # so
      expect steps.edit.attempts == 1
    }

    test "files" {
      run   fix()
      files { "b": "one\ntwo", "a b": "x" }
    }

    on label("tau")                                   run fix(ticket: event.issue)
    on schedule("0 7 * * 1-5", zone: "Europe/Berlin") run nightly()
    # weekly
    on schedule("0 7 * * 1", zone: "Europe/Berlin")
        run weekly(everything: true, with: "a text that is long", and: "more")
    "#);
}

#[test]
fn long_lines_are_broken() {
    let text = r#"mission m {
  step one = model.edit(goal: intake.text, failure: previous.green.log or red.log, context: files.all)
  step two_and_more = fs.write(path: "a.txt", content: "one\ntwo\n") when one.passed retry 3 every 10s
  step three = fs.read("a") after one, two_and_more when one.passed and two_and_more.passed retry 3 every 10s up to 1m may fail
  let text = "first {{ a }}\n  second \"quoted\" and \\ back\n"
  if a { let b = 1 } else if c { } else { let d = {a: [1, "x"], "b-c": none} }
}
"#;
    let file = read_tau(text);
    assert_snapshot!(tau(&file), @r#"
    mission m {
      step one          = model.edit(
        goal: intake.text,
        failure: previous.green.log or red.log,
        context: files.all,
      )
      step two_and_more = fs.write(
        path: "a.txt",
        content: """
        one
        two

        """,
      ) when one.passed retry 3 every 10s
      step three        = fs.read("a")
          after one, two_and_more
          when one.passed and two_and_more.passed
          retry 3 every 10s up to 1m
          may fail
      let text = """
      first {{ a }}
        second "quoted" and \\ back

      """
      if a {
        let b = 1
      } else if c {
      } else {
        let d = { a: [1, "x"], "b-c": none }
      }
    }
    "#);
    assert_snapshot!(yaml(&file), @r#"
    tau: 1
    mission: m
    steps:
      - one: model.edit
        with:
          goal: "{{ intake.text }}"
          failure: "{{ previous.green.log or red.log }}"
          context: "{{ files.all }}"
      - two_and_more: fs.write
        with:
          path: a.txt
          content: |
            one
            two
        when: one.passed
        retry: { times: 3, every: 10s }
      - three: fs.read
        with: { 1: a }
        after: [one, two_and_more]
        when: one.passed and two_and_more.passed
        retry: { times: 3, every: 10s, up_to: 1m }
        may_fail: true
      - let:
          text: |
            first {{ a }}
              second "quoted" and \ back
      - if: a
        then:
          - let: { b: 1 }
        else:
          - if: c
            then: []
            else:
              - let: { d: { a: [1, x], b-c: none } }
    "#);
}

#[test]
fn what_no_key_can_say() {
    let why = |text: &str| super::unfit_for_yaml(&read_tau(text));
    assert_eq!(super::unfit_for_yaml(&read_yaml(FIX)), None);
    assert_eq!(why("mission a {\n}\nmission b {\n}\n"), None);
    assert_eq!(why("type A = int\n"), None);
    let twice = Some("two things of one name".to_owned());
    assert_eq!(why("mission a {\n}\nmission a {\n}\n"), twice);
    let nothing = Some("a file without a mission".to_owned());
    assert_eq!(why("use std\n"), nothing);
    let asked = Some("what `on label` is asked for here".to_owned());
    assert_eq!(why("on label(\"a\", \"b\") run c()\n"), asked);
    assert_eq!(why("on label(run: \"a\") run c()\n"), asked);
}
