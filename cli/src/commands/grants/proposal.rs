//! A mission's file with the least that its runs need.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use tau_lang::authority::grant_line;
use tau_lang::expr::Context as Values;
use tau_lang::format;
use tau_lang::plan::Plan;
use tau_lang::plan::least::{Fate, Least, Run, least, rewrite};
use tau_lang::plan::needs::{Status, needed};
use tau_lang::policy::Policies;
use tau_lang::syntax::tree::{Effect, File, Item, Spelling};

use super::evidence::Evidence;
use crate::language::{Language, tree};
use crate::libraries::Disk;
use crate::mission::Loaded;

/// What is proposed.
pub(super) struct Proposal {
    /// The file's text.
    pub(super) text: String,
    /// What becomes of each line.
    pub(super) lines: Vec<Line>,
    /// What was used and is not granted any more, each as the line that would.
    pub(super) uncovered: Vec<String>,
}

/// A line of the authority block.
#[derive(Serialize)]
pub(super) struct Line {
    /// As the tau spelling writes it.
    line: String,
    /// Its place: `fix.tau:9:5`.
    at: String,
    /// `kept`, `narrowed` or `dropped`.
    becomes: &'static str,
    /// The narrower line.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<String>,
}

impl Proposal {
    /// Whether anything becomes less.
    pub(super) fn is_less(&self) -> bool {
        self.lines.iter().any(|line| line.becomes != "kept")
    }
}

/// What the runs need. A file that would block one of them before it begins is never proposed.
pub(super) fn propose(evidence: &Evidence, narrow: bool) -> Proposal {
    let Evidence { loaded, runs, .. } = evidence;
    let plan = &loaded.plan;
    let file = tree(&loaded.file, &loaded.texts.text);
    let mut least = least(plan, &loaded.engine, runs, narrow);
    let lacked = lacks(plan, &loaded.engine, runs);
    loop {
        let proposed = rewrite(&file, &plan.mission, &least);
        let text = match least.is_less() {
            true => print(&loaded.file, &proposed),
            false => loaded.texts.text.clone(),
        };
        let more = lacking(loaded, &text, runs);
        let more: Vec<Asked> = more.difference(&lacked).cloned().collect();
        if more.is_empty() || !least.is_less() {
            return Proposal {
                text,
                lines: lines(loaded, &least, &file, &proposed),
                uncovered: uncovered(&least),
            };
        }
        for (effect, verb) in more {
            least.keep(plan, effect, verb.as_deref());
        }
    }
}

/// An effect with its verb.
type Asked = (Effect, Option<String>);

/// What keeps runs of this text from beginning.
fn lacking(loaded: &Loaded, text: &str, runs: &[Run]) -> BTreeSet<Asked> {
    let mut language = Language::new();
    let disk = Disk::of(Path::new(&loaded.file));
    let checked = language.check_with(&loaded.file, text, &disk).checked;
    let mut plans = checked.plans.iter();
    match plans.find(|plan| plan.mission == loaded.plan.mission) {
        Some(plan) => lacks(plan, &language.library.engine, runs),
        None => BTreeSet::new(),
    }
}

fn lacks(plan: &Plan, engine: &tau_lang::expr::Engine, runs: &[Run]) -> BTreeSet<Asked> {
    let needs = |known: &Values| needed(plan, &Policies::default(), engine, known);
    let all = runs.iter().flat_map(|run| needs(&run.known));
    all.filter(|need| matches!(need.status, Status::Missing { .. }))
        .map(|need| (need.effect, need.verb))
        .collect()
}

fn print(name: &str, file: &File) -> String {
    match Spelling::of(name) {
        Spelling::Tau => format::tau(file),
        Spelling::Yaml => format::yaml(file),
    }
}

fn lines(loaded: &Loaded, least: &Least, old: &File, new: &File) -> Vec<Line> {
    let mission = loaded.plan.mission.as_str();
    let mut left = grants(new, mission).into_iter();
    let all = loaded.plan.grants.iter().zip(grants(old, mission));
    all.zip(&least.fates)
        .map(|((grant, line), fates)| {
            let is_gone = !fates.is_empty() && fates.iter().all(|it| *it == Fate::Dropped);
            let is_kept = fates.iter().all(|it| *it == Fate::Kept);
            let proposed = if is_gone { None } else { left.next() };
            Line {
                line,
                at: loaded.sources.location(grant.at),
                becomes: match (is_kept, is_gone) {
                    (true, _) => "kept",
                    (_, true) => "dropped",
                    _ => "narrowed",
                },
                proposed: proposed.filter(|_| !is_kept),
            }
        })
        .collect()
}

/// The lines of a mission's authority.
fn grants(file: &File, mission: &str) -> Vec<String> {
    let missions = file.items.iter().filter_map(|item| match item {
        Item::Mission(node) if node.name.text == mission => node.authority.as_ref(),
        _ => None,
    });
    let grants = missions.flat_map(|authority| &authority.grants);
    grants.map(format::grant).collect()
}

fn uncovered(least: &Least) -> Vec<String> {
    let all = least.uncovered.iter();
    all.map(|it| grant_line(it.effect, it.verb.as_deref(), &it.scope))
        .collect()
}
