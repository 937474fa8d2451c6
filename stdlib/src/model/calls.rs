//! The calls of one step: by their routes, as often as a provider is only busy, and no further than
//! what the step may take.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tau_interpreter::action::{Asking, Failure, FailureKind, Keep, Look, Missing, Reply};
use tau_interpreter::ledger::Amount;

use super::status::{self, Trouble};
use super::wire::{self, Prompt, Reader, Said, Stop, Turn, Unreadable};
use crate::shown::shown;

/// How often one model is called before another is, or the step fails.
const TRIES: u32 = 3;

/// How long a host may be silent: before an answer begins, and between two pieces of it.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(120), Duration::from_secs(60));

/// About how many bytes of a prompt are one token, rounded so that what is reserved is enough.
pub(super) const BYTES_A_TOKEN: u64 = 3;

/// What a prompt takes beside its texts.
const FRAME_TOKENS: u64 = 100;

/// How many bytes a turn, a call, its result and a tool take beside their texts.
const FRAME: usize = 60;

/// What the calls of a step may take, as the faces say it.
#[derive(Deserialize)]
pub(crate) struct Limits {
    /// `a/x`, or `a/x else b/y`; what the mission grants if it is empty.
    pub(crate) model: String,
    /// The most tokens of all calls together, in and out.
    pub(crate) tokens: u64,
    /// The most calls, with those that fail.
    pub(crate) calls: u64,
    /// The most tokens of one answer.
    pub(crate) answer: u64,
    /// How much it is to think; `default` for as much as it does by itself.
    pub(crate) reasoning: String,
    pub(crate) record: Keep,
    /// How long one call may take, in milliseconds.
    pub(crate) timeout: u64,
}

/// What calls have taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) calls: u64,
    pub(super) tokens: u64,
    pub(super) micro_usd: u64,
}

/// What the faces' results say of the calls: the fields that all of them have.
#[derive(Serialize)]
pub(crate) struct Took {
    /// The model that has answered last.
    pub(crate) model: String,
    /// Why the models that come before it were not the ones to answer.
    pub(crate) fell_back: Vec<String>,
    pub(crate) calls: u64,
    pub(crate) tokens: u64,
    /// In millionths of a dollar.
    pub(crate) cost: u64,
}

/// The calls of one step.
pub(super) struct Calls<'a> {
    hands: &'a dyn Look,
    limits: &'a Limits,
    /// The models, in the order in which they are asked.
    routes: Vec<String>,
    /// The first of them that is asked: those before it are not there.
    route: usize,
    fell_back: Vec<String>,
    pub(super) spent: Spent,
    /// The model that has answered last.
    pub(super) model: String,
}

/// The models of a text `a/x else b/y`, in their order. This is the filter `model_names` of tau's
/// expressions.
///
/// # Errors
/// It names none: which are asked is known when the step runs.
pub(crate) fn model_names(text: &str) -> Result<Vec<String>, String> {
    let all: Vec<String> = text
        .split(" else ")
        .map(|name| name.trim().to_owned())
        .collect();
    match all.iter().any(String::is_empty) {
        true => Err("It names no model.".to_owned()),
        false => Ok(all),
    }
}

impl Limits {
    /// How much it is to think; `None` for as much as it does by itself.
    pub(super) fn effort(&self) -> Option<String> {
        (self.reasoning != "default").then(|| self.reasoning.clone())
    }
}

