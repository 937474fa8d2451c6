//! The mission that is disturbed: a statement of every kind, and a person who is asked.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox, Snapshot};

const MISSION: &str = include_str!("mission.tau");
const DATE: &str = "1700000000";

/// How often a run may have to be gone on with: once for what disturbed it, once for the answer,
/// and then to its end.
const LIVES: usize = 6;

/// A repository, the mission beside it, and a file in which its commands count their starts.
pub(crate) struct Mission {
    pub(crate) sandbox: Sandbox,
    before: Snapshot,
}

/// What is the same in all runs of the mission, however often they were disturbed.
#[derive(Debug, PartialEq)]
struct Ending {
    outcome: Value,
    commit: Value,
    outputs: Value,
    assurance: Value,
    steps: BTreeMap<String, (Value, Value)>,
    diff: String,
}

impl Mission {
    pub(crate) fn new() -> Mission {
        Mission::with(MISSION)
    }

    /// The same without the statement that ends alike whatever goes wrong in it: what an error of
    /// the machine makes of it is an ending, too.
    pub(crate) fn without_luck() -> Mission {
        let luck = "  step lost = shaky() may fail\n";
        assert!(MISSION.contains(luck));
        Mission::with(&MISSION.replace(luck, ""))
    }

    fn with(text: &str) -> Mission {
        let sandbox = Sandbox::repository(&[
            ("src/answer.txt", "0\n"),
            ("tests/expected.txt", "2\n"),
            ("tool.sh", include_str!("tool.sh")),
        ]);
        let before = sandbox.snapshot();
        let mission = Mission { sandbox, before };
        fs::write(mission.file(), text).unwrap();
        mission
    }

    /// The mission file; not in the repository.
    fn file(&self) -> PathBuf {
        self.sandbox.outside().join("mission.tau")
    }

    fn counts(&self) -> PathBuf {
        self.sandbox.outside().join("counts")
    }

    /// `tau` with what the mission's commands need, and a date, so that the same tree is the same
    /// commit.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        command
            .env("COUNTS", self.counts())
            .env("SOURCE_DATE_EPOCH", DATE);
        command
    }

    pub(crate) fn tau(&self, arguments: &[&str]) -> Done {
        patiently(self.command(arguments))
    }

    /// What starts a run.
    pub(crate) fn start(&self) -> Vec<String> {
        let file = self.file().to_string_lossy().into_owned();
        let words = [
            "apply",
            &file,
            "--mission",
            "reference",
            "--yes",
            "--box",
            "none",
            "--json",
        ];
        words.map(str::to_owned).to_vec()
    }

    /// Runs that have at least one whole record, the oldest first.
    pub(crate) fn runs(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.sandbox.state().join("runs"));
        let mut runs: Vec<PathBuf> = folders
            .into_iter()
            .flatten()
            .map(|run| run.unwrap().path())
            .filter(|run| !records(&run.join("journal.jsonl")).is_empty())
            .collect();
        runs.sort();
        runs
    }

    /// What a person would type next: start it, answer it, or go on with it. `None` when it has
    /// succeeded.
    pub(crate) fn next(&self) -> Option<Vec<String>> {
        if self.runs().is_empty() {
            return Some(self.start());
        }
        let report = self.tau(&["show", "@", "--json"]).ends(0).json();
        if report["outcome"] == "succeeded" {
            return None;
        }
        let words = match report["asks"]
            .as_array()
            .is_some_and(|asks| !asks.is_empty())
        {
            true => vec!["approve", "@", "gate", "--json"],
            // Told to recover, tau goes on with what was killed, and with nothing else.
            false if report["outcome"] == "stale" => vec!["recover", "--json"],
            false => vec!["resume", "@", "--json"],
        };
        Some(words.into_iter().map(str::to_owned).collect())
    }

    /// Goes on without a fault to where `life` is what a person would type.
    pub(crate) fn lead_to(&self, life: &str) -> Vec<String> {
        loop {
            let words = self.next().unwrap();
            if words[0] == life {
                return words;
            }
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let _ = self.tau(&words);
        }
    }

    /// Goes on until the run has succeeded, as a person would.
    #[track_caller]
    pub(crate) fn finish(&self, told: &str) {
        for _ in 0..LIVES {
            let Some(words) = self.next() else {
                return;
            };
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let done = self.tau(&words);
            // A step may have failed, and the run's owner been lost before the run had: it is brought
            // to that end, and `resume` does the step again.
            let has_failed = words[0] == "recover" && done.code == 1;
            assert!(
                [0, 6].contains(&done.code) || has_failed,
                "{told}: `tau {}` did not go on\n{done:?}",
                words.join(" ")
            );
        }
        panic!("{told}: it has not come to its end");
    }

    /// It has come to the same ending as a run that nobody disturbed, nothing that had ended was
    /// done again, and nothing else was touched. Each command was begun at most `again` times
    /// more than it is without a fault.
    #[track_caller]
    pub(crate) fn has_ended_well(&self, told: &str, again: usize) {
        let (ending, starts) = undisturbed();
        assert_eq!(self.ending(), *ending, "{told}");
        let runs = self.runs();
        assert_eq!(runs.len(), 1, "{told}: {runs:?}");
        nothing_was_repeated(&records(&runs[0].join("journal.jsonl")), told);
        for (name, times) in self.starts() {
            let usual = starts.get(&name).copied().unwrap_or_default();
            // A proof checks with the change, without it, and without each of four files, and is done
            // again as a whole.
            let again = if name == "check" { 6 * again } else { again };
            assert!(
                (usual..=usual + again).contains(&times),
                "{told}: `{name}` was begun {times} times instead of {usual}"
            );
        }
        self.sandbox.assert_only_branches_added(&self.before);
        let branches =
            self.sandbox
                .git(&["for-each-ref", "--format=%(objectname)", "refs/heads/tau"]);
        let commit = ending.commit.as_str().unwrap();
        assert_eq!(branches.trim(), commit, "{told}: one branch at the commit");
        for inner in ["trees", "tmp", "processes"] {
            let left = fs::read_dir(runs[0].join(inner)).unwrap().count();
            assert_eq!(left, 0, "{told}: something is left in `{inner}`");
        }
    }

    /// What it gives is what a run gives [without luck](Self::without_luck) and without an error.
    /// Attempts may have failed in other places.
    #[track_caller]
    pub(crate) fn has_ended_like_one_with_luck(&self, told: &str) {
        static END: OnceLock<Ending> = OnceLock::new();
        let ending = END.get_or_init(|| {
            let mission = Mission::without_luck();
            mission.finish("undisturbed");
            mission.ending()
        });
        let own = self.ending();
        assert_eq!(own.outcome, ending.outcome, "{told}");
        assert_eq!(own.outputs, ending.outputs, "{told}");
        assert_eq!(own.diff, ending.diff, "{told}");
        assert_eq!(own.commit, ending.commit, "{told}");
        assert_eq!(self.runs().len(), 1, "{told}");
        self.sandbox.assert_only_branches_added(&self.before);
        let branches =
            self.sandbox
                .git(&["for-each-ref", "--format=%(objectname)", "refs/heads/tau"]);
        assert_eq!(branches.trim(), own.commit, "{told}");
    }

    fn ending(&self) -> Ending {
        let report = self.tau(&["show", "@", "--json"]).ends(0).json();
        let steps = report["steps"].as_array().unwrap().iter();
        let steps = steps.map(|step| {
            let name = step["name"].as_str().unwrap().to_owned();
            (name, (step["state"].clone(), timeless(&step["result"])))
        });
        Ending {
            outcome: report["outcome"].clone(),
            commit: report["commit"].clone(),
            outputs: report["outputs"].clone(),
            assurance: report["assurance"].clone(),
            steps: steps.collect(),
            diff: self.tau(&["diff", "@"]).ends(0).out,
        }
    }

    /// How often each command was begun.
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
}

