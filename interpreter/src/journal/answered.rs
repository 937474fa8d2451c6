//! What a journal has of a call of a model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::action::Keep;
use crate::content::Contents;
use crate::ledger::Amount;

/// One call of a model that was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelAnswered {
    /// The number of its reservation.
    pub reservation: u64,
    /// The step.
    pub step: String,
    /// The model.
    pub model: String,
    /// The address that answered.
    pub url: String,
    /// How much of what was sent and answered is here.
    pub keep: Keep,
    /// The SHA-256 of what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The SHA-256 of the body that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The status.
    pub status: u16,
    /// Some of its fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// What it has taken.
    pub used: Amount,
    /// Whether it can be used again.
    pub is_answer: bool,
    /// What the answer says of itself: tokens by kind, why it ended.
    pub facts: Json,
    /// The run whose record this is, when nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<String>,
    /// The bytes that `request` and `answer` name.
    #[serde(default, skip_serializing_if = "Contents::is_empty")]
    pub contents: Contents,
}
