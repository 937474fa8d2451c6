//! `model.edit`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};
use tau_interpreter::blobs::sha256;

use super::answer::{self, Format};
use super::calls::{BYTES_A_TOKEN, Calls, Limits, Took, exhausted};
use super::change::{self, Refused};
use super::context::{self, Wanted};
use super::progress::{self, Attempt};
use super::prompt::{self, Aim, Asked};
use super::wire::{Prompt, Spoken, Turn};
use crate::fs::Edited;
use crate::perform::perform_waiting;
use crate::shown::shown;

/// Lets a model change files.
pub(super) struct Edit;

/// How many characters of a diff, and of what a model said, the result keeps.
const DIFF: usize = 60_000;
const SAID: usize = 2_000;

/// How many bytes the prompt has beside its texts.
const FRAME: usize = 4 << 10;

#[derive(Deserialize)]
struct Params {
    goal: String,
    failure: String,
    aim: Aim,
    files: Vec<String>,
    format: Format,
    /// The most tokens of what it is shown.
    context: u64,
    #[serde(flatten)]
    limits: Limits,
}

/// The `ModelEdit` of the face.
#[derive(Serialize)]
struct Given {
    #[serde(flatten)]
    attempt: Attempt,
    added: usize,
    removed: usize,
    said: String,
    left_out: Vec<String>,
    #[serde(flatten)]
    took: Took,
}

impl Replace for Edit {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform_waiting(call, hands, edit)
    }
}

/// What is known while answers come.
struct Editing<'a> {
    hands: &'a dyn Work,
    earlier: Vec<Attempt>,
    now: Attempt,
    model: String,
}

async fn edit(params: Params, hands: &dyn Work) -> Result<Given, Failure> {
    let (now, earlier) = Attempt::begins(&params.goal, &params.failure, hands.earlier());
    let mut calls = Calls::new(&params.limits, hands)?;
    let mut editing = Editing {
        hands,
        earlier,
        now,
        model: calls.model.clone(),
    };
    if progress::is_stuck(&editing.earlier, &editing.now.failure) {
        let why = "The check fails in the same way after two changes, so a further one is no use.";
        return Err(editing.gives_up("progress-exhausted", why));
    }
    let tokens = params.context.min(calls.room(1));
    let (mut prompt, left_out) = editing.prompt(&params, tokens)?;
    loop {
        let said = calls.say(&prompt).await?;
        editing.model.clone_from(&calls.model);
        let refused = match editing.takes(&params, &said.text)? {
            Ok(edited) => {
                editing.now.answer = sha256(said.text.as_bytes());
                editing.now.paths = edited.paths;
                editing.now.diff = shown(&hands.diff()?, DIFF).into_owned();
                let diffs = editing.earlier.iter().map(|it| &it.diff);
                if diffs.into_iter().any(|diff| *diff == editing.now.diff) {
                    let why = "The change leads back to what was tried before.";
                    return Err(editing.gives_up("progress-exhausted", why));
                }
                return Ok(Given {
                    attempt: editing.now,
                    added: edited.added,
                    removed: edited.removed,
                    said: shown(&said.text, SAID).into_owned(),
                    left_out,
                    took: calls.took(),
                });
            }
            Err(refused) => refused,
        };
        editing.stops(refused.protected, &said.text)?;
        editing.now.refusals.push(refused.reasons.join("\n"));
        if !calls.has_another() {
            let why = format!(
                "No answer could be taken. The last one: {}",
                shown(&refused.reasons.join(" "), 600)
            );
            return Err(editing.gives_up("attempts-exhausted", &why));
        }
        let spoken = Spoken::text(said.text);
        prompt.turns.push(Turn::Model(spoken));
        let corrected = prompt::refused(&refused.reasons);
        prompt.turns.push(Turn::User(corrected));
    }
}

impl Editing<'_> {
    /// What the model is asked first, and what of the repository it is not shown.
    fn prompt(&self, params: &Params, tokens: u64) -> Result<(Prompt, Vec<String>), Failure> {
        let system = prompt::system(params.format, params.aim);
        let bytes = usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX);
        let bytes = bytes.saturating_sub(system.len() + FRAME);
        let goal = prompt::tail(&params.goal, bytes / 4);
        let failure = prompt::tail(&params.failure, bytes / 4);
        let earlier: Vec<Attempt> = self
            .earlier
            .iter()
            .map(|attempt| Attempt {
                diff: shown(&attempt.diff, bytes / 16).into_owned(),
                refusals: attempt
                    .refusals
                    .iter()
                    .map(|refusal| shown(refusal, bytes / 64).into_owned())
                    .collect(),
                ..attempt.clone()
            })
            .collect();
        let told: usize = earlier.iter().map(told).sum();
        let mut context = context::gather(
            &Wanted {
                goal,
                failure,
                files: &params.files,
                room: bytes.saturating_sub(goal.len() + failure.len() + told),
            },
            self.hands,
        )?;
        if failure.len() < params.failure.len() {
            context
                .left_out
                .push("the beginning of the output".to_owned());
        }
        if goal.len() < params.goal.len() {
            context
                .left_out
                .push("the beginning of the goal".to_owned());
        }
        let text = prompt::first(&Asked {
            aim: params.aim,
            goal,
            failure,
            earlier: &earlier,
            context: &context,
            may_write: &|path| self.hands.may_write(path).is_ok(),
        });
        let prompt = Prompt {
            system,
            turns: vec![Turn::User(text)],
            schema: None,
            tools: Vec::new(),
            most: params.limits.answer,
            reasoning: params.limits.effort(),
        };
        Ok((prompt, context.left_out))
    }

    /// Makes the edits of an answer, if they can be made.
    fn takes(&self, params: &Params, answer: &str) -> Result<Result<Edited, Refused>, Failure> {
        match answer::parse(params.format, answer) {
            Ok(edits) => change::make(&edits, self.hands),
            Err(why) => Ok(Err(Refused {
                reasons: vec![why],
                ..Refused::default()
            })),
        }
    }

    /// Whether an answer that is refused is the last that is worth to be asked for.
    fn stops(&mut self, protected: Vec<String>, answer: &str) -> Result<(), Failure> {
        let answer = sha256(answer.as_bytes());
        if let Some(twice) = self.now.tried_before(&self.earlier, &protected) {
            let why = format!("The model tried twice to change `{twice}`, which it may not.");
            return Err(self.gives_up("edit-protected", &why));
        }
        let mut given = self.earlier.iter().map(|attempt| &attempt.answer);
        if self.now.answer == answer || given.any(|given| *given == answer) {
            let why = "The model gave the same answer again, which cannot be taken.";
            return Err(self.gives_up("progress-exhausted", why));
        }
        self.now.protected.extend(protected);
        self.now.answer = answer;
        Ok(())
    }

    /// The end of all attempts, with what was tried and the best of it.
    fn gives_up(&self, code: &str, why: &str) -> Failure {
        let failure = exhausted(code, &self.model, why);
        self.now.is_last(&self.earlier, failure)
    }
}

/// About how many bytes an attempt takes in a prompt.
fn told(attempt: &Attempt) -> usize {
    let refusals: usize = attempt.refusals.iter().map(String::len).sum();
    attempt.diff.len() + refusals + 500
}
