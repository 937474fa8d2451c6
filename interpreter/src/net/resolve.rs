//! Names of hosts, each resolved once and kept: whoever answers for a name cannot answer otherwise
//! when it is asked for again.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

/// How many names one run may ask for.
pub const MOST_NAMES: usize = 1000;
/// How many addresses of one name are looked at; one with more is refused.
pub const MOST_ADDRESSES: usize = 64;

/// The addresses of a name, later.
pub type LookedUp<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Where the addresses of names come from.
pub trait LookUp: Send + Sync + 'static {
    /// All addresses of a name.
    fn look_up<'a>(&'a self, name: &'a str) -> LookedUp<'a>;
}

/// Names with their addresses; clones share them.
#[derive(Clone)]
pub struct Names {
    source: Arc<dyn LookUp>,
    known: Arc<Mutex<HashMap<String, Pinned>>>,
}

/// What a name was found to be; nothing until somebody has answered.
type Pinned = Arc<OnceCell<Arc<[IpAddr]>>>;

impl Default for Names {
    /// As this machine resolves names.
    fn default() -> Names {
        Names::new(System)
    }
}

impl Names {
    /// Names that `source` resolves.
    pub fn new(source: impl LookUp) -> Names {
        Names {
            source: Arc::new(source),
            known: Arc::default(),
        }
    }

    /// The addresses of a name, as they were when it was first asked for. That nobody answers is not
    /// kept.
    ///
    /// # Errors
    /// Why there are none, as a clause about the name.
    pub async fn addresses(&self, name: &str) -> Result<Arc<[IpAddr]>, String> {
        let pinned = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MOST_NAMES && !known.contains_key(name) {
                return Err(format!(
                    "is one name more than the {MOST_NAMES} that a run may ask for"
                ));
            }
            known.entry(name.to_owned()).or_default().clone()
        };
        let found = pinned.get_or_try_init(|| async {
            let found = self.source.look_up(name).await;
            let mut all = found.map_err(|error| format!("has no address: {error}"))?;
            let mut seen = std::collections::HashSet::new();
            all.retain(|address| seen.insert(*address));
            match all.len() {
                0 => Err("has no address".to_owned()),
                1..=MOST_ADDRESSES => Ok(all.into()),
                more => Err(format!(
                    "has {more} addresses; at most {MOST_ADDRESSES} are looked at"
                )),
            }
        });
        found.await.cloned()
    }
}

/// This machine's own way to resolve names.
struct System;

impl LookUp for System {
    fn look_up<'a>(&'a self, name: &'a str) -> LookedUp<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::testing::{Answers, addresses};

    #[tokio::test]
    async fn a_name_keeps_the_addresses_it_was_first_found_at() {
        let names = Names::new(Answers::new([
            Ok(addresses(&["192.0.2.1", "192.0.2.1", "::1"])),
            Ok(addresses(&["127.0.0.1"])),
        ]));
        let first = names.addresses("a").await.unwrap();
        assert_eq!(*first, addresses(&["192.0.2.1", "::1"])[..]);
        assert_eq!(names.addresses("a").await.unwrap(), first);
    }

    #[tokio::test]
    async fn that_nobody_answers_is_not_kept() {
        let names = Names::new(Answers::new([
            Err(io::Error::other("nobody is there")),
            Ok(Vec::new()),
            Ok(vec![IpAddr::from([1, 1, 1, 1]); 2]),
        ]));
        let told = names.addresses("a").await.unwrap_err();
        assert_eq!(told, "has no address: nobody is there");
        assert_eq!(names.addresses("a").await.unwrap_err(), "has no address");
        assert_eq!(names.addresses("a").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn names_and_addresses_have_bounds() {
        let many = (0..=MOST_ADDRESSES as u32).map(|bits| IpAddr::from(bits.to_be_bytes()));
        let answers = std::iter::once(Ok(many.collect()));
        let more = (0..MOST_NAMES).map(|_| Ok(addresses(&["1.1.1.1"])));
        let names = Names::new(Answers::new(answers.chain(more)));
        let told = names.addresses("0").await.unwrap_err();
        assert_eq!(told, "has 65 addresses; at most 64 are looked at");
        for name in 0..MOST_NAMES {
            assert!(names.addresses(&name.to_string()).await.is_ok(), "{name}");
        }
        let told = names.addresses("more").await.unwrap_err();
        assert_eq!(
            told,
            "is one name more than the 1000 that a run may ask for"
        );
        assert!(names.addresses("7").await.is_ok());
    }
}
