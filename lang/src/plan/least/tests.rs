use serde_json::json;

use super::*;
use crate::format;
use crate::plan::testing::planned;
use crate::source::SourceId;
use crate::syntax::tau;

fn used(text: &str) -> Used {
    let (what, scope) = text.split_once(": ").unwrap();
    let (word, verb) = match what.split_once(' ') {
        Some((word, verb)) => (word, Some(verb.to_owned())),
        None => (what, None),
    };
    Used {
        effect: Effect::parse(word).unwrap_or(Effect::Read),
        verb,
        scope: scope.to_owned(),
        is_listing: word == "list",
    }
}

/// Said of a run whose commands may have reached hosts that nobody saw.
const UNSEEN: &str = "unseen";

/// The block of a mission with these lines and steps after runs that used these things.
fn after(lines: &str, steps: &str, runs: &[&[&str]], narrow: bool) -> String {
    let text = format!("mission m {{\n  authority {{\n{lines}  }}\n\n{steps}}}\n");
    let (plan, library, _) = planned(&text);
    let run = |uses: &&[&str]| Run {
        known: Context::new(),
        used: uses
            .iter()
            .filter(|it| **it != UNSEEN)
            .map(|it| used(it))
            .collect(),
        sees_hosts: !uses.contains(&UNSEEN),
    };
    let runs: Vec<Run> = runs.iter().map(run).collect();
    let least = least(&plan, &library.engine, &runs, narrow);
    assert_eq!(least.uncovered, BTreeSet::new());
    let (file, _) = tau::parse(&text, SourceId(0));
    let text = format::tau(&rewrite(&file, "m", &least));
    let block = text.split("  authority {\n").nth(1).unwrap();
    let lines = block.split("  }\n").next().unwrap().lines();
    lines.map(|line| format!("{}\n", line.trim())).collect()
}

const STEP: &str = "  step a = fs.read(\"a.md\")\n";

#[test]
fn what_is_needed_is_all_that_is_left() {
    let lines = "    read \"**\"\n    write \"src/**\", \"docs/**\"\n    run \"make *\"\n    \
                 git commit on \"tau/*\"\n    deny write \"src/gen/**\"\n    time 5m\n";
    let run: &[&str] = &[
        "read: a.md",
        "write: src/b.rs",
        "read: src/b.rs",
        "run: make all",
    ];
    assert_eq!(
        after(lines, STEP, &[run], true),
        "read  \"a.md\", \"src/b.rs\"\nwrite \"src/b.rs\"\nrun   \"make all\"\n\
         deny  write \"src/gen/**\"\ntime  5m\n"
    );
    // Only what nothing needs at all is dropped.
    assert_eq!(
        after(lines, STEP, &[run], false),
        "read  \"**\"\nwrite \"src/**\"\nrun   \"make *\"\n\
         deny  write \"src/gen/**\"\ntime  5m\n"
    );
}

#[test]
fn several_runs_need_what_any_of_them_does() {
    let lines = "    read \"**\"\n    write \"**\"\n";
    let runs: [&[&str]; 2] = [&["write: a"], &["write: b"]];
    assert_eq!(
        after(lines, STEP, &runs, true),
        "read  \"a.md\"\nwrite \"a\", \"b\"\n"
    );
}

/// Without it the run would be blocked before it began.
#[test]
fn what_the_text_asks_for_is_needed_though_no_run_came_to_it() {
    let lines = "    read \"**\"\n    write \"**\"\n";
    let steps = "  step a = fs.read(\"a.md\")\n  if a.text == \"x\" {\n    \
                 step b = fs.write(\"b.md\", text: \"b\")\n  }\n  \
                 if a.text == \"y\" {\n    step c = fs.write(a.text, text: \"c\")\n  }\n";
    assert_eq!(
        after(lines, steps, &[&["read: a.md"]], true),
        "read  \"a.md\", \"b.md\"\nwrite \"b.md\"\n"
    );
    // Where not even the text says what, it stays.
    let steps = "  step a = fs.read(\"a.md\")\n  if a.text == \"y\" {\n    \
                 step c = fs.write(a.text, text: \"c\")\n  }\n";
    assert_eq!(
        after(lines, steps, &[&["read: a.md"]], true),
        "read  \"a.md\"\nwrite \"**\"\n"
    );
}

/// Another run has other inputs, and the file is one.
#[test]
fn what_a_run_leaves_out_for_its_inputs_is_kept() {
    let text = "mission m {\n  input far : bool\n\n  authority {\n    read  \"a\"\n    write \"b\"\n  }\n\n  step a = fs.read(\"a\")\n  if far {\n    step b = fs.write(\"b\", text: \"b\")\n  }\n}\n";
    let (plan, library, _) = planned(text);
    let known = json!({ "far": false });
    let run = Run {
        known: known.as_object().unwrap().clone(),
        used: [used("read: a")].into(),
        sees_hosts: true,
    };
    let least = least(&plan, &library.engine, &[run], true);
    assert_eq!(least.fates, [[Fate::Kept], [Fate::Kept]]);
}

