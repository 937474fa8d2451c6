//! How much is spent: whole numbers, so that sums are exact.

use std::iter::Sum;

use serde::{Deserialize, Serialize};
use tau_lang::authority::Limits;

/// An amount of calls, tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Calls of models.
    #[serde(default)]
    pub calls: u64,
    /// Tokens, in and out.
    #[serde(default)]
    pub tokens: u64,
    /// Money, in millionths of a dollar.
    #[serde(default)]
    pub micro_usd: u64,
}

impl Amount {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Amount) -> Amount {
        Amount {
            calls: self.calls.saturating_add(other.calls),
            tokens: self.tokens.saturating_add(other.tokens),
            micro_usd: self.micro_usd.saturating_add(other.micro_usd),
        }
    }

    /// The money in dollars, for readers.
    #[must_use]
    pub fn usd(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "it is only shown")]
        let micros = self.micro_usd as f64;
        micros / 1e6
    }

    /// The first limit that it goes beyond.
    pub(super) fn beyond(self, limits: Limits) -> Option<(&'static str, u64)> {
        let limits = [
            ("tokens", limits.tokens),
            ("money", limits.money),
            ("calls", limits.calls),
        ];
        limits.into_iter().find_map(|(what, limit)| {
            let limit = limit?;
            (self.get(what) > limit).then_some((what, limit))
        })
    }

    pub(super) fn get(self, what: &str) -> u64 {
        match what {
            "calls" => self.calls,
            "tokens" => self.tokens,
            _ => self.micro_usd,
        }
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(all: I) -> Amount {
        all.fold(Amount::default(), Amount::plus)
    }
}

/// A number of what it counts: `300`, or `$1.50`.
pub(super) fn told(what: &str, amount: u64) -> String {
    if what != "money" {
        return amount.to_string();
    }
    let cents = format!("{:06}", amount % 1_000_000);
    let exact = cents.trim_end_matches('0');
    format!("${}.{exact:0<2}", amount / 1_000_000)
}

/// The same with what it counts: `300 tokens`, `1 model call`.
pub(super) fn counted(what: &str, amount: u64) -> String {
    let told = told(what, amount);
    match (what, amount) {
        ("money", _) => told,
        ("calls", 1) => format!("{told} model call"),
        ("calls", _) => format!("{told} model calls"),
        (_, 1) => format!("{told} token"),
        _ => format!("{told} tokens"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_exactly() {
        let told = |micros| told("money", micros);
        assert_eq!(told(2_000_000), "$2.00");
        assert_eq!(told(1_500_000), "$1.50");
        assert_eq!(told(12_345), "$0.012345");
        assert_eq!(told(0), "$0.00");
    }
}
