//! Models of the tests, and what is asked of them.

use std::collections::VecDeque;

use serde_json::Value;
use tau_interpreter::action::{Asking, Failure, Reply};
use tau_interpreter::providers::{Provider, Providers};

use super::Fake;

/// What models were asked and answer.
#[derive(Default)]
pub(super) struct Models {
    asked: Vec<(String, Value)>,
    /// What they answer next. A call too many is a panic.
    answers: VecDeque<Result<Reply, Failure>>,
    pub(super) counts_money: bool,
    /// What the step gave in earlier rounds.
    pub(super) earlier: Vec<Value>,
    /// What the paths begin with that may not be written.
    protected: Vec<String>,
}

impl Models {
    pub(super) fn call(&mut self, asking: Asking<'_>) -> Result<Reply, Failure> {
        self.asked.push((asking.model.to_owned(), asking.body));
        let next = self.answers.pop_front();
        next.expect("a call of a model too many")
    }

    pub(super) fn may_write(&self, path: &str) -> Result<(), String> {
        match self.protected.iter().any(|start| path.starts_with(start)) {
            true => Err("is what verifier `tests` protects".to_owned()),
            false => Ok(()),
        }
    }
}

/// One of those that are known without a file.
pub(super) fn provider(model: &str) -> Result<(Provider, String), Failure> {
    let providers = Providers::default();
    let found = providers.of(model);
    let (provider, name) = found.map_err(|why| Failure::new("provider-missing", why))?;
    Ok((provider.clone(), name.to_owned()))
}

impl Fake {
    /// What a model answers to the next call.
    pub(crate) fn answers_model(&self, answer: Result<Reply, Failure>) {
        self.world().models.answers.push_back(answer);
    }

    /// What models were asked: their names and the requests.
    pub(crate) fn asked_models(&self) -> Vec<(String, Value)> {
        self.world().models.asked.clone()
    }

    /// From now on, money is limited.
    pub(crate) fn counts_money(&self) {
        self.world().models.counts_money = true;
    }

    /// The step gave this in an earlier round.
    pub(crate) fn gave(&self, result: Value) {
        self.world().models.earlier.push(result);
    }

    /// Paths that begin so may not be written.
    pub(crate) fn protects(&self, start: &str) {
        self.world().models.protected.push(start.to_owned());
    }
}
