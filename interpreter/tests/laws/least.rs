//! What is proposed after a run covers all that it used, is covered by all that was granted, and is
//! enough to come to the same end: `used ⊆ inferred ⊆ granted`.

use proptest::prelude::*;
use tau_interpreter::journal::Entry;
use tau_interpreter::used::{Use, Uses};
use tau_lang::authority::Rules;
use tau_lang::expr::Context;
use tau_lang::format;
use tau_lang::glob::Glob;
use tau_lang::plan::least::{Run, Used, least, rewrite};
use tau_lang::source::SourceId;
use tau_lang::syntax::tau;
use tau_lang::syntax::tree::Effect;

use crate::bench::Bench;
use crate::hands::Shared;
use crate::mission::{self, AUTHORITY, PATHS};
use crate::order::ends_as_written;

/// What all grant that a mission here may need, each in other words.
const GRANTED: &[&str] = &[
    "    read  \"**\"\n    write \"**\"\n    net   \"t.example\"\n",
    "    read  \"a/*\", \"b/**\", \"top\"\n    write \"**\"\n    net   \"*\"\n",
    "    read  \"{a,b}/**\"\n    read  \"*\"\n    write \"b/**\", \"*/x\"\n    write \"**\"\n    \
     net   \"t.*\"\n    run   \"make *\"\n    deny  write \"none/**\"\n",
];

/// Everything that the steps of a run used, whatever became of them.
fn used(bench: &Bench, run: &str) -> Uses {
    let mut all = Uses::default();
    for record in bench.records(run) {
        match &record.entry {
            Entry::StepFinished(finished) => all.extend(&finished.used),
            Entry::AttemptFailed { used, .. } => all.extend(used),
            _ => {}
        }
    }
    all
}

fn owned(used: Use<'_>) -> Used {
    Used {
        effect: used.effect,
        verb: used.verb.map(str::to_owned),
        scope: used.scope.to_owned(),
        is_listing: used.is_listing,
    }
}

/// Each thing that was used by itself: of a listing the files that it saw.
fn each(used: &Uses, granted: &Rules) -> Vec<Used> {
    let mut all = Vec::new();
    for one in used.iter().map(owned) {
        if !one.is_listing {
            all.push(one);
            continue;
        }
        let glob = Glob::new(&one.scope).unwrap();
        let seen = PATHS.iter().filter(|path| glob.matches(path));
        let seen = seen.filter(|path| granted.covers(Effect::Read, None, path));
        all.extend(seen.map(|path| Used {
            scope: (*path).to_owned(),
            is_listing: false,
            ..one.clone()
        }));
    }
    all
}

fn covers(rules: &Rules, used: &Used) -> bool {
    rules.covers(used.effect, used.verb.as_deref(), &used.scope)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_proposed_lies_between_what_was_used_and_what_is_granted(
        seed: u64, size in 1usize..14, granted in 0..GRANTED.len(), narrow: bool,
    ) {
        let bench = Bench::new();
        let mut written = mission::write(seed, size);
        let block = format!("  authority {{\n{}  }}\n", GRANTED[granted]);
        written.text = written.text.replace(AUTHORITY, &block);
        let report = bench.apply(&written.text, &Shared::new(seed));
        ends_as_written(&report, &written)?;
        let uses = used(&bench, &report.run);

        let (plan, old) = bench.granted(&written.text);
        let engine = bench.engine();
        let run = Run {
            known: Context::new(),
            used: uses.iter().map(owned).collect(),
            sees_hosts: true,
        };
        let least = least(&plan, &engine, &[run], narrow);
        prop_assert!(least.uncovered.is_empty(), "{least:?}\n{}", written.text);
        let (file, _) = tau::parse(&written.text, SourceId(0));
        let text = format::tau(&rewrite(&file, "m", &least));

        let (proposed, new) = bench.granted(&text);
        for one in each(&uses, &old) {
            prop_assert!(covers(&new, &one), "{one:?} is not proposed\n{text}");
        }
        for grant in proposed.grants.iter().filter(|grant| !grant.deny) {
            for scope in &grant.scopes {
                let tau_lang::syntax::tree::ValueKind::Text(scope) = &scope.kind else { continue };
                let scope = scope.as_literal().unwrap();
                let verb = grant.verb.as_deref();
                prop_assert!(old.covers(grant.effect, verb, scope), "{scope} is more\n{text}");
            }
        }
        written.text = text;
        let report = bench.apply(&written.text, &Shared::new(seed));
        ends_as_written(&report, &written)?;
    }
}

/// The law can fail: with less than is proposed the run does not come to its end.
#[test]
fn a_file_less_blocks() {
    let bench = Bench::new();
    // The file holds its own name, which only the run knows.
    let text = format!(
        "mission m {{\n{AUTHORITY}  step a = t.get(\"a/y\")\n  step b = t.put(a, text: \"x\")\n}}\n"
    );
    let report = bench.apply(&text, &Shared::new(0));
    let uses = used(&bench, &report.run);
    let (plan, _) = bench.granted(&text);
    let run = |used: Vec<Used>| Run {
        known: Context::new(),
        used,
        sees_hosts: true,
    };
    let all: Vec<Used> = uses.iter().map(owned).collect();
    let told = all.iter().map(|it| format!("{} {}", it.effect, it.scope));
    assert_eq!(told.collect::<Vec<_>>(), ["read a/y", "write a/y"]);
    let proposed = least(&plan, &bench.engine(), &[run(all)], true);
    let (file, _) = tau::parse(&text, SourceId(0));
    let text = format::tau(&rewrite(&file, "m", &proposed));
    assert!(
        text.contains("    read  \"a/y\"\n    write \"a/y\"\n  }\n"),
        "{text}"
    );
    assert_eq!(bench.apply(&text, &Shared::new(0)).outcome, "succeeded");
    let fewer = text.replace("write \"a/y\"", "write \"a/x\"");
    assert_eq!(bench.apply(&fewer, &Shared::new(0)).outcome, "blocked");
}