impl<'a> Calls<'a> {
    /// None yet.
    ///
    /// # Errors
    /// No model may be asked.
    pub(super) fn new(limits: &'a Limits, hands: &'a dyn Look) -> Result<Calls<'a>, Failure> {
        let routes = match limits.model.is_empty() {
            true => hands.models()?,
            false => {
                let mut named =
                    model_names(&limits.model).map_err(|why| Failure::new("model-unnamed", why))?;
                // Who names several has said what is asked when the first is not there.
                if let [only] = named.as_slice() {
                    let others = hands.models_else(only);
                    named.extend(others);
                }
                named
            }
        };
        Ok(Calls {
            hands,
            limits,
            model: routes.first().cloned().unwrap_or_default(),
            routes,
            route: 0,
            fell_back: Vec::new(),
            spent: Spent::default(),
        })
    }

    /// What all of them have taken.
    pub(super) fn took(self) -> Took {
        Took {
            model: self.model,
            fell_back: self.fell_back,
            calls: self.spent.calls,
            tokens: self.spent.tokens,
            cost: self.spent.micro_usd,
        }
    }

    /// How many tokens a prompt may have so that so many more answers have room, and the model that is asked
    /// next takes it.
    pub(super) fn room(&self, answers: u64) -> u64 {
        let left = self.limits.tokens.saturating_sub(self.spent.tokens);
        left.saturating_sub(self.limits.answer.saturating_mul(answers))
            .min(self.window())
    }

    /// How many tokens a prompt may have, as far as somebody has said it of the model that is asked next.
    pub(super) fn window(&self) -> u64 {
        let next = self.routes.get(self.route);
        // Where it is not known, the call says what is wrong.
        let known = next.and_then(|model| self.hands.provider(model).ok());
        let Some((provider, own)) = known else {
            return u64::MAX;
        };
        let limits = provider.limits(&own);
        let answer = limits.answer.unwrap_or(u64::MAX).min(self.limits.answer);
        let context = limits.context.unwrap_or(u64::MAX);
        context.saturating_sub(answer)
    }

    /// Whether another call may be made.
    pub(super) fn has_another(&self) -> bool {
        self.spent.calls < self.limits.calls
    }

    /// Asks until somebody answers. A model that was not there is not asked again by the step.
    pub(super) async fn say(&mut self, prompt: &Prompt) -> Result<Said, Failure> {
        while let Some(model) = self.routes.get(self.route).cloned() {
            let failure = match self.of_model(&model, prompt).await {
                Ok(said) => {
                    self.model = model;
                    return complete(said, prompt);
                }
                Err(failure) => failure,
            };
            let has_other = self.route + 1 < self.routes.len();
            // What went wrong says more than that there is no further call.
            if !goes_elsewhere(&failure) || !has_other || !self.has_another() {
                return Err(failure);
            }
            self.fell_back.push(failure.message);
            self.route += 1;
        }
        Err(Failure::new("model-unnamed", "There is no model to ask."))
    }

    /// Asks one model, again while it is only busy.
    async fn of_model(&mut self, model: &str, prompt: &Prompt) -> Result<Said, Failure> {
        for attempt in 1.. {
            let trouble = match self.once(model, prompt).await? {
                Ok(said) => return Ok(said),
                Err(trouble) => trouble,
            };
            let pause = trouble.pause(attempt);
            if attempt >= TRIES || !self.has_another() {
                return Err(trouble.failure);
            }
            match pause {
                Some(pause) => self.hands.sleep(pause).await?,
                None => return Err(trouble.failure),
            }
        }
        unreachable!("it tries until it answers or has failed often enough")
    }

    /// One call. An error is one of the step; trouble is one of the provider.
    async fn once(
        &mut self,
        model: &str,
        prompt: &Prompt,
    ) -> Result<Result<Said, Trouble>, Failure> {
        let (provider, own) = self.hands.provider(model)?;
        let wire = wire::of(provider.wire);
        let price = provider.price(&own);
        if price.is_none() && self.hands.counts_money(model) {
            return Err(no_price(model));
        }
        let limits = provider.limits(&own);
        let mut prompt = prompt.seen_by(model);
        if let Some(answer) = limits.answer.filter(|most| *most < prompt.most) {
            prompt.to_mut().most = answer;
        }
        let input = prompt.tokens();
        let tokens = input + prompt.most;
        if let Some(context) = limits.context.filter(|context| tokens > *context) {
            return Ok(Err(Trouble::lasting(too_long(model, tokens, context))));
        }
        self.bounded(model, tokens)?;
        let most = Amount {
            calls: 1,
            tokens,
            micro_usd: price.map_or(0, |price| price.of(input, 0, prompt.most)),
        };
        let reads = Reader {
            wire,
            price,
            tells_cost: provider.tells_cost,
        };
        let asked = self.hands.call_model(Asking {
            model,
            path: wire.path(),
            headers: wire.headers(),
            body: wire.body(&provider, &own, &prompt),
            most,
            patience: PATIENCE,
            timeout: Duration::from_millis(self.limits.timeout),
            keep: self.limits.record,
            reads: &reads,
        });
        self.spent.calls += 1;
        let reply = match asked.await {
            Ok(reply) => reply,
            Err(failure) => {
                // What it took nobody knows.
                self.spent.tokens += tokens;
                self.spent.micro_usd += most.micro_usd;
                return status::unanswered(failure).map(Err);
            }
        };
        if reply.status != 200 {
            return Ok(Err(status::trouble(model, &reply)));
        }
        let said = match wire::read(wire, &reply) {
            Ok(said) => said,
            Err(why) => {
                self.spent.tokens += tokens;
                self.spent.micro_usd += most.micro_usd;
                return Ok(Err(Trouble::passing(unreadable(model, &why, &reply))));
            }
        };
        match &said.usage {
            Some(usage) => {
                self.spent.tokens += usage.input + usage.output;
                self.spent.micro_usd += reads.cost(usage).unwrap_or(0);
            }
            None => {
                self.spent.tokens += tokens;
                self.spent.micro_usd += most.micro_usd;
            }
        }
        Ok(match &said.error {
            Some(why) => {
                let why = shown(why, 300);
                let message = format!("`{model}` broke off: {why}");
                Err(Trouble::passing(Failure::new("model-failing", message)))
            }
            None => Ok(said),
        })
    }

    /// Refuses a call for which the step has no room.
    fn bounded(&self, model: &str, tokens: u64) -> Result<(), Failure> {
        let Spent {
            calls,
            tokens: spent,
            ..
        } = self.spent;
        let Limits {
            calls: most_calls,
            tokens: most,
            ..
        } = self.limits;
        if calls >= *most_calls {
            let message =
                format!("The step may make {most_calls} calls of models, and has made them.");
            return Err(exhausted("calls-exhausted", model, message)
                .help("Give the step more `calls` if it needs them."));
        }
        if spent + tokens > *most {
            let message = format!(
                "The next call may take {tokens} tokens, and of the {most} that the step may take {spent} are spent."
            );
            return Err(exhausted("tokens-exhausted", model, message)
                .help("Give the step more `tokens` if it needs them."));
        }
        Ok(())
    }
}

