//! `model.ask`

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};

use super::calls::{Calls, Limits};
use super::wire::{Prompt, Role, Turn};
use crate::perform::perform_waiting;

/// Asks a model.
pub(super) struct Ask;

#[derive(Deserialize)]
struct Params {
    prompt: String,
    system: String,
    #[serde(flatten)]
    limits: Limits,
}

/// The `ModelAnswer` of the face.
#[derive(Serialize)]
struct Given {
    text: String,
    model: String,
    calls: u64,
    tokens: u64,
    /// In millionths of a dollar.
    cost: u64,
}

impl Observe for Ask {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, ask)
    }
}

async fn ask(params: Params, hands: &dyn Look) -> Result<Given, Failure> {
    let mut calls = Calls::new(&params.limits, hands)?;
    let prompt = Prompt {
        system: params.system,
        turns: vec![Turn {
            role: Role::User,
            text: params.prompt,
        }],
        schema: None,
        most: params.limits.answer,
        reasoning: params.limits.effort(),
    };
    let said = calls.say(&prompt).await?;
    Ok(Given {
        text: said.text,
        model: calls.model,
        calls: calls.spent.calls,
        tokens: calls.spent.tokens,
        cost: calls.spent.micro_usd,
    })
}
