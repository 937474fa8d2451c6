//! The providers of models: where they are, how they are spoken to, what they cost.
//!
//! A model is named `PROVIDER/MODEL`: what stands before the first `/` is a provider of this table,
//! the rest is its own name for the model. The table is the operator's (`providers.toml` or `providers.yaml` in the
//! user's configuration folder); some providers are known without it. A mission only ever names
//! models: it can change neither where a provider is nor which key is sent there.

mod built_in;
mod file;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tau_lang::authority::Pattern;

use crate::net::url::Url;
use crate::settings;

/// Every provider that is known.
#[derive(Clone, Debug)]
pub struct Providers {
    /// The operator's file, whether it is there or not.
    path: PathBuf,
    /// Or why the file cannot be used.
    all: Result<BTreeMap<String, Provider>, String>,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What it is called here.
    pub name: String,
    /// What the paths of its requests stand behind: `https://openrouter.ai/api/v1`.
    pub base: Url,
    /// How it is spoken to.
    pub wire: Wire,
    /// The name of the secret that is sent along.
    pub key: Option<String>,
    /// The field that has it; `Authorization: Bearer …` without one.
    pub key_field: Option<String>,
    /// The model that is asked where a pattern is granted.
    pub default: Option<String>,
    /// Its addresses that are not public, beside that which is written in `base`.
    pub addresses: Vec<IpAddr>,
    /// What its models cost that have no price of their own.
    pub price: Option<Price>,
    /// What each of its models costs, by its own name for it.
    pub prices: BTreeMap<String, Price>,
    /// How much its models take and give that have no limits of their own.
    pub limits: Limits,
    /// How much each of its models takes and gives.
    pub limited: BTreeMap<String, Limits>,
    /// Whether its answers say what they cost.
    pub tells_cost: bool,
    /// Whether it wants `max_completion_tokens` where others want `max_tokens`.
    pub completion_tokens: bool,
}

/// The form of requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// OpenAI's chat completions, which most others speak, too.
    Chat,
    /// Anthropic's Messages.
    Messages,
    /// OpenAI's Responses.
    Responses,
}

/// What tokens cost, in millionths of a dollar for a million of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Those of a request.
    pub input: u64,
    /// Those of an answer.
    pub output: u64,
    /// Those of a request that the provider has kept from an earlier one; as the others if that is
    /// not said.
    pub cached: Option<u64>,
}

/// The most that a model takes and gives, in tokens, as far as somebody has said it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of a prompt and its answer together.
    pub context: Option<u64>,
    /// Of an answer.
    pub answer: Option<u64>,
}

impl Providers {
    /// What a file says beside what is known without it, whichever of its spellings is there. What is
    /// wrong with it is told when a model is asked.
    #[must_use]
    pub fn read(path: &Path) -> Providers {
        let found = settings::find(path);
        Providers {
            path: found.clone().unwrap_or_else(|_| path.to_owned()),
            all: found.and_then(|path| file::read(&path)),
        }
    }

    /// The provider of a model, and its own name for it.
    ///
    /// # Errors
    /// There is none, as a sentence that says what to do.
    pub fn of<'m>(&self, model: &'m str) -> Result<(&Provider, &'m str), String> {
        let all = self.all.as_ref().map_err(|why| format!("{why}."))?;
        let named = model.split_once('/');
        let named = named.filter(|(_, rest)| !rest.is_empty());
        let Some((provider, rest)) = named else {
            return Err(format!(
                "`{model}` names no provider: a model is `PROVIDER/MODEL`, such as `openrouter/openai/gpt-5`."
            ));
        };
        match all.get(provider) {
            Some(found) => Ok((found, rest)),
            None => Err(format!(
                "There is no provider `{provider}`: `{}` can say where it is, below its name. \
                 There are {}.",
                self.path.display(),
                all.keys().cloned().collect::<Vec<_>>().join(", ")
            )),
        }
    }

    /// The models that a granted scope stands for: itself, or those that the operator asks by
    /// default and the pattern covers.
    #[must_use]
    pub fn meant(&self, scope: &Pattern) -> Vec<String> {
        let Pattern::Name(name) = scope else {
            return Vec::new();
        };
        if !name.contains('*') {
            return vec![name.clone()];
        }
        let all = self.all.iter().flat_map(BTreeMap::values);
        let defaults = all.filter_map(|it| Some(format!("{}/{}", it.name, it.default.as_ref()?)));
        defaults.filter(|model| scope.covers(model)).collect()
    }

    /// The operator's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Default for Providers {
    /// Those that are known without a file.
    fn default() -> Providers {
        Providers {
            path: PathBuf::from("providers.toml"),
            all: Ok(built_in::all()),
        }
    }
}