impl Prompt {
    /// About how many tokens it takes; not fewer, as models count.
    pub(super) fn tokens(&self) -> u64 {
        let turns: usize = self.turns.iter().map(Turn::size).sum();
        let schema = self.schema.as_ref().map_or(0, |it| it.to_string().len());
        let tools = self.tools.iter().map(|tool| {
            tool.name.len() + tool.description.len() + tool.parameters.to_string().len() + FRAME
        });
        let bytes = (self.system.len() + turns + schema + tools.sum::<usize>()) as u64;
        bytes.div_ceil(BYTES_A_TOKEN) + FRAME_TOKENS
    }
}

impl Prompt {
    /// The prompt for one model, without what only another one wants back.
    pub(super) fn seen_by(&self, model: &str) -> Cow<'_, Prompt> {
        let is_foreign = |turn: &Turn| matches!(turn, Turn::Model(spoken) if spoken.by != model && !spoken.kept.is_empty());
        if !self.turns.iter().any(is_foreign) {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        for turn in &mut own.turns {
            if let Turn::Model(spoken) = turn
                && spoken.by != model
            {
                spoken.kept.clear();
            }
        }
        Cow::Owned(own)
    }
}

impl Turn {
    /// About how many bytes it takes in a prompt.
    pub(super) fn size(&self) -> usize {
        let own = match self {
            Turn::User(text) => text.len(),
            Turn::Model(spoken) => {
                let calls = spoken.calls.iter();
                let calls = calls.map(|it| it.name.len() + it.arguments.len() + FRAME);
                let kept = spoken.kept.iter().map(|it| it.to_string().len());
                spoken.text.len() + calls.chain(kept).sum::<usize>()
            }
            Turn::Results(results) => results.iter().map(|it| it.text.len() + FRAME).sum(),
        };
        own + FRAME
    }
}

