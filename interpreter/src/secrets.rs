//! Secrets: where they come from, who may have them, and that they get nowhere else.
//!
//! A mission names a secret (`secret GITHUB_TOKEN` in its authority); the operator says outside of
//! all missions where it comes from and what it is for ([`Sources`]). Its value reaches a request to
//! its host, or a command whose step names it, and nothing else: whatever is recorded or shown goes
//! through a [`Redactor`] first.

mod encodings;
mod fetch;
mod github_app;
mod held;
mod inputs;
mod masked;
pub(crate) mod owned;
mod redact;
mod refused;
mod seal;
mod sources;
mod stream;
#[cfg(test)]
mod tests;
mod weak;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};

use self::fetch::Means;
pub use self::fetch::{PATIENCE, Unavailable};
pub use self::github_app::App;
use self::held::Held;
pub use self::inputs::{is_secret, with_inputs};
pub use self::redact::{MARK, Redactor};
pub use self::refused::Refused;
pub use self::seal::Seal;
pub use self::sources::{Broken, Entry, Source, Sources};
pub use self::stream::Stream;
pub use self::weak::{MAX_BYTES, MIN_BYTES, Weak};
use crate::clock::Clock;
use crate::net::Network;

/// Held by one who asks.
type Asking = Arc<tokio::sync::Mutex<()>>;

/// The secrets of one run.
pub struct Secrets {
    sources: Arc<Sources>,
    redactor: Redactor,
    /// What sources that are elsewhere are asked with.
    network: Network,
    clock: Clock,
    /// Values by name, as far as they were asked for.
    known: Mutex<BTreeMap<String, Held>>,
    /// Each held by whoever asks for the secret of that name, so that its source is asked once.
    asking: Mutex<BTreeMap<String, Asking>>,
    /// Inputs that are secret, as far as they were given: as JSON.
    inputs: Mutex<BTreeMap<String, SecretString>>,
}

impl Secrets {
    /// None yet, from these sources.
    #[must_use]
    pub fn new(sources: Arc<Sources>, clock: Clock) -> Secrets {
        Secrets {
            sources,
            redactor: Redactor::default(),
            network: Network::default(),
            clock,
            known: Mutex::default(),
            asking: Mutex::default(),
            inputs: Mutex::default(),
        }
    }

    /// What sources that are elsewhere are asked with: names, each resolved once, and whom to believe.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Takes them out of what is recorded or shown.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Where they come from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The value of a secret. It is asked for once in a run, and again shortly before it ends if it
    /// does; it is taken out of everything from then on.
    ///
    /// # Errors
    /// There is none.
    pub async fn value(&self, name: &str) -> Result<SecretString, Unavailable> {
        if let Some(value) = self.fresh(name) {
            return Ok(value);
        }
        let asking = self.asking(name);
        let _one = asking.lock().await;
        if let Some(value) = self.fresh(name) {
            return Ok(value);
        }
        match self.fetch(name).await {
            Ok(held) => {
                let value = held.value.clone();
                self.known().insert(name.to_owned(), held);
                Ok(value)
            }
            Err(why) => {
                let known = self.known().get(name).cloned();
                let known = known.filter(|held| held.is_usable(&self.clock));
                known.map(|held| held.value).ok_or(why)
            }
        }
    }

    /// The value that is known, if another one need not be asked for.
    fn fresh(&self, name: &str) -> Option<SecretString> {
        let known = self.known();
        let held = known.get(name).filter(|held| held.is_fresh(&self.clock));
        held.map(|held| held.value.clone())
    }

    async fn fetch(&self, name: &str) -> Result<Held, Unavailable> {
        let entry = self.sources.entry(name).map_err(Unavailable::Broken)?;
        let hide = |text: &str| self.hide(name, text);
        let means = Means {
            network: &self.network,
            clock: &self.clock,
            hide: &hide,
        };
        let held = entry.source.fetch(&means).await?;
        let hidden = self.hide(name, held.value.expose_secret());
        hidden.map_err(Unavailable::Weak)?;
        Ok(held)
    }

    /// The value of a secret for a request to `host`: a name or an address, with `:port` where the
    /// port is not the usual one.
    ///
    /// # Errors
    /// It is not for that host, or there is none.
    pub async fn for_host(&self, name: &str, host: &str) -> Result<SecretString, Refused> {
        let entry = self.sources.entry(name);
        let entry = entry.map_err(|broken| Refused::Unavailable(Unavailable::Broken(broken)))?;
        if entry.hosts.is_empty() {
            return Err(Refused::Unbound);
        }
        if !entry.hosts.iter().any(|bound| is_same(bound, host)) {
            return Err(Refused::OtherHost(entry.hosts));
        }
        self.value(name).await.map_err(Refused::Unavailable)
    }

    /// The value of a secret for the environment of a command.
    ///
    /// # Errors
    /// It is not for commands, or there is none.
    pub async fn for_command(&self, name: &str) -> Result<SecretString, Refused> {
        let entry = self.sources.entry(name);
        let entry = entry.map_err(|broken| Refused::Unavailable(Unavailable::Broken(broken)))?;
        if !entry.commands {
            return Err(Refused::NotForCommands(entry.hosts));
        }
        self.value(name).await.map_err(Refused::Unavailable)
    }

    /// Whether a request, or a command, could likely have a secret, without asking for its value.
    ///
    /// # Errors
    /// It surely could not.
    pub fn look(&self, name: &str, for_command: bool) -> Result<(), Refused> {
        let entry = self.sources.entry(name);
        let entry = entry.map_err(|broken| Refused::Unavailable(Unavailable::Broken(broken)))?;
        if for_command && !entry.commands {
            return Err(Refused::NotForCommands(entry.hosts));
        }
        if self.known().contains_key(name) {
            return Ok(());
        }
        entry.source.look().map_err(Refused::Unavailable)
    }

    fn hide(&self, name: &str, value: &str) -> Result<(), Weak> {
        self.redactor.add(name, value)?;
        Redactor::of_process().add(name, value)
    }

    fn asking(&self, name: &str) -> Asking {
        let mut all = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(name.to_owned()).or_default().clone()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Held>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Secrets {
    /// None, and all that are asked for from the environment.
    fn default() -> Secrets {
        Secrets::new(Arc::default(), Clock::system())
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets")
            .field("sources", &self.sources)
            .field("known", &self.redactor)
            .finish_non_exhaustive()
    }
}

/// Whether a request to `host` is one to the host that a secret is bound to. Without a port, the
/// binding is for any port of it.
fn is_same(bound: &str, host: &str) -> bool {
    let (bound_name, bound_port) = parts(bound);
    let (name, port) = parts(host);
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    plain(bound_name) == plain(name) && bound_port.is_none_or(|bound| Some(bound) == port)
}

/// A host's name or address, and its port.
fn parts(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}
