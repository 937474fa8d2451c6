//! The mission that is disturbed, and what it leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tau_tests::{Done, Sandbox};

const MISSION: &str = include_str!("reference.tau");

/// How many commands a step starts, by its name, and what they are called in the count.
const STARTS: &[(&str, &str, usize)] = &[
    ("red", "check", 1),
    ("lost/ran", "hopeless", 1),
    ("bump#1", "bump", 1),
    ("green#1", "check", 1),
    ("bump#2", "bump", 1),
    ("green#2", "check", 1),
    ("help/ran", "helper", 1),
    ("flaky", "flaky", 1),
    ("last", "check", 1),
    // With the change, without it, and without each of its four files.
    ("proof", "check", 6),
];

/// A repository, the mission beside it, and the place where its commands count their starts.
pub(crate) struct Reference {
    pub(crate) sandbox: Sandbox,
}

impl Reference {
    pub(crate) fn new() -> Reference {
        Reference::with(MISSION)
    }

    /// The same with another mission of the same name.
    pub(crate) fn with(mission: &str) -> Reference {
        let sandbox = Sandbox::repository(&[
            ("src/answer.txt", "1\n"),
            ("src/old.txt", "old\n"),
            ("src/gone.txt", "gone\n"),
            ("tests/expected.txt", "3\n"),
            ("tool.sh", include_str!("tool.sh")),
        ]);
        let reference = Reference { sandbox };
        fs::create_dir(reference.gates()).unwrap();
        fs::write(reference.mission(), mission).unwrap();
        reference
    }

    /// The mission file; not in the repository.
    pub(crate) fn mission(&self) -> PathBuf {
        self.sandbox.outside().join("reference.tau")
    }

    /// Where a FIFO makes a command wait.
    pub(crate) fn gates(&self) -> PathBuf {
        self.sandbox.outside().join("gates")
    }

    fn counts(&self) -> PathBuf {
        self.sandbox.outside().join("counts")
    }

    /// How often each command was started.
    pub(crate) fn starts(&self) -> BTreeMap<String, usize> {
        let mut starts = BTreeMap::new();
        for name in fs::read_to_string(self.counts())
            .unwrap_or_default()
            .lines()
        {
            *starts.entry(name.to_owned()).or_default() += 1;
        }
        starts
    }

    /// `tau` with what the mission's commands need.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        command
            .env("COUNTS", self.counts())
            .env("GATES", self.gates());
        command
    }

    pub(crate) fn tau(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().unwrap().into()
    }

    /// `tau apply`, not started. The date is given, so that the same tree is the same commit.
    pub(crate) fn apply(&self, arguments: &[&str]) -> Command {
        let mission = self.mission();
        let mut all = vec!["apply", mission.to_str().unwrap()];
        // What disturbs its commands, and counts them, is outside of any box.
        all.extend(["--mission", "reference", "--yes", "--box", "none"]);
        all.extend(arguments);
        let mut command = self.command(&all);
        command.env("SOURCE_DATE_EPOCH", "1700000000");
        command
    }

    /// Runs the mission to its end; its report.
    pub(crate) fn finish(&self) -> Value {
        let done: Done = self.apply(&["--json"]).output().unwrap().into();
        done.ends(0).json()
    }

    /// Goes on with the latest run to a good end; its report.
    #[track_caller]
    pub(crate) fn resume(&self) -> Value {
        self.resume_to(0)
    }

    /// The same to an end with this exit code.
    #[track_caller]
    pub(crate) fn resume_to(&self, code: i32) -> Value {
        self.tau(&["resume", "@", "--json"]).ends(code).json()
    }

    /// The only run's folder.
    pub(crate) fn run_folder(&self) -> PathBuf {
        let mut runs = fs::read_dir(self.sandbox.state().join("runs")).unwrap();
        let run = runs.next().unwrap().unwrap().path();
        assert!(runs.next().is_none(), "there are several runs");
        run
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.run_folder().join("journal.jsonl")
    }

    pub(crate) fn branches(&self) -> String {
        self.sandbox
            .git(&["for-each-ref", "--format=%(refname:short) %(objectname)"])
    }
}

/// The records of a journal.
pub(crate) fn records(journal: &Path) -> Vec<Value> {
    let text = fs::read_to_string(journal).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The names of the steps that have ended by themselves.
pub(crate) fn finished(records: &[Value]) -> Vec<&str> {
    let cancelled = |record: &&Value| record["entry"]["state"] != "cancelled";
    steps(records.iter().filter(cancelled), "step_finished")
}

/// The names of the steps that were begun.
pub(crate) fn started(records: &[Value]) -> Vec<&str> {
    steps(records.iter(), "step_started")
}

/// No step that had ended before the run was gone on with was begun after it.
#[track_caller]
pub(crate) fn nothing_was_repeated(reference: &Reference) {
    let all = records(&reference.journal());
    let resumes = all.iter().enumerate();
    for (at, _) in resumes.filter(|(_, record)| record["entry"]["kind"] == "resumed") {
        let before = finished(&all[..at]);
        for step in started(&all[at..]) {
            assert!(!before.contains(&step), "`{step}` was done again");
        }
    }
}

fn steps<'a>(records: impl Iterator<Item = &'a Value>, kind: &str) -> Vec<&'a str> {
    records
        .filter(|record| record["entry"]["kind"] == kind)
        .map(|record| record["entry"]["step"].as_str().unwrap())
        .collect()
}

/// How many commands the steps with these names start.
pub(crate) fn commands(steps: &[&str]) -> BTreeMap<String, usize> {
    let mut starts = BTreeMap::new();
    for step in steps {
        for (_, command, times) in STARTS.iter().filter(|(name, ..)| name == step) {
            *starts.entry((*command).to_owned()).or_default() += times;
        }
    }
    starts
}

/// What two runs of the same mission have in common: no times, no ids, no attempts. The steps in
/// the order of their names.
pub(crate) fn ending(report: &Value) -> Value {
    let mut steps: Vec<Value> = report["steps"].as_array().unwrap().clone();
    for step in &mut steps {
        *step = serde_json::json!({
            "name": step["name"],
            "state": step["state"],
            "result": timeless(&step["result"]),
        });
    }
    steps.sort_by_key(|step| step["name"].to_string());
    serde_json::json!({
        "outcome": report["outcome"],
        "commit": report["commit"],
        "outputs": report["outputs"],
        "assurance": report["assurance"],
        "steps": steps,
    })
}

fn timeless(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "seconds" | "branch" | "environment"))
            .map(|(name, value)| (name.clone(), timeless(value)))
            .collect(),
        Value::Array(all) => all.iter().map(timeless).collect(),
        other => other.clone(),
    }
}
