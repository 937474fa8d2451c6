//! What an agent says that it has used. It is the word of a program that nobody trusts, so it makes an
//! account larger and never smaller; what it does not say is not known.
//!
//! By the Agent Client Protocol it is said in `usage_update` (the cost so far, and the tokens that are in use)
//! and, by newer agents, in the answer to the prompt. A command says it in lines of JSON, of which these
//! are known:
//!
//! - `claude --output-format stream-json` and `json`: `assistant` with the usage of one answer, which comes again
//!   for each part of it; `result` with that of all of them, and `total_cost_usd`
//! - `codex exec --json`: `turn.completed` with the usage of a turn
//! - `opencode run --format json`: `step_finish` with the tokens and the cost of a step

use std::collections::BTreeMap;

use serde_json::Value;
use tau_interpreter::ledger::Amount;

/// How many answers are told apart. Further ones with parts are counted for each part.
const ANSWERS: usize = 10_000;

/// What is known of one start.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Usage {
    /// Tokens that were told in one sum.
    whole: Option<u64>,
    /// Tokens that were told turn by turn.
    turns: Option<u64>,
    /// Tokens of answers that are told several times.
    answers: BTreeMap<String, u64>,
    /// Money that was told in one sum, in millionths of a dollar.
    cost: Option<u64>,
    /// Money that was told turn by turn.
    costs: Option<u64>,
}

impl Usage {
    /// The most tokens that it has said; `None` when it has said none.
    pub(super) fn tokens(&self) -> Option<u64> {
        let answers = (!self.answers.is_empty()).then(|| {
            let all = self.answers.values();
            all.fold(0, |sum: u64, one| sum.saturating_add(*one))
        });
        let turns = match (self.turns, answers) {
            (Some(turns), Some(answers)) => Some(turns.saturating_add(answers)),
            (turns, answers) => turns.or(answers),
        };
        self.whole.max(turns)
    }

    /// The most money that it has said, in millionths of a dollar.
    pub(super) fn micro_usd(&self) -> Option<u64> {
        self.cost.max(self.costs)
    }

    /// What it has said beyond what it may, as a clause: `1200 tokens of 1000`.
    pub(super) fn beyond(&self, most: Amount) -> Option<String> {
        if let Some(tokens) = self.tokens().filter(|it| *it > most.tokens) {
            return Some(format!("{tokens} tokens, and may use {}", most.tokens));
        }
        let money = self.micro_usd().filter(|it| *it > most.micro_usd)?;
        let dollars = |micro| {
            Amount {
                micro_usd: micro,
                ..Amount::default()
            }
            .usd()
        };
        Some(format!(
            "${:.4}, and may use ${:.4}",
            dollars(money),
            dollars(most.micro_usd)
        ))
    }

    /// Reads a line of an agent that is told by text.
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim();
        if !line.starts_with('{') {
            return;
        }
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            return;
        };
        match event["type"].as_str() {
            Some("turn.completed") => self.turn(codex(&event["usage"])),
            Some("assistant") => self.answer(&event["message"]),
            Some("result") => {
                self.whole = self.whole.max(anthropic(&event["usage"]));
                self.cost = self.cost.max(dollars(&event["total_cost_usd"]));
            }
            Some("step_finish") => {
                let part = &event["part"];
                self.turn(opencode(&part["tokens"]));
                if let Some(cost) = dollars(&part["cost"]) {
                    self.costs = Some(self.costs.unwrap_or(0).saturating_add(cost));
                }
            }
            _ => {}
        }
    }

    /// Reads `usage_update` of the protocol. `used` is what is in the context now: no fewer were used.
    pub(super) fn updated(&mut self, update: &Value) {
        self.whole = self.whole.max(update["used"].as_u64());
        let cost = &update["cost"];
        if cost["currency"] == "USD" {
            self.cost = self.cost.max(dollars(&cost["amount"]));
        }
    }

    /// Reads `usage` of the answer to a prompt.
    pub(super) fn answered(&mut self, usage: &Value) {
        let parts = sum(usage, &["inputTokens", "outputTokens"]);
        self.whole = self.whole.max(usage["totalTokens"].as_u64()).max(parts);
    }

    fn turn(&mut self, tokens: Option<u64>) {
        if let Some(tokens) = tokens {
            self.turns = Some(self.turns.unwrap_or(0).saturating_add(tokens));
        }
    }

    /// One part of an answer, with the usage of all of it so far.
    fn answer(&mut self, message: &Value) {
        let Some(tokens) = anthropic(&message["usage"]) else {
            return;
        };
        let Some(id) = message["id"].as_str() else {
            return self.turn(Some(tokens));
        };
        let has_room = self.answers.len() < ANSWERS;
        match self.answers.get_mut(id) {
            Some(known) => *known = tokens.max(*known),
            None if has_room => {
                self.answers.insert(id.to_owned(), tokens);
            }
            None => self.turn(Some(tokens)),
        }
    }
}