impl Provider {
    /// What a model costs, if that is known.
    #[must_use]
    pub fn price(&self, model: &str) -> Option<Price> {
        self.prices.get(model).copied().or(self.price)
    }

    /// How much a model takes and gives: what is said of it, and else what is said of all.
    #[must_use]
    pub fn limits(&self, model: &str) -> Limits {
        let own = self.limited.get(model).copied().unwrap_or_default();
        Limits {
            context: own.context.or(self.limits.context),
            answer: own.answer.or(self.limits.answer),
        }
    }

    /// Where a request goes.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base.to_string().trim_end_matches('/'))
    }
}

impl Price {
    /// What so many tokens cost, in millionths of a dollar, rounded up.
    #[must_use]
    pub fn of(&self, input: u64, cached: u64, output: u64) -> u64 {
        let part = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let cached = cached.min(input);
        let all = part(input - cached, self.input)
            + part(cached, self.cached.unwrap_or(self.input))
            + part(output, self.output);
        u64::try_from(all.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_its_provider() {
        let providers = Providers::default();
        let (provider, model) = providers.of("openrouter/anthropic/claude-x").unwrap();
        assert_eq!(
            (provider.name.as_str(), model),
            ("openrouter", "anthropic/claude-x")
        );
        assert_eq!(
            provider.url("/chat/completions"),
            "https://openrouter.ai/api/v1/chat/completions"
        );
        let why = providers.of("gpt-5").unwrap_err();
        assert!(why.starts_with("`gpt-5` names no provider"), "{why}");
        let why = providers.of("acme/x").unwrap_err();
        assert!(
            why.contains("no provider `acme`: `providers.toml` can say"),
            "{why}"
        );
    }

    #[test]
    fn a_pattern_means_what_the_operator_asks_by_default() {
        let mut providers = Providers::default();
        let all = providers.all.as_mut().unwrap();
        all.get_mut("openrouter").unwrap().default = Some("a/x".to_owned());
        all.get_mut("ollama").unwrap().default = Some("y".to_owned());
        let meant = |scope: &str| {
            let effect = tau_lang::syntax::tree::Effect::Model;
            providers.meant(&Pattern::new(effect, scope).unwrap())
        };
        assert_eq!(meant("openrouter/*"), ["openrouter/a/x"]);
        assert_eq!(meant("openrouter/b/*"), Vec::<String>::new());
        assert_eq!(meant("*"), ["ollama/y", "openrouter/a/x"]);
        assert_eq!(meant("ollama/z"), ["ollama/z"]);
    }

    #[test]
    fn tokens_cost_what_their_kind_costs() {
        let price = Price {
            input: 3_000_000,
            output: 15_000_000,
            cached: Some(300_000),
        };
        assert_eq!(price.of(1_000_000, 0, 0), 3_000_000);
        assert_eq!(price.of(1_000_000, 1_000_000, 100_000), 1_800_000);
        assert_eq!(price.of(1, 0, 0), 3);
        assert_eq!(Price::default().of(10, 10, 10), 0);
    }
}
