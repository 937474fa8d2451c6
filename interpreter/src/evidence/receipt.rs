//! The receipt of a run that has ended.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::dsse::Envelope;
use super::keys::{Keys, Role};
use super::run::Facts;
pub use super::run::Planned;
use super::statement::{RUN, SUMMARY, Statement, TEST_RESULT, bytes, git};
use super::verdicts::{Seen, proof, verdicts};
use crate::blobs::sha256;
use crate::home::RunDir;
use crate::journal::Loaded;

/// The statements of a run: one for each verdict, a summary, and at last what the run was and did,
/// which holds the digests of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(Vec<Envelope>);

impl Receipt {
    /// The receipt of a run. The same records, plan and keys give the same bytes, whenever it is
    /// made.
    ///
    /// # Errors
    /// A sentence: it has not ended, or what it made cannot be read any more.
    pub fn make(
        dir: &RunDir,
        loaded: &Loaded,
        planned: &Planned<'_>,
        keys: &Keys,
    ) -> Result<Receipt, String> {
        let facts = Facts::of(dir, &loaded.records)?;
        if !facts.report.has_ended() {
            return Err(format!(
                "run {} has not ended: it is {}",
                facts.report.run, facts.report.outcome
            ));
        }
        let verifier = keys.of(Role::Verifier);
        let mut statements: Vec<Statement> = verdicts(&facts.report)
            .iter()
            .map(|seen| test_result(seen, &facts))
            .collect();
        statements.push(summary(&facts, &verifier.public().id()));
        let texts: Vec<String> = statements.iter().map(Statement::text).collect();
        let digests = statements.iter().zip(&texts).map(|(statement, text)| {
            let digest = sha256(text.as_bytes());
            json!({ "predicateType": statement.predicate_type, "digest": { "sha256": digest } })
        });
        let run = Statement {
            subject: subjects(&facts),
            predicate_type: RUN.to_owned(),
            predicate: facts.predicate(planned, &loaded.records, &loaded.head, digests.collect()),
        };
        let mut lines: Vec<Envelope> = texts
            .iter()
            .map(|text| Envelope::sign(text.as_bytes(), verifier))
            .collect();
        let runner = keys.of(Role::Runner);
        lines.push(Envelope::sign(run.text().as_bytes(), runner));
        Ok(Receipt(lines))
    }

    /// As it is written: an envelope a line.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.0.iter();
        lines
            .filter_map(|it| serde_json::to_string(it).ok())
            .flat_map(|line| [line, "\n".to_owned()])
            .collect()
    }

    /// What a text says.
    ///
    /// # Errors
    /// A clause that names the first line which is no envelope.
    pub fn read(text: &str) -> Result<Receipt, String> {
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let envelopes: Result<Vec<Envelope>, String> = lines
            .map(|(at, line)| {
                serde_json::from_str(line)
                    .map_err(|why| format!("line {} is no signed statement ({why})", at + 1))
            })
            .collect();
        let envelopes = envelopes?;
        match envelopes.is_empty() {
            true => Err("it is empty".to_owned()),
            false => Ok(Receipt(envelopes)),
        }
    }

    /// The receipt that was written when a run had ended, if it tells of all its records.
    #[must_use]
    pub fn stored(dir: &RunDir, loaded: &Loaded) -> Option<Receipt> {
        let receipt = Receipt::read(&fs::read_to_string(dir.receipt()).ok()?).ok()?;
        let run = receipt.0.last()?.payload()?;
        let run = Statement::read(&run).ok()?;
        (run.predicate["journal"]["head"] == loaded.head).then_some(receipt)
    }

    /// Its lines.
    #[must_use]
    pub fn envelopes(&self) -> &[Envelope] {
        &self.0
    }

    /// Writes it, all of it or nothing.
    ///
    /// # Errors
    /// The file system's.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let new = path.with_extension("new");
        let mut file = fs::File::create(&new)?;
        file.write_all(self.text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    }
}

