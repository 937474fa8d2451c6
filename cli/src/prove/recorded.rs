//! What is proven of a run that has ended: what its receipt holds, and what it changed.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tau_interpreter::evidence::receipt::Receipt;
use tau_interpreter::evidence::statement::Statement;
use tau_interpreter::inspect;
use tau_interpreter::journal::base_of;
use tau_lang::policy::PolicyFile;

use crate::args::Prove;
use crate::evidence::text::as_text;
use crate::exit::Failure;
use crate::policies;
use crate::runner::{self, Found};

/// A run that has ended.
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) mission: String,
    /// What its receipt says that it was and did.
    pub(crate) predicate: Json,
    /// A folder in the repository.
    pub(crate) repo: PathBuf,
    /// The commit that it began with.
    pub(crate) base: String,
    /// The policies of its command line, and those that are asked for now.
    pub(crate) policies: Vec<PolicyFile>,
    /// What it changed, as git writes it.
    change: Vec<u8>,
}

impl Run {
    /// The run that is asked for; none where a mission's file is.
    ///
    /// # Errors
    /// It has no receipt, or more is asked for than a run can be given.
    pub(crate) fn of(args: &Prove) -> Result<Option<Run>, Failure> {
        let name = args.what.as_str();
        let could_be = name.bytes().all(|it| it.is_ascii_alphanumeric());
        let found = match name {
            "@" => runner::find(name)?,
            _ if !could_be || Path::new(name).exists() => return Ok(None),
            // A mistyped file is told as one.
            _ => match runner::find(name) {
                Ok(found) => found,
                Err(_) => return Ok(None),
            },
        };
        let given = &args.given;
        let is_more = given.mission.is_some()
            || given.repo.is_some()
            || given.base.is_some()
            || !given.set.is_empty();
        if is_more {
            let message = format!(
                "run {} has its mission, its inputs and its base already",
                found.dir.id()
            );
            return Err(Failure::usage(message));
        }
        Run::read(&found, args).map(Some)
    }

    fn read(found: &Found, args: &Prove) -> Result<Run, Failure> {
        let id = found.dir.id().to_owned();
        let wrong = |why: String| Failure::failed(format!("run {id}: {why}"));
        let loaded = found.dir.load().map_err(|error| wrong(error.to_string()))?;
        let receipt = Receipt::stored(&found.dir, &loaded);
        let last = receipt.as_ref().and_then(|it| it.envelopes().last());
        let payload = last.and_then(|it| it.payload()).ok_or_else(|| {
            wrong("it has no receipt".to_owned())
                .help("a run writes it when it ends; `tau receipt RUN` makes it anew")
        })?;
        let statement = Statement::read(&payload);
        let statement = statement.map_err(|_| wrong("its receipt cannot be read".to_owned()))?;
        let base = base_of(&loaded.records);
        let base = base.ok_or_else(|| wrong("it found no commit to begin with".to_owned()))?;
        let started = found.started()?;
        let mut all = policies::again(&started.policies)?;
        all.extend(policies::asked(&args.given.policy)?);
        let change = inspect::change(&found.dir, &loaded.records).map_err(&wrong)?;
        Ok(Run {
            mission: started.mission.clone(),
            predicate: statement.predicate,
            repo: PathBuf::from(&started.repo),
            base: base.commit.to_string(),
            policies: all,
            change: change.diff,
            id,
        })
    }

    /// What it changed, if a step can be given it.
    ///
    /// # Errors
    /// Usage: it changed nothing, or something that is no text.
    pub(crate) fn change(&self) -> Result<String, Failure> {
        let why = match self.change.is_empty() {
            true => "has changed nothing",
            false => "has changed what is no text",
        };
        let text = as_text(&self.change).map(str::to_owned);
        text.ok_or_else(|| {
            Failure::usage(format!("run {} {why}", self.id))
                .help("give a change that the verifiers accept with `--change PATCH`")
        })
    }
}
