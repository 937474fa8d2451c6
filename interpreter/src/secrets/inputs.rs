//! Inputs that are secret: their values are in no record of a run.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value as Json};
use tau_lang::plan::Plan;
use tau_lang::types::{Plain, Type};

use super::{Seal, Secrets};

/// Whether values of a type have a secret in them.
#[must_use]
pub fn is_secret(ty: &Type) -> bool {
    match ty {
        Type::Plain(plain) => *plain == Plain::Secret,
        Type::List(inner) | Type::Map(inner) => is_secret(inner),
        Type::Optional(inner) | Type::Untrusted(inner) => is_secret(inner),
        Type::Named(_, inner) => is_secret(inner),
        Type::Record(fields) => fields.iter().any(|(_, ty)| is_secret(ty)),
        Type::Any | Type::None | Type::Choice(_) => false,
    }
}

impl Secrets {
    /// Takes the secret ones out of the inputs that were given, and remembers them.
    ///
    /// # Errors
    /// One sentence for each that cannot be kept secret.
    pub fn take(&self, plan: &Plan, inputs: &mut Map<String, Json>) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        for input in plan.inputs.iter().filter(|input| is_secret(&input.ty)) {
            let Some(value) = inputs.remove(&input.name) else {
                continue;
            };
            // One of the wrong type is told by whoever binds the inputs.
            let typed = input.ty.coerce(value.clone()).unwrap_or(value.clone());
            if let Err(why) = self.give(&input.name, &input.ty, &typed, &value) {
                wrong.push(format!("input `{}`: {why}", input.name));
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong),
        }
    }

    /// Remembers an input: `value` as it was given, which is `typed` in its type.
    fn give(&self, name: &str, ty: &Type, typed: &Json, value: &Json) -> Result<(), super::Weak> {
        let mut texts = Vec::new();
        secret_texts(ty, typed, &mut texts);
        for text in texts {
            self.hide(name, text)?;
        }
        let value = SecretString::from(value.to_string());
        self.given().insert(name.to_owned(), value);
        Ok(())
    }

    /// The inputs that were given, as they were.
    #[must_use]
    pub fn inputs(&self) -> Map<String, Json> {
        let given = self.given();
        let value = |value: &SecretString| serde_json::from_str(value.expose_secret());
        let all = given
            .iter()
            .map(|(name, it)| (name.clone(), value(it).unwrap_or_default()));
        all.collect()
    }

    /// Whether any was given.
    #[must_use]
    pub fn has_inputs(&self) -> bool {
        !self.given().is_empty()
    }

    /// What a record may hold of them: that they were given, and whether it is the same.
    #[must_use]
    pub fn input_digests(&self, seal: &Seal) -> BTreeMap<String, String> {
        let given = self.given();
        let digests = given
            .iter()
            .map(|(name, value)| (name.clone(), seal.digest(name, value.expose_secret())));
        digests.collect()
    }

    /// Asks the source of each secret input that was not given and whose secret the mission grants
    /// itself, `granted`. What has none stays absent.
    pub async fn fill(&self, plan: &Plan, granted: impl Fn(&str) -> bool) {
        for input in &plan.inputs {
            let is_text = *input.ty.bare() == Type::Plain(Plain::Secret);
            let is_given = self.given().contains_key(&input.name);
            if !is_text || is_given || !granted(&input.name) {
                continue;
            }
            if let Ok(value) = self.value(&input.name).await {
                let value = Json::from(value.expose_secret());
                // A source gives nothing that cannot be hidden.
                let _ = self.give(&input.name, &input.ty, &value, &value);
            }
        }
    }

    /// The secret inputs that a run was given once and are not here now, and those that it needs.
    #[must_use]
    pub fn absent<'p>(
        &self,
        plan: &'p Plan,
        once: &BTreeMap<String, String>,
    ) -> Vec<&'p tau_lang::library::Param> {
        let given = self.given();
        let inputs = plan.inputs.iter();
        inputs
            .filter(|input| is_secret(&input.ty) && !given.contains_key(&input.name))
            .filter(|input| once.contains_key(&input.name))
            .collect()
    }

    pub(super) fn given(&self) -> MutexGuard<'_, BTreeMap<String, SecretString>> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// These inputs with the secret ones that were given.
#[must_use]
pub fn with_inputs(inputs: &Map<String, Json>, secrets: &Secrets) -> Map<String, Json> {
    let mut all = inputs.clone();
    all.extend(secrets.inputs());
    all
}

/// The texts of a value that its type calls secret.
fn secret_texts<'v>(ty: &Type, value: &'v Json, found: &mut Vec<&'v str>) {
    match (ty, value) {
        (Type::Plain(Plain::Secret), Json::String(text)) => found.push(text),
        (Type::Optional(inner) | Type::Untrusted(inner), _) => secret_texts(inner, value, found),
        (Type::Named(_, inner), _) => secret_texts(inner, value, found),
        (Type::List(inner), Json::Array(items)) => {
            items
                .iter()
                .for_each(|item| secret_texts(inner, item, found));
        }
        (Type::Map(inner), Json::Object(fields)) => {
            fields
                .values()
                .for_each(|value| secret_texts(inner, value, found));
        }
        (Type::Record(types), Json::Object(fields)) => {
            for (name, ty) in types {
                if let Some(value) = fields.get(name) {
                    secret_texts(ty, value, found);
                }
            }
        }
        _ => {}
    }
}
