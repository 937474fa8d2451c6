//! The providers that are known without the operator's file.

use std::collections::BTreeMap;

use super::{Limits, Price, Provider, Wire};
use crate::net::url::Url;

/// A provider in one line.
struct Row {
    name: &'static str,
    base: &'static str,
    wire: Wire,
    key: Option<&'static str>,
    key_field: Option<&'static str>,
    /// It runs here, and costs nothing that anybody counts.
    is_local: bool,
}

/// The most that a model of OpenRouter may cost where its price is not said: requests tell it, so nobody
/// who is dearer answers.
const CAP: Price = Price {
    input: 5_000_000,
    output: 25_000_000,
    cached: None,
};

const ROWS: &[Row] = &[
    Row {
        name: "anthropic",
        base: "https://api.anthropic.com/v1",
        wire: Wire::Messages,
        key: Some("ANTHROPIC_API_KEY"),
        key_field: Some("x-api-key"),
        is_local: false,
    },
    local("llama.cpp", "http://127.0.0.1:8080/v1"),
    local("ollama", "http://127.0.0.1:11434/v1"),
    Row {
        name: "openai",
        base: "https://api.openai.com/v1",
        wire: Wire::Chat,
        key: Some("OPENAI_API_KEY"),
        key_field: None,
        is_local: false,
    },
    Row {
        name: "openrouter",
        base: "https://openrouter.ai/api/v1",
        wire: Wire::Chat,
        key: Some("OPENROUTER_API_KEY"),
        key_field: None,
        is_local: false,
    },
    local("vllm", "http://127.0.0.1:8000/v1"),
];

const fn local(name: &'static str, base: &'static str) -> Row {
    Row {
        name,
        base,
        wire: Wire::Chat,
        key: None,
        key_field: None,
        is_local: true,
    }
}

/// Each by its name.
pub(super) fn all() -> BTreeMap<String, Provider> {
    let providers = ROWS.iter().filter_map(|row| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let provider = Provider {
            name: row.name.to_owned(),
            // A test keeps that every one is an address.
            base: Url::new(row.base).ok()?,
            wire: row.wire,
            key: owned(row.key),
            key_field: owned(row.key_field),
            default: None,
            addresses: Vec::new(),
            price: match row.name {
                "openrouter" => Some(CAP),
                _ => row.is_local.then(Price::default),
            },
            prices: BTreeMap::new(),
            limits: Limits::default(),
            limited: BTreeMap::new(),
            tells_cost: row.name == "openrouter",
            completion_tokens: row.name == "openai",
        };
        Some((row.name.to_owned(), provider))
    });
    providers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_an_address() {
        assert_eq!(all().len(), ROWS.len());
    }
}
