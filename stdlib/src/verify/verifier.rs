//! What a mission calls a verifier, as it reaches an action.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tau_interpreter::action::{Command, Failure, Ground, Handed};
use tau_interpreter::blobs::sha256;
use tau_lang::syntax::command::words;

use super::expected::Expected;
use super::freeze::Frozen;
use super::runners::{self, Left, Runner};
use crate::shown::{COMMAND, shown};

/// A command whose end decides, and what it must not depend on.
#[derive(Clone, Deserialize)]
pub(super) struct Verifier {
    /// What the mission calls it.
    pub(super) name: String,
    /// The command's one written form.
    pub(super) run: String,
    /// Further commands, which decide as well.
    #[serde(default)]
    pub(super) also: Vec<String>,
    /// Path patterns of files that are taken from the base.
    pub(super) protect: Vec<String>,
    /// Those of them that are protected because the command starts them.
    #[serde(default)]
    pub(super) own: Vec<String>,
    /// Variables on top of the cleared environment.
    pub(super) env: BTreeMap<String, String>,
    /// How long one run may take, in milliseconds.
    pub(super) timeout: u64,
    /// How many runs must agree; there is always one.
    pub(super) runs: u64,
    /// What the failure on the base must look like.
    #[serde(default)]
    pub(super) red: Option<Expected>,
    /// Patterns of tests that passed before and need not pass any more.
    #[serde(default)]
    pub(super) loses: Vec<String>,
    /// Where in the tree the command leaves a report: TAP where that ends with `.tap`, else JUnit XML.
    #[serde(default)]
    pub(super) report: Option<String>,
    /// A command that is run behind the edit step, which has seen nothing of it.
    #[serde(default)]
    pub(super) heldout: Option<String>,
    /// Path patterns of files that only that command sees.
    #[serde(default)]
    pub(super) hides: Vec<String>,
    /// New files that count as the base's, if a step was given some. No part of the verifier: what
    /// was judged with them is known by its tree.
    #[serde(skip)]
    pub(super) frozen: Option<Frozen>,
    /// Paths of the user's checkout that each checkout shows.
    #[serde(default)]
    pub(super) installed: Vec<String>,
}

/// The digest that verdicts of a verifier have, of its recorded value; none if that is no verifier's.
#[must_use]
pub fn verifier_digest(value: &Json) -> Option<String> {
    let verifier: Verifier = serde_json::from_value(value.clone()).ok()?;
    Some(verifier.digest())
}

impl Verifier {
    /// The same, judging with these files as the base's.
    pub(super) fn with(mut self, frozen: Option<Frozen>) -> Verifier {
        self.frozen = frozen;
        self
    }

    /// What it holds the mission's tree against.
    pub(super) fn ground(&self) -> Ground {
        Frozen::ground(&self.protect, self.frozen.as_ref())
    }

    /// One of its commands, to start.
    ///
    /// # Errors
    /// `command-invalid`; the checker and the moment before a run refuse such a verifier earlier.
    pub(super) fn command_of(&self, text: &str) -> Result<Command, Failure> {
        let argv = words(text).map_err(|why| {
            let run = shown(text, COMMAND);
            Failure::new(
                "command-invalid",
                format!("`{run}` is not a command: {why}."),
            )
        })?;
        let env = self.env.iter();
        Ok(Command {
            argv,
            script: None,
            handed: Handed::Nothing,
            env: env
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect(),
            granted: None,
            secrets: Vec::new(),
            timeout: Duration::from_millis(self.timeout),
        })
    }

    /// The SHA-256 of everything that decides, as canonical JSON: compact, keys sorted. Two
    /// verifiers with the same digest are the same whatever they are called.
    pub(super) fn digest(&self) -> String {
        // Written in the order of the alphabet, which holds with sorted and with unsorted maps.
        let mut parts = json!({
            "env": self.env,
            "protect": self.protect,
            "run": self.run,
            "runs": self.runs,
            "timeout": self.timeout,
        });
        // What is not said is not there, so that verifiers without it keep their digest.
        let further = [
            ("also", json!(self.also), self.also.is_empty()),
            ("heldout", json!(self.heldout), self.heldout.is_none()),
            ("hides", json!(self.hides), self.hides.is_empty()),
            (
                "installed",
                json!(self.installed),
                self.installed.is_empty(),
            ),
            ("loses", json!(self.loses), self.loses.is_empty()),
            ("red", json!(self.red), self.red.is_none()),
            ("report", json!(self.report), self.report.is_none()),
        ];
        for (name, value, is_absent) in further {
            if !is_absent {
                parts[name] = value;
            }
        }
        sha256(parts.to_string().as_bytes())
    }

    /// The runner whose result can be read. Where several commands decide, the report is of those
    /// whose runner is not known.
    pub(super) fn runner(&self, argv: &[String]) -> Option<Box<dyn Runner>> {
        let known = || runners::started_by(argv);
        let left = || {
            let path = self.report.clone()?;
            Some(Box::new(Left { path }) as Box<dyn Runner>)
        };
        match self.also.is_empty() {
            true => left().or_else(known),
            false => known().or_else(left),
        }
    }

    /// All commands that decide.
    pub(super) fn commands(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.run)
            .chain(&self.also)
            .map(String::as_str)
    }

    /// Its commands in a message.
    pub(super) fn shown(&self) -> String {
        let all: Vec<String> = self
            .commands()
            .map(|run| shown(run, COMMAND).to_string())
            .collect();
        all.join("` and `")
    }
}
