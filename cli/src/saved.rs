//! Plans saved by `tau plan --out`, which `tau apply` runs exactly.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tau_interpreter::journal::FileTexts;
use tau_lang::policy::PolicyFile;

use crate::exit::Failure;
use crate::files::contents;

/// The largest saved plan, which holds the inputs, that is read.
const MAX_SAVED_BYTES: u64 = 256 * 1024 * 1024;

/// A mission with everything that its plan was made from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// [`Saved::SCHEMA`]
    pub(crate) schema: String,
    /// The mission file's name, as it was given.
    pub(crate) file: String,
    /// Where it was, unless it is a library's.
    pub(crate) path: Option<PathBuf>,
    /// What it said when the plan was made.
    #[serde(flatten)]
    pub(crate) texts: FileTexts,
    /// Which mission of it.
    pub(crate) mission: String,
    /// The inputs as they were given.
    pub(crate) inputs: Map<String, Json>,
    /// The repository.
    pub(crate) repo: PathBuf,
    /// The commit that the revision meant when the plan was made.
    pub(crate) base: String,
    /// The policies that the command line named then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) policies: Vec<PolicyFile>,
}

impl Saved {
    /// What a saved plan says it is.
    pub(crate) const SCHEMA: &str = "tau.saved-plan/1";

    /// The saved plan in this file; `None` when the file is something else.
    ///
    /// # Errors
    /// It is a saved plan that this tau cannot read.
    pub(crate) fn read(file: &str) -> Result<Option<Saved>, Failure> {
        let Ok(bytes) = contents(Path::new(file), MAX_SAVED_BYTES) else {
            return Ok(None);
        };
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Ok(None);
        }
        let Ok(json) = serde_json::from_slice::<Json>(&bytes) else {
            return Ok(None);
        };
        match json.get("schema").and_then(Json::as_str) {
            Some(Saved::SCHEMA) => serde_json::from_value(json)
                .map(Some)
                .map_err(|error| Failure::usage(format!("`{file}` is a damaged plan: {error}"))),
            Some(other) if other.starts_with("tau.saved-plan/") => Err(Failure::usage(format!(
                "`{file}` was saved by another version of tau ({other})"
            ))),
            _ => Ok(None),
        }
    }
}