#[test]
fn many_files_of_a_folder_are_the_folder_if_it_is_granted() {
    let files: Vec<String> = (0..7).map(|it| format!("write: src/{it}.rs")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let few = &files[..3];
    let of = |lines: &str, files: &[&str]| {
        let all = after(&format!("    read \"**\"\n{lines}"), STEP, &[files], true);
        all.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(of("    write \"**\"\n", &files), "write \"src/*\"");
    assert_eq!(
        of("    write \"**\"\n", few),
        "write \"src/0.rs\", \"src/1.rs\", \"src/2.rs\""
    );
    // Never more than is granted.
    assert_eq!(
        of("    write \"src/*.rs\"\n", &files)
            .matches(".rs")
            .count(),
        7
    );
}

#[test]
fn a_listing_is_the_pattern_that_was_asked_for() {
    let of = |lines: &str| after(lines, STEP, &[&["list: docs/**"]], true);
    assert_eq!(of("    read \"**\"\n"), "read \"a.md\", \"docs/**\"\n");
    // What was granted of it, in part, is needed whole: what it would have found is not known.
    assert_eq!(
        of("    read \"docs/*.md\", \"a.md\", \"src/**\", \"docs/b/**\"\n"),
        "read \"docs/*.md\", \"a.md\", \"docs/b/**\"\n"
    );
}

#[test]
fn what_the_language_cannot_say_exactly_stays() {
    let of = |one: &str| {
        after(
            "    read \"**\"\n    run \"echo *\"\n",
            STEP,
            &[&[one]],
            true,
        )
    };
    assert_eq!(of("read: odd{name"), "read \"**\"\n");
    assert_eq!(of("read: a*b"), "read \"a*b\", \"a.md\"\n");
    assert_eq!(of("run: echo '*'"), "read \"a.md\"\nrun  \"echo *\"\n");
    assert_eq!(of("run: echo a"), "read \"a.md\"\nrun  \"echo a\"\n");
}

#[test]
fn what_an_input_grants_stays_or_goes() {
    let text = "mission m {\n  input check : command = \"make\"\n  input where : path = \"x\"\n  \
                authority {\n    read \"**\"\n    run check, \"ls *\"\n    write where\n  }\n  \
                step a = process.run(check)\n}\n";
    let (plan, library, _) = planned(text);
    let known = json!({ "check": "make all", "where": "b" });
    let run = Run {
        known: known.as_object().unwrap().clone(),
        used: vec![used("run: make all")],
        sees_hosts: true,
    };
    let least = least(&plan, &library.engine, &[run], true);
    assert_eq!(
        least.fates,
        [
            vec![Fate::Dropped],
            vec![Fate::Kept, Fate::Dropped],
            vec![Fate::Dropped]
        ]
    );
}

#[test]
fn variables_stay_where_something_is_started() {
    let lines = "    read \"a.md\"\n    run \"make *\"\n    env COLOUR\n    secret TOKEN\n";
    assert_eq!(
        after(lines, STEP, &[&["run: make"]], true),
        "read   \"a.md\"\nrun    \"make\"\nenv    COLOUR\nsecret TOKEN\n"
    );
    assert_eq!(after(lines, STEP, &[&[]], true), "read \"a.md\"\n");
}

/// Without a box it is not seen what a command reaches.
#[test]
fn hosts_stay_where_commands_may_have_reached_them_unseen() {
    let lines = "    read \"a.md\"\n    run \"make *\"\n    net \"a.example\", \"b.example\"\n";
    let of = |used: &[&str]| {
        let all = after(lines, STEP, &[used], true);
        let mut lines = all.lines();
        lines.find(|it| it.starts_with("net")).map(str::to_owned)
    };
    assert_eq!(of(&[]), None);
    assert_eq!(
        of(&["net: a.example:443"]).as_deref(),
        Some("net  \"a.example:443\"")
    );
    assert_eq!(of(&["run: make"]), None);
    assert_eq!(
        of(&["run: make", "net: a.example:443"]).as_deref(),
        Some("net  \"a.example:443\"")
    );
    for used in [
        &["run: make", UNSEEN][..],
        &["run: make", "net: a.example:443", UNSEEN],
    ] {
        assert_eq!(
            of(used).as_deref(),
            Some("net  \"a.example\", \"b.example\"")
        );
    }
}

#[test]
fn what_is_not_granted_any_more_is_told() {
    let text =
        "mission m {\n  authority {\n    read \"a.md\"\n  }\n  step a = fs.read(\"a.md\")\n}\n";
    let (plan, library, _) = planned(text);
    let run = Run {
        known: Context::new(),
        used: vec![used("read: b.md"), used("read: a.md")],
        sees_hosts: true,
    };
    let least = least(&plan, &library.engine, &[run], true);
    assert!(!least.is_less());
    assert_eq!(least.uncovered, BTreeSet::from([used("read: b.md")]));
}