/// What a verdict is about: its tree, and the commit that has it.
fn test_result(seen: &Seen<'_>, facts: &Facts<'_>) -> Statement {
    let verdict = seen.verdict;
    let tree = verdict["tree"].as_str().and_then(|tree| tree.parse().ok());
    let is = |it: &&crate::repository::Base| Some(it.tree) == tree;
    let commit = facts.base.as_ref().filter(is);
    let commit = commit.or(facts.made.as_ref().filter(is));
    let step = match seen.part {
        Some(part) => format!("{}.{part}", seen.step),
        None => seen.step.to_owned(),
    };
    let mut predicate = json!({
        "result": if verdict["passed"] == true { "PASSED" } else { "FAILED" },
        "configuration": [{
            "name": verdict["verifier"],
            "digest": { "sha256": verdict["digest"] },
        }],
        "tau_run": facts.bound(),
        "tau_verdict": {
            "step": step,
            "verdict": verdict["verdict"],
            "why": verdict["why"],
            "exit": verdict["exit"],
            "runs": verdict["runs"],
            "environment": verdict["environment"],
            "tier": verdict["tier"],
            "runner": verdict["runner"],
            "sentinels": verdict["sentinels"],
        },
    });
    for (name, at) in [("passedTests", "passed"), ("failedTests", "failed")] {
        if verdict["tests"][at].is_array() {
            predicate[name] = verdict["tests"][at].clone();
        }
    }
    Statement {
        subject: vec![git("source", commit.map(|it| it.commit), tree)],
        predicate_type: TEST_RESULT.to_owned(),
        predicate,
    }
}

/// What holds of what the run made, in words that are all of it or nothing.
fn summary(facts: &Facts<'_>, key: &str) -> Statement {
    let proof = proof(&facts.report);
    let mut properties = Vec::new();
    if facts.report.outcome == "succeeded" {
        let is = |name: &str, word: &str| {
            let verdict = proof.map(|proof| &proof[name]["verdict"]);
            verdict.is_some_and(|verdict| verdict == word)
        };
        let level = proof.and_then(|proof| proof["level"].as_str());
        let tree = proof.and_then(|proof| proof["tree"].as_str());
        let made = facts.made.map(|made| made.tree.to_string());
        let all = [
            (is("green", "green"), "TAU_GREEN_WITH_THE_CHANGE".to_owned()),
            (
                is("taken_back", "red"),
                "TAU_RED_WITHOUT_THE_CHANGE".to_owned(),
            ),
            (
                tree.is_some() && tree == made.as_deref(),
                "TAU_COMMIT_IS_THE_PROVEN_TREE".to_owned(),
            ),
            (
                level.is_some(),
                format!(
                    "TAU_LEVEL_{}",
                    level.unwrap_or_default().to_ascii_uppercase()
                ),
            ),
        ];
        properties.extend(all.into_iter().filter(|it| it.0).map(|it| it.1));
    }
    Statement {
        subject: subjects(facts),
        predicate_type: SUMMARY.to_owned(),
        predicate: json!({
            "verifier": { "id": format!("urn:tau:verifier:{key}"), "version": facts.started.tau },
            "timeCreated": facts.ended,
            "properties": properties,
            "tau_run": facts.bound(),
            "tau_proof": proof.map(shown),
        }),
    }
}

/// Of a proof what tells how much it shows, without its verdicts.
fn shown(proof: &Json) -> Json {
    let parts = [
        "level",
        "limits",
        "confidence",
        "changed",
        "idle",
        "heldout",
        // The tree on which it was RED, where files were written in the run that decide.
        "frozen",
    ];
    parts
        .iter()
        .map(|name| ((*name).to_owned(), proof[*name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// What a run is about: the commit that it made, what it changed, and the mission's file. Of one
/// that made no commit it is the commit that it began with.
fn subjects(facts: &Facts<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    match (facts.made, facts.base) {
        (Some(made), _) => all.push(git("commit", Some(made.commit), Some(made.tree))),
        (None, Some(base)) => all.push(git("base", Some(base.commit), Some(base.tree))),
        (None, None) => {}
    }
    if !facts.patch.is_empty() {
        all.push(bytes("patch", &sha256(&facts.patch)));
    }
    all.push(bytes("mission", &facts.file));
    all
}
