//! `model.ask`

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::{Call, Failure, Look, Observe, Running};
use tau_lang::types::{Docs, Type};

use super::calls::{Calls, Limits, Took};
use super::wire::{Prompt, Spoken, Turn};
use crate::perform::perform_waiting;
use crate::shown::shown;

/// Asks a model.
pub(super) struct Ask;

/// The field of the face's result that has the type which a step names, and of an object around a
/// value that is none itself: a schema is mostly that of an object.
const VALUE: &str = "value";

#[derive(Deserialize)]
struct Params {
    prompt: String,
    system: String,
    /// The JSON schema of the type that is asked for; empty for text.
    r#as: String,
    #[serde(flatten)]
    limits: Limits,
}

/// The `ModelAnswer` of the face.
#[derive(Serialize)]
pub(crate) struct Given {
    text: String,
    pub(crate) value: Value,
    #[serde(flatten)]
    pub(crate) took: Took,
}

impl Observe for Ask {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        let ty = field(&call.result);
        perform_waiting(call, hands, move |params, hands| ask(params, ty, hands))
    }
}

fn field(result: &Type) -> Type {
    match result.bare() {
        Type::Record(fields) => {
            let found = fields.iter().find(|(name, _)| name == VALUE);
            found.map_or(Type::Any, |(_, ty)| ty.clone())
        }
        _ => Type::Any,
    }
}

async fn ask(params: Params, ty: Type, hands: &dyn Look) -> Result<Given, Failure> {
    let wanted = Wanted::new(&params.r#as, ty);
    answered(params.system, params.prompt, wanted, &params.limits, hands).await
}

/// A model's answer as a record type, for an action that asks one itself.
///
/// # Errors
/// As of `model.ask`: nobody may be asked, nobody answers, or none of the answers is such a record.
pub(crate) async fn ask_for(
    ty: Type,
    system: &str,
    prompt: String,
    limits: &Limits,
    hands: &dyn Look,
) -> Result<Given, Failure> {
    let schema = ty.json_schema(&Docs::default()).to_string();
    let wanted = Wanted::new(&schema, ty);
    answered(system.to_owned(), prompt, wanted, limits, hands).await
}

/// Asks until an answer is one.
async fn answered(
    system: String,
    prompt: String,
    wanted: Option<Wanted>,
    limits: &Limits,
    hands: &dyn Look,
) -> Result<Given, Failure> {
    let mut calls = Calls::new(limits, hands)?;
    let mut prompt = Prompt {
        system: match &wanted {
            Some(wanted) => format!("{system}\n\n{}", wanted.told()),
            None => system,
        },
        turns: vec![Turn::User(prompt)],
        schema: wanted.as_ref().map(|wanted| wanted.schema.clone()),
        tools: Vec::new(),
        most: limits.answer,
        reasoning: limits.effort(),
    };
    loop {
        let said = calls.say(&prompt).await?;
        let read = wanted
            .as_ref()
            .map_or(Ok(Value::Null), |it| it.read(&said.text));
        let why = match read {
            Ok(value) => {
                return Ok(Given {
                    text: said.text,
                    value,
                    took: calls.took(),
                });
            }
            Err(why) => why,
        };
        if !calls.has_another() {
            let message =
                format!("The model gave no answer of the type that was asked for: {why}.");
            return Err(Failure::new("model-answer-invalid", message)
                .detail(json!({ "text": shown(&said.text, 4000) })));
        }
        let again =
            format!("Your answer is not what was asked for: {why}. Send only the JSON, corrected.");
        prompt.turns.push(Turn::Model(Spoken::text(said.text)));
        prompt.turns.push(Turn::User(again));
    }
}

/// An answer of a type.
struct Wanted {
    /// Of an object.
    schema: Value,
    /// The value is a field of that object.
    is_wrapped: bool,
    ty: Type,
}

impl Wanted {
    fn new(schema: &str, ty: Type) -> Option<Wanted> {
        let mut schema: Value = serde_json::from_str(schema).ok()?;
        if let Some(fields) = schema.as_object_mut() {
            // What it is a draft of, providers do not want to know.
            fields.remove("$schema");
        }
        let is_wrapped = schema["type"] != "object";
        if is_wrapped {
            let defined = schema.as_object_mut().and_then(|it| it.remove("$defs"));
            schema = json!({
                "type": "object",
                "properties": { VALUE: schema },
                "required": [VALUE],
                "additionalProperties": false,
            });
            if let Some(defined) = defined {
                schema["$defs"] = defined;
            }
        }
        Some(Wanted {
            schema,
            is_wrapped,
            ty,
        })
    }

    fn told(&self) -> String {
        let schema = &self.schema;
        format!("Answer with JSON that has this schema, and with nothing else:\n\n{schema}")
    }

    /// The value of an answer; why it is none, as a clause.
    fn read(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let inner = text
            .strip_prefix("```json")
            .or_else(|| text.strip_prefix("```"));
        let inner = inner.and_then(|inner| inner.strip_suffix("```"));
        let read = serde_json::from_str(inner.unwrap_or(text));
        let mut value: Value = read.map_err(|error| format!("it is no JSON: {error}"))?;
        if self.is_wrapped {
            let field = value.get_mut(VALUE).map(Value::take);
            value = field.ok_or_else(|| format!("it has no field `{VALUE}`"))?;
        }
        self.ty.given(value)
    }
}