/// How long a machine under load may take for what takes a moment.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs a command to its end, but does not wait for ever: then all of its group is killed, and the
/// test fails.
#[track_caller]
pub(crate) fn patiently(mut command: Command) -> Done {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let group = child.id();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        let kill = format!("kill -KILL -- -{group}");
        let _ = Command::new("sh").args(["-c", &kill]).status();
        panic!("it did not end: {command:?}");
    };
    output.unwrap().into()
}

/// The ending of a run that nobody disturbed, and how often it begins each command.
fn undisturbed() -> &'static (Ending, BTreeMap<String, usize>) {
    static END: OnceLock<(Ending, BTreeMap<String, usize>)> = OnceLock::new();
    END.get_or_init(|| {
        let mission = Mission::new();
        mission.finish("undisturbed");
        let ending = mission.ending();
        assert_eq!(ending.outcome, "succeeded");
        assert!(ending.commit.is_string());
        (ending, mission.starts())
    })
}

/// The whole records of a journal; a torn last one is not among them.
pub(crate) fn records(journal: &Path) -> Vec<Value> {
    let text = fs::read(journal).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map_while(|line| serde_json::from_str(line).ok())
        .collect()
}

/// No step that had ended before the run was gone on with was begun behind it.
#[track_caller]
fn nothing_was_repeated(records: &[Value], told: &str) {
    let mut ended = Vec::new();
    let mut before = Vec::new();
    for entry in records.iter().map(|record| &record["entry"]) {
        match entry["kind"].as_str().unwrap() {
            "resumed" => before.clone_from(&ended),
            "step_finished" if entry["state"] != "cancelled" => ended.push(&entry["step"]),
            "step_started" => {
                let step = &entry["step"];
                assert!(!before.contains(&step), "{told}: {step} was done again");
            }
            _ => {}
        }
    }
}

/// A step's result without what differs from run to run.
fn timeless(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "seconds" | "branch" | "at" | "environment")
            })
            .map(|(name, value)| (name.clone(), timeless(value)))
            .collect(),
        Value::Array(all) => json!(all.iter().map(timeless).collect::<Vec<_>>()),
        other => other.clone(),
    }
}

#[test]
fn the_mission_has_a_statement_of_every_kind() {
    let words = [
        "let ",
        "step ",
        "if ",
        "else ",
        "for ",
        "repeat ",
        "until ",
        "= shaky() retry",
        "timeout ",
        "may fail",
        "on failure",
        "finally",
        "process.run",
        "verify.red",
        "verify.check",
        "verify.prove",
        "git.commit",
        "human.approve",
        "output ",
        " after ",
    ];
    for word in words {
        assert!(MISSION.contains(word), "no `{word}`");
    }
    let mission = Mission::new();
    mission.finish("undisturbed");
    mission.has_ended_well("undisturbed", 0);
}
