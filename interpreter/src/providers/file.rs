//! `providers.toml`, `providers.yaml`: what the operator says of providers.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use serde::Deserialize;

use super::{Limits, Price, Provider, Wire, built_in};
use crate::net::url::Url;
use crate::settings;

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
    context: Option<u64>,
    answer: Option<u64>,
    #[serde(default)]
    models: BTreeMap<String, WrittenModel>,
}

/// One model, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModel {
    input: Option<f64>,
    output: Option<f64>,
    cached: Option<f64>,
    context: Option<u64>,
    answer: Option<u64>,
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
    let written = settings::read(path, "says where keys are sent")?;
    all(path, written.unwrap_or_default())
}

/// Each as it is written, and those that are not.
fn all(
    path: &Path,
    written: BTreeMap<String, Written>,
) -> Result<BTreeMap<String, Provider>, String> {
    let mut all = built_in::all();
    for (name, written) in written {
        let known = all.remove(&name);
        let provider = written.provider(&name, known);
        let provider =
            provider.map_err(|why| format!("`{}`, provider `{name}`: {why}", path.display()))?;
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
        let prices = self.models.iter().filter_map(|(model, written)| {
            let read = written.price().transpose()?;
            let read = read.map_err(|why| format!("model `{model}`: {why}"));
            Some(read.map(|price| (model.clone(), price)))
        });
        let limited = self.models.iter().map(|(model, written)| {
            let read = limits(written.context, written.answer);
            let read = read.map_err(|why| format!("model `{model}`: {why}"))?;
            Ok((model.clone(), read))
        });
        let limits = limits(self.context, self.answer)?;
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
            limits,
            limited: limited.collect::<Result<_, String>>()?,
            tells_cost: self
                .tells_cost
                .unwrap_or_else(|| known.as_ref().is_some_and(|it| it.tells_cost)),
            completion_tokens: self
                .completion_tokens
                .unwrap_or_else(|| known.as_ref().is_some_and(|it| it.completion_tokens)),
        })
    }
}

/// Limits that leave something to ask and to answer.
fn limits(context: Option<u64>, answer: Option<u64>) -> Result<Limits, String> {
    if context == Some(0) || answer == Some(0) {
        return Err("its `context` and `answer` are at least one token".to_owned());
    }
    if let (Some(context), Some(answer)) = (context, answer)
        && answer >= context
    {
        return Err(format!(
            "its `answer` of {answer} tokens leaves nothing of its `context` of {context} to ask in"
        ));
    }
    Ok(Limits { context, answer })
}

impl WrittenModel {
    fn price(&self) -> Result<Option<Price>, String> {
        match (self.input, self.output, self.cached) {
            (Some(input), Some(output), cached) => {
                let price = WrittenPrice {
                    input,
                    output,
                    cached,
                };
                price.read().map(Some)
            }
            (None, None, None) => Ok(None),
            _ => Err("a price is `input` and `output` together".to_owned()),
        }
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

    fn parse(text: &str) -> Result<BTreeMap<String, Provider>, String> {
        let path = Path::new("p.toml");
        all(path, settings::parse(path, text)?)
    }

    #[test]
    fn yaml_says_the_same() {
        let path = Path::new("p.yaml");
        let text = "local:\n  url: http://127.0.0.1:8000/v1\n  wire: messages\n  key: LOCAL_KEY\n  addresses: [10.0.0.5]\n  \
                    price: { input: 1, output: 2.5 }\n  context: 32000\n  models:\n    a/x: { context: 8192, answer: 1024 }\n";
        let yaml = &all(path, settings::parse(path, text).unwrap()).unwrap()["local"];
        let toml = &parse(
            "[local]\nurl = \"http://127.0.0.1:8000/v1\"\nwire = \"messages\"\nkey = \"LOCAL_KEY\"\naddresses = [\"10.0.0.5\"]\n\
             price = { input = 1, output = 2.5 }\ncontext = 32000\n[local.models.\"a/x\"]\ncontext = 8192\nanswer = 1024\n",
        )
        .unwrap()["local"];
        assert_eq!(format!("{yaml:?}"), format!("{toml:?}"));
        // A model without a price of its own has that of all.
        assert_eq!(yaml.price("a/x").unwrap().output, 2_500_000);
        let limits = |context, answer| Limits { context, answer };
        assert_eq!(yaml.limits("a/x"), limits(Some(8192), Some(1024)));
        assert_eq!(yaml.limits("b"), limits(Some(32_000), None));
    }

    #[test]
    fn what_the_page_shows_is_read() {
        let page = include_str!("../../../docs/src/reference/providers.md");
        let shown = page.split("```yaml\n").nth(1).unwrap();
        let shown = shown.split("```").next().unwrap();
        let path = Path::new("p.yaml");
        let all = all(path, settings::parse(path, shown).unwrap()).unwrap();
        assert_eq!(all["local"].limits("qwen3-8b").answer, Some(2048));
        assert!(all["openrouter"].key.is_some());
    }

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
        assert_eq!(why("[a]\n"), "`p.toml`, provider `a`: it has no `url`");
        assert!(why("[a]\nurl = \"x\"\n").starts_with("`p.toml`, provider `a`: its `url`: "));
        assert!(why("[openai]\ncontext = 0\n").contains("at least one token"));
        assert!(why("[openai]\ncontext = 9\nanswer = 9\n").contains("leaves nothing"));
        assert!(why("[openai.models.x]\ninput = 1\n").contains("`input` and `output` together"));
        assert!(why("[openai]\nprise = 1\n").contains("unknown field `prise`"));
        assert!(why("[openai]\nprice = { input = -1, output = 0 }\n").contains("a price is 0 to"));
        assert!(why("[\"a b\"]\nurl = \"http://127.0.0.1/\"\n").contains("other characters"));
    }
}