/// `cached_input_tokens` are some of the input.
fn codex(usage: &Value) -> Option<u64> {
    sum(usage, &["input_tokens", "output_tokens"])
}

/// What was cached is not in the input.
fn anthropic(usage: &Value) -> Option<u64> {
    sum(
        usage,
        &[
            "input_tokens",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "output_tokens",
        ],
    )
}

fn opencode(tokens: &Value) -> Option<u64> {
    let own = sum(tokens, &["input", "output", "reasoning"])?;
    let cached = sum(&tokens["cache"], &["read", "write"]).unwrap_or(0);
    Some(own.saturating_add(cached))
}

/// The fields that are there; `None` when none is.
fn sum(object: &Value, fields: &[&str]) -> Option<u64> {
    let all = fields.iter().filter_map(|field| object[field].as_u64());
    all.reduce(u64::saturating_add)
}

/// Millionths of a dollar, rounded up.
fn dollars(amount: &Value) -> Option<u64> {
    let amount = amount.as_f64().filter(|it| it.is_finite() && *it >= 0.0)?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and what is too much is the most"
    )]
    let micro = (amount * 1e6).ceil() as u64;
    Some(micro)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(lines: &[Value]) -> Usage {
        let mut usage = Usage::default();
        for line in lines {
            usage.line(&line.to_string());
        }
        usage
    }

    #[test]
    fn agents_say_it_in_their_own_ways() {
        let usage = json!({ "input_tokens": 10, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 30, "output_tokens": 4 });
        let part = json!({ "type": "assistant", "message": { "id": "m1", "usage": usage } });
        let claude = said(&[part.clone(), part.clone()]);
        assert_eq!((claude.tokens(), claude.micro_usd()), (Some(64), None));
        let total = json!({ "type": "result", "total_cost_usd": 0.0123, "usage": { "input_tokens": 100, "output_tokens": 5 } });
        let claude = said(&[part, total]);
        assert_eq!(
            (claude.tokens(), claude.micro_usd()),
            (Some(105), Some(12_300))
        );
        let codex = said(&[
            json!({ "type": "thread.started", "thread_id": "t" }),
            json!({ "type": "turn.completed", "usage": { "input_tokens": 24763, "cached_input_tokens": 24448, "output_tokens": 122 } }),
        ]);
        assert_eq!((codex.tokens(), codex.micro_usd()), (Some(24_885), None));
        let step = json!({ "type": "step_finish", "part": { "type": "step-finish", "cost": 0.002,
            "tokens": { "input": 7, "output": 2, "reasoning": 1, "cache": { "read": 40, "write": 0 } } } });
        let opencode = said(&[step.clone(), step]);
        assert_eq!(
            (opencode.tokens(), opencode.micro_usd()),
            (Some(100), Some(4_000))
        );
    }

    #[test]
    fn what_is_nonsense_says_nothing_and_nothing_is_made_smaller() {
        let usage = said(&[
            json!({ "type": "result", "total_cost_usd": -1.0, "usage": { "input_tokens": -5, "output_tokens": "many" } }),
            json!({ "type": "turn.completed", "usage": null }),
            json!(["type"]),
        ]);
        assert_eq!(usage, Usage::default());
        assert_eq!((usage.tokens(), usage.micro_usd()), (None, None));
        let turn =
            |tokens: u64| json!({ "type": "turn.completed", "usage": { "input_tokens": tokens } });
        let usage = said(&[
            turn(u64::MAX),
            turn(5),
            json!({ "type": "result", "total_cost_usd": 1e300, "usage": { "input_tokens": 1 } }),
        ]);
        assert_eq!(
            (usage.tokens(), usage.micro_usd()),
            (Some(u64::MAX), Some(u64::MAX))
        );
    }

    #[test]
    fn the_protocol_tells_the_cost_so_far_and_what_is_in_use() {
        let mut usage = Usage::default();
        let cost = |amount: f64, currency: &str| json!({ "used": 900, "size": 1000, "cost": { "amount": amount, "currency": currency } });
        usage.updated(&cost(0.5, "USD"));
        usage.updated(&cost(0.1, "USD"));
        usage.updated(&cost(9.0, "EUR"));
        assert_eq!(
            (usage.tokens(), usage.micro_usd()),
            (Some(900), Some(500_000))
        );
        usage.answered(&json!({ "totalTokens": 1200, "inputTokens": 1000, "outputTokens": 200 }));
        assert_eq!(usage.tokens(), Some(1200));
        let most = Amount {
            calls: 1,
            tokens: 1200,
            micro_usd: 400_000,
        };
        assert_eq!(usage.beyond(most).unwrap(), "$0.5000, and may use $0.4000");
        assert_eq!(
            usage.beyond(Amount {
                micro_usd: 500_000,
                ..most
            }),
            None
        );
        assert_eq!(
            usage.beyond(Amount { tokens: 5, ..most }).unwrap(),
            "1200 tokens, and may use 5"
        );
    }
}
