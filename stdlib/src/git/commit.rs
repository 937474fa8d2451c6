//! `git.commit`

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use crate::perform::perform;
use crate::verify::{Level, Proof, edited_since};

/// Commits the proven tree.
pub(super) struct Commit;

#[derive(Deserialize)]
struct Params {
    proof: Proof,
    message: String,
    at_least: Level,
    sign: bool,
}

#[derive(Serialize)]
struct Committed {
    sha: String,
    branch: String,
    tree: String,
}

impl Replace for Commit {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, commit)
    }
}

fn commit(params: Params, hands: &dyn Work) -> Result<Committed, Failure> {
    let Params {
        proof,
        message,
        at_least,
        sign,
    } = params;
    if proof.level < at_least {
        return Err(Failure::new(
            "proof-level",
            format!(
                "The proof is only `{}`, and this commit asks for `{}`. {}",
                proof.level.name(),
                at_least.name(),
                proof.limits.join(" ")
            ),
        )
        .help("Do away with what the proof names, or ask for less.")
        .detail(json!({ "level": proof.level, "limits": proof.limits })));
    }
    if message.trim().is_empty() {
        return Err(Failure::new(
            "commit-message-empty",
            "The message of the commit is empty.",
        )
        .help("Give `message` a line that says what the change does."));
    }
    if message.contains('\0') {
        return Err(Failure::new(
            "commit-message-invalid",
            "The message of the commit has a NUL byte, which git cannot keep.",
        )
        .help("Give `message` a text without it."));
    }
    let now = hands.candidate(&proof.ground())?;
    if now != proof.tree {
        return Err(edited_since("proof", &proof.tree, &now));
    }
    let (sha, branch) = hands.commit(&proof.tree, &message, sign)?;
    Ok(Committed {
        sha,
        branch,
        tree: proof.tree,
    })
}
