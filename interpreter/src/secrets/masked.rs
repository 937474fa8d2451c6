//! What a digest may be made of, of values with secrets in them.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value as Json, json};

use super::{Seal, Secrets};

impl Secrets {
    /// The value without its secrets, and with digests of them that nobody can guess them from:
    /// what a step rests on is another when one of them is. A value without secrets is itself.
    #[must_use]
    pub fn masked(&self, value: &Json, seal: impl FnOnce() -> Option<Seal>) -> Json {
        if self.redactor.is_empty() {
            return value.clone();
        }
        let mut masked = value.clone();
        if !self.redactor.json(&mut masked) {
            return masked;
        }
        let seal = seal();
        let names = self.redactor.names_in(value.to_string().as_bytes());
        let digests = names.iter().map(|name| {
            let held = self.held(name);
            let digest = held.zip(seal.as_ref()).map(|(value, seal)| {
                let value = value.expose_secret();
                seal.digest(name, value)
            });
            json!([name, digest])
        });
        json!({ "without": masked, "secrets": digests.collect::<Vec<_>>() })
    }

    fn held(&self, name: &str) -> Option<SecretString> {
        let known = self.known().get(name).map(|held| held.value.clone());
        known.or_else(|| self.given().get(name).cloned())
    }
}