/// An answer that is one: not cut, not refused, and no call of a tool where there is none.
fn complete(said: Said, prompt: &Prompt) -> Result<Said, Failure> {
    match &said.stop {
        Some(Stop::Done) if prompt.tools.is_empty() => match said.called.calls().first() {
            Some(call) => {
                let name = shown(&call.name, 40);
                let message = format!("The answer is a call of `{name}`, and no tool was offered.");
                Err(Failure::new("model-stopped", message))
            }
            None => Ok(said),
        },
        Some(Stop::Length) => {
            let message = "The answer was cut: it had as many tokens as it may have.";
            Err(Failure::new("model-truncated", message)
                .help("Give the step a larger `answer`, or less to do at once."))
        }
        Some(Stop::Refused) => {
            let message = "The model, or its provider, refuses to answer this.";
            Err(Failure::new("model-refused", message))
        }
        Some(Stop::Other(word)) => {
            let message = format!("The answer ended for the reason `{}`.", shown(word, 40));
            Err(Failure::new("model-stopped", message))
        }
        _ => Ok(said),
    }
}

/// What says that a provider is not there for now, or that the model is not known or takes less: another may be
/// asked.
fn goes_elsewhere(failure: &Failure) -> bool {
    let codes = [
        "model-broken",
        "model-busy",
        "model-failing",
        "model-silent",
        "model-too-large",
        "model-too-long",
        "model-unknown",
        "model-unreachable",
        "model-wrong-type",
    ];
    failure.kind == FailureKind::Failed && codes.contains(&failure.code.as_str())
}

fn unreadable(model: &str, why: &Unreadable, reply: &Reply) -> Failure {
    match why {
        Unreadable::Type(kind) => {
            let begins = shown(reply.body.trim(), 200).replace(['\r', '\n'], " ");
            let kind = match kind.is_empty() {
                true => "no type".to_owned(),
                false => format!("the type `{}`", shown(kind, 60)),
            };
            let message = format!(
                "`{model}` was answered with {kind}, which is no answer of a model: {begins}"
            );
            Failure::new("model-wrong-type", message)
        }
        Unreadable::Json(why) => {
            let message = format!(
                "`{model}` has answered what is no JSON: {}.",
                shown(why, 200)
            );
            Failure::new("model-broken", message)
        }
        Unreadable::Cut => {
            let message = format!("The answer of `{model}` broke off.");
            Failure::new("model-broken", message)
        }
    }
}

/// Something that the step has no more of.
pub(super) fn exhausted(code: &str, model: &str, message: impl Into<String>) -> Failure {
    Failure {
        kind: FailureKind::Blocked(Missing {
            effect: "model".to_owned(),
            scope: model.to_owned(),
            limited_by: "mission".to_owned(),
            limited_at: None,
            grant: None,
        }),
        ..Failure::new(code, message)
    }
}

fn too_long(model: &str, tokens: u64, context: u64) -> Failure {
    let message = format!(
        "`{model}` takes {context} tokens, and a prompt and its answer may be {tokens}. It was not asked."
    );
    Failure::new("model-too-long", message)
        .help("Give the step a smaller `context` or `answer`, or a model that takes more.")
}

fn no_price(model: &str) -> Failure {
    let (provider, own) = model.split_once('/').unwrap_or((model, ""));
    let message = format!(
        "The money for `{model}` is limited, and nobody has said what it costs, so nothing can be reserved."
    );
    let table = format!(
        "[{provider}.models.{own:?}]\ninput = 0.0   # dollars for a million tokens\noutput = 0.0"
    );
    let mut failure = exhausted("price-unknown", model, message)
        .help(format!("Say it in `providers.toml`:\n{table}"))
        .detail(json!({ "model": model }));
    if let FailureKind::Blocked(missing) = &mut failure.kind {
        missing.limited_by = "machine".to_owned();
    }
    failure
}
