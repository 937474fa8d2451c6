//! `providers.toml`: what the operator says of providers.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;

use serde::Deserialize;

use super::{Price, Provider, Wire, built_in};
use crate::net::url::Url;
use crate::secrets::owned::{Exposed, check};

/// The most bytes of `providers.toml`.
pub const MAX_FILE: u64 = 256 * 1024;

/// The highest price that is taken: dollars for a million tokens.
const DEAREST: f64 = 1e6;

/// A provider as it is written. What is not said stays as it is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    url: Option<String>,
    wire: Option<Wire>,
    tells_cost: Option<bool>,
    completion_tokens: Option<bool>,
    key: Option<String>,
    key_field: Option<String>,
    default: Option<String>,
    #[serde(default)]
    addresses: Vec<IpAddr>,
    price: Option<WrittenPrice>,
    #[serde(default)]
    models: BTreeMap<String, WrittenPrice>,
}

/// Dollars for a million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrice {
    input: f64,
    output: f64,
    cached: Option<f64>,
}

/// The providers of a file, and those that it does not name. It says where keys are sent, so it
/// must be the user's own, and nobody else may be able to change it.
///
/// # Errors
/// What is wrong with it, as a sentence without its full stop.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Provider>, String> {
    let shown = path.display();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(built_in::all()),
        Err(error) => return Err(format!("`{shown}` cannot be read: {error}")),
    };
    check(&file, Exposed::ToWriters)
        .map_err(|why| format!("`{shown}` says where keys are sent, and {why}"))?;
    let mut text = String::new();
    let read = file.take(MAX_FILE + 1).read_to_string(&mut text);
    read.map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    if text.len() as u64 > MAX_FILE {
        return Err(format!("`{shown}` has more than {MAX_FILE} bytes"));
    }
    parse(&text).map_err(|why| format!("`{shown}`{why}"))
}

/// The error begins behind the file's name.
fn parse(text: &str) -> Result<BTreeMap<String, Provider>, String> {
    let written: BTreeMap<String, Written> =
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let before = error.span().map_or("", |span| &text[..span.start]);
            let line = before.matches('\n').count() + 1;
            format!(", line {line}: {}", error.message())
        })?;
    let mut all = built_in::all();
    for (name, written) in written {
        let known = all.remove(&name);
        let provider = written.provider(&name, known);
        let provider = provider.map_err(|why| format!(", provider `{name}`: {why}"))?;
        all.insert(name, provider);
    }
    Ok(all)
}

impl Written {
    fn provider(self, name: &str, known: Option<Provider>) -> Result<Provider, String> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            return Err("its name has other characters than letters, digits, `-`, `_`, `.`".into());
        }
        let base = match (&self.url, &known) {
            (Some(url), _) => Url::new(url).map_err(|why| format!("its `url`: {why}"))?,
            (None, Some(known)) => known.base.clone(),
            (None, None) => return Err("it has no `url`".to_owned()),
        };
        // INVARIANT: what is known of a provider holds only where it is known to be: its key is
        // not sent to another address because a row kept its name.
        let known = known.filter(|known| known.base.is_same_origin(&base));
        let wire = self.wire.or(known.as_ref().map(|it| it.wire));
        let price = self.price.as_ref().map(WrittenPrice::read).transpose()?;
        let prices = self.models.iter().map(|(model, price)| {
            let read = price.read();
            let read = read.map_err(|why| format!("model `{model}`: {why}"))?;
            Ok((model.clone(), read))
        });
        Ok(Provider {
            name: name.to_owned(),
            base,
            wire: wire.unwrap_or(Wire::Chat),
            key: self.key.or(known.as_ref().and_then(|it| it.key.clone())),
            key_field: self
                .key_field
                .or(known.as_ref().and_then(|it| it.key_field.clone())),
            default: self.default,
            addresses: self.addresses,
            price: price.or(known.as_ref().and_then(|it| it.price)),
            prices: prices.collect::<Result<_, String>>()?,
            tells_cost: self
                .tells_cost
                .unwrap_or_else(|| known.as_ref().is_some_and(|it| it.tells_cost)),
            completion_tokens: self
                .completion_tokens
                .unwrap_or_else(|| known.as_ref().is_some_and(|it| it.completion_tokens)),
        })
    }
}

impl WrittenPrice {
    fn read(&self) -> Result<Price, String> {
        let micros = |dollars: f64| match (0.0..=DEAREST).contains(&dollars) {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is in the range"
            )]
            true => Ok((dollars * 1e6).ceil() as u64),
            false => Err(format!(
                "a price is 0 to {DEAREST} dollars for a million tokens, and not {dollars}"
            )),
        };
        Ok(Price {
            input: micros(self.input)?,
            output: micros(self.output)?,
            cached: self.cached.map(micros).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_adds_to_what_is_known() {
        let all = parse(
            "[openrouter]\ndefault = \"a/x\"\n[openrouter.models.\"a/x\"]\ninput = 0.25\noutput = 2\ncached = 0.025\n\
             [local]\nurl = \"http://10.0.0.5:8000/v1\"\nwire = \"responses\"\nprice = { input = 0, output = 0 }\n",
        )
        .unwrap();
        let openrouter = &all["openrouter"];
        assert_eq!(openrouter.key.as_deref(), Some("OPENROUTER_API_KEY"));
        assert_eq!(openrouter.default.as_deref(), Some("a/x"));
        let price = openrouter.price("a/x").unwrap();
        assert_eq!(
            (price.input, price.output, price.cached),
            (250_000, 2_000_000, Some(25_000))
        );
        // What is not said is what it may cost at most.
        assert_eq!(openrouter.price("a/y").unwrap().input, 5_000_000);
        let local = &all["local"];
        assert_eq!((local.wire, &local.key), (Wire::Responses, &None));
        assert_eq!(local.price("any"), Some(Price::default()));
        assert!(all.contains_key("anthropic"));
    }

    #[test]
    fn a_row_elsewhere_loses_the_key_of_its_name() {
        let all = parse("[openai]\nurl = \"https://evil.example/v1\"\n").unwrap();
        assert_eq!(all["openai"].key, None);
        let all = parse("[openai]\nurl = \"https://api.openai.com/v2\"\n").unwrap();
        assert_eq!(all["openai"].key.as_deref(), Some("OPENAI_API_KEY"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let why = |text: &str| parse(text).unwrap_err();
        assert_eq!(why("[a]\n"), ", provider `a`: it has no `url`");
        assert!(why("[a]\nurl = \"x\"\n").starts_with(", provider `a`: its `url`: "));
        assert!(why("[openai]\nprise = 1\n").contains("unknown field `prise`"));
        assert!(why("[openai]\nprice = { input = -1, output = 0 }\n").contains("a price is 0 to"));
        assert!(why("[\"a b\"]\nurl = \"http://127.0.0.1/\"\n").contains("other characters"));
    }
}
