//! What hands take and give of models.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ledger::Amount;

/// A call of a model.
pub struct Asking<'a> {
    /// `PROVIDER/MODEL`, as it is granted.
    pub model: &'a str,
    /// The path behind the provider's base address, such as `/chat/completions`.
    pub path: &'a str,
    /// Fields beside those of the key and of the connection.
    pub headers: BTreeMap<String, String>,
    /// What is sent, as JSON. Secrets are taken out of it.
    pub body: Value,
    /// The most that it takes. It is reserved before anything is sent.
    pub most: Amount,
    /// How long it may be silent before the answer begins, and between any two pieces of it.
    pub patience: (Duration, Duration),
    /// How long all of it may take.
    pub timeout: Duration,
    /// What is recorded of it.
    pub keep: Keep,
    /// Reads the answer.
    pub reads: &'a dyn Reads,
}

/// What a record of a call has of what was sent and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Both, whole. Only then is an answer used after a crash, and only then can it be replayed.
    #[default]
    Full,
    /// Their digests.
    Digest,
    /// Nothing.
    None,
}

/// Reads what a model's provider has answered.
pub trait Reads: Send + Sync {
    /// Whether this beginning of a body is all of it that matters.
    fn is_whole(&self, body: &[u8]) -> bool;

    /// What of an answer people can read, in the bytes of its body that have not been heard yet: how many
    /// of them were understood, and the text in them.
    fn hear(&self, _: &[u8]) -> (usize, String) {
        (0, String::new())
    }

    /// What an answer has taken.
    fn account(&self, reply: &Reply) -> Account;
}

/// What an answer says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// What it has taken; `None` when nobody knows, and all that was reserved counts.
    pub used: Option<Amount>,
    /// Whether it is an answer that can be used again, after a crash or in a replay.
    pub is_answer: bool,
    /// More of it, for the record: tokens by kind, why it ended, who served it.
    pub facts: Value,
}

/// What the provider of a model has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Its fields, with names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Its body as text, without secrets.
    pub body: String,
    /// It was recorded, and nothing was sent now.
    pub is_recorded: bool,
}

/// What a program that a step has started says of what it has spent. Nobody has seen it, and nothing is made
/// smaller by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendingSaid {
    /// The program.
    pub by: String,
    /// Tokens; `None` if it does not say.
    pub tokens: Option<u64>,
    /// Money, in millionths of a dollar; `None` if it does not say.
    pub micro_usd: Option<u64>,
}
