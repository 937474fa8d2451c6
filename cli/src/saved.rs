//! Plans saved by `tau plan --out`, which `tau apply` runs exactly.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::context::Context;
use crate::exit::Failure;
use crate::mission::{self, Loaded};

/// What a saved plan says it is.
const SCHEMA: &str = "tau.saved-plan/1";

/// A mission with everything that its plan was made from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    schema: String,
    /// The mission file's name, and where it was.
    file: String,
    path: Option<PathBuf>,
    /// Its text when the plan was made.
    text: String,
    mission: String,
    inputs: Map<String, Json>,
    repo: PathBuf,
    /// The commit that the revision meant when the plan was made.
    base: String,
}

impl Saved {
    /// A plan of a loaded mission on one commit.
    pub(crate) fn new(loaded: &Loaded, base: String) -> Saved {
        Saved {
            schema: SCHEMA.to_owned(),
            file: loaded.file.clone(),
            path: loaded.path.clone(),
            text: loaded.text.clone(),
            mission: loaded.plan.mission.clone(),
            inputs: loaded.inputs.clone(),
            repo: loaded.repo.clone(),
            base,
        }
    }

    /// The saved plan in this file; `None` when the file is something else.
    ///
    /// # Errors
    /// It is a saved plan that this tau cannot read.
    pub(crate) fn read(file: &str) -> Result<Option<Saved>, Failure> {
        let Ok(bytes) = std::fs::read(Path::new(file)) else {
            return Ok(None);
        };
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Ok(None);
        }
        let Ok(json) = serde_json::from_slice::<Json>(&bytes) else {
            return Ok(None);
        };
        match json.get("schema").and_then(Json::as_str) {
            Some(SCHEMA) => serde_json::from_value(json)
                .map(Some)
                .map_err(|error| Failure::usage(format!("`{file}` is a damaged plan: {error}"))),
            Some(other) if other.starts_with("tau.saved-plan/") => Err(Failure::usage(format!(
                "`{file}` was saved by another version of tau ({other})"
            ))),
            _ => Ok(None),
        }
    }

    /// Checks it again; its text has not changed, so what was found then is found now.
    pub(crate) fn load(self, context: &mut Context) -> Result<Loaded, Failure> {
        let rest = (self.inputs, self.repo, Some(self.base));
        let mut loaded = mission::check(&self.file, self.text, Some(&self.mission), context, rest)?;
        loaded.path = self.path;
        Ok(loaded)
    }
}
