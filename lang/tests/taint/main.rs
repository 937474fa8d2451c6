#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]
//! Laws of taint, on missions that chance writes: the checker finds what two small models of it
//! find, and nothing else.

#[path = "../support/chance.rs"]
mod chance;
#[path = "../support/library.rs"]
mod library;
mod marks;
mod mission;
mod world;
mod write;

use std::collections::BTreeSet;

use proptest::prelude::*;
use tau_lang::check::check;
use tau_lang::diagnostic::{Family, Kind, Severity};
use tau_lang::library::Library;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;

use self::library::library;
use self::marks::Found;
use self::world::Done;

thread_local! {
    /// Loaded once: it is the same for all missions.
    static LIBRARY: (SourceMap, Library) = {
        let mut map = SourceMap::default();
        let library = library(&mut map);
        (map, library)
    };
}

/// What the checker finds, in the words of the models.
fn found(text: &str) -> BTreeSet<Found> {
    let mut map = LIBRARY.with(|(map, _)| map.clone());
    let id = map.add("test.tau", text);
    let (tree, wrong) = tau::parse(text, id);
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    let checked = LIBRARY.with(|(_, library)| check(&tree, library));
    let mut found = BTreeSet::new();
    for one in checked.diagnostics {
        if one.severity() != Severity::Error {
            continue;
        }
        assert_eq!(one.kind.family(), Family::Taint, "{}\n{text}", one.kind);
        let line = map.file(id).unwrap().position(one.span.start).line;
        let line = text.lines().nth(line - 1).unwrap();
        let (_, line) = line.rsplit_once("# ").unwrap();
        let step = match &one.kind {
            Kind::TaintCommand { step }
            | Kind::TaintCondition { step }
            | Kind::TaintHost { step }
            | Kind::TaintPath { step } => step.clone(),
            other => panic!("{other}\n{text}"),
        };
        found.insert((line.parse().unwrap(), one.code(), step));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_found_is_what_is_marked(seed: u64, size in 1usize..9) {
        let (missions, events) = write::write(seed, size);
        let text = mission::print(&missions, &events);
        let marked = (0..missions.len()).map(|it| marks::mission(&missions, it));
        let marked = marked.chain(events.iter().map(|it| marks::event(&missions, it)));
        let marked: BTreeSet<Found> = marked.flatten().collect();
        let found = found(&text);
        let missed: Vec<_> = marked.difference(&found).collect();
        let accused: Vec<_> = found.difference(&marked).collect();
        prop_assert!(
            missed.is_empty() && accused.is_empty(),
            "missed: {missed:?}\naccused: {accused:?}\n{text}"
        );
    }
}

/// Whether one of the findings stands for what a step did: at its line, or at a call that leads
/// to it.
fn is_told(done: &Done, found: &BTreeSet<Found>) -> bool {
    (0..done.steps.len()).any(|from| {
        let names = done.steps[from..].iter().map(|(_, name)| name.as_str());
        let path = names.collect::<Vec<_>>().join("/");
        found.contains(&(done.steps[from].0, done.code, path))
    })
}

/// Whether one of the findings says that whether a step ran was decided outside.
fn is_told_to_run(done: &Done, found: &BTreeSet<Found>) -> bool {
    let lines = done
        .under
        .iter()
        .chain(done.steps.iter().map(|(line, _)| line));
    let lines: BTreeSet<&usize> = lines.collect();
    found
        .iter()
        .any(|(line, code, _)| *code == "taint-condition" && lines.contains(line))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// This needs no model of the checker: it compares what missions do.
    #[test]
    fn what_is_not_found_does_not_depend_on_what_comes_from_outside(
        seed: u64, size in 1usize..9,
    ) {
        let (missions, events) = write::write(seed, size);
        let text = mission::print(&missions, &events);
        let found = found(&text);
        let run = |outside: u64| {
            let all = (0..missions.len()).map(|it| world::mission(&missions, it, outside));
            let all = all.chain(events.iter().map(|it| world::event(&missions, it, outside)));
            all.collect::<Vec<_>>()
        };
        let first = run(0);
        for outside in 1..12 {
            for (one, other) in first.iter().zip(run(outside)) {
                for (step, done) in one {
                    match other.get(step) {
                        Some(it) if it.what == done.what => {}
                        Some(_) => prop_assert!(
                            is_told(done, &found), "{step}: {done:?}\n{found:?}\n{text}"
                        ),
                        // Writing into the mission's own tree is not privileged.
                        None if done.code == "taint-path" => {}
                        None => prop_assert!(
                            is_told_to_run(done, &found), "{step}: {done:?}\n{found:?}\n{text}"
                        ),
                    }
                }
            }
        }
    }
}
