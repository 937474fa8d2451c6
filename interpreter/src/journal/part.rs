//! What a journal has of a part of a step.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::action::Missing;
use crate::content::Contents;
use crate::net::Refused;
use crate::repository::Edit;
use crate::used::Uses;

/// One call of another action, that a step made and that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartDone {
    /// The step.
    pub step: String,
    /// The action that it called.
    pub action: String,
    /// With what.
    pub args: Json,
    /// The digest of what it rested on: the action, its arguments, and the tree.
    pub key: String,
    /// The SHA-256 of the value that it gave, as JSON.
    pub told: String,
    /// The code of the failure, if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// What it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// What it changed. It counts when the step succeeds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// Names of the output of processes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
    /// What it used of what is granted.
    #[serde(default, skip_serializing_if = "Uses::is_empty")]
    pub used: Uses,
    /// What of the network it, or what it had started, asked for and did not get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// The bytes that `told`, `edits` and `logs` name.
    #[serde(default, skip_serializing_if = "Contents::is_empty")]
    pub contents: Contents,
}
