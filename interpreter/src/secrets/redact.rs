//! Takes secrets out of what is written down or shown.
//!
//! What is found is replaced by [`MARK`], once for each line that it went over, so that lines stay
//! lines and their numbers right. Of several secrets that begin at the same place the longest is
//! taken, in whichever [form](super::encodings) it stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::encodings::encodings;
use super::stream::Stream;
use super::weak::Weak;

/// What stands in the place of a secret.
pub const MARK: &str = "***";

/// Knows secrets and takes them out of bytes, texts and values. Its clones know the same.
#[derive(Clone, Default)]
pub struct Redactor {
    set: Arc<RwLock<Arc<Set>>>,
}

/// The secrets of one moment.
#[derive(Default)]
pub(super) struct Set {
    /// The values, by name.
    values: BTreeMap<String, String>,
    /// What is looked for, sorted.
    pub(super) needles: Vec<String>,
    /// To whom each of these belongs.
    names: Vec<String>,
    /// The length of the longest.
    pub(super) longest: usize,
    /// Finds the first bytes of them, [`HEAD`] at most: a machine for all bytes of a long key would
    /// take as long to make as a command takes.
    finder: Option<AhoCorasick>,
}

/// How many bytes of what is looked for are found by a machine; the rest is compared.
const HEAD: usize = 24;

impl Redactor {
    /// That of all secrets which this process has come to know, of whichever run: for what belongs
    /// to none, such as the report of a fault.
    #[must_use]
    pub fn of_process() -> &'static Redactor {
        static ALL: OnceLock<Redactor> = OnceLock::new();
        ALL.get_or_init(Redactor::default)
    }

    /// From now on, this value is taken out.
    ///
    /// # Errors
    /// It is too weak to be looked for, or too long.
    pub fn add(&self, name: &str, value: &str) -> Result<(), Weak> {
        Weak::check(value)?;
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        // Of a name that got another value, both are taken out.
        let mut key = name.to_owned();
        while let Some(known) = set.values.get(&key) {
            if known == value {
                return Ok(());
            }
            key.push('\'');
        }
        *set = Arc::new(set.with(key, value)?);
        Ok(())
    }

    pub(super) fn set(&self) -> Arc<Set> {
        let set = self.set.read();
        set.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it knows no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set().finder.is_none()
    }

    /// For bytes that come piece by piece. Secrets that are added later are not taken out of them.
    #[must_use]
    pub fn stream(&self) -> Stream {
        Stream::new(self.set())
    }

    /// The bytes without secrets.
    #[must_use]
    pub fn bytes<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let set = self.set();
        if set.find(bytes, 0).is_none() {
            return Cow::Borrowed(bytes);
        }
        let mut stream = Stream::new(set);
        let mut redacted = Vec::with_capacity(bytes.len());
        stream.push(bytes, &mut redacted);
        stream.finish(&mut redacted);
        Cow::Owned(redacted)
    }

    /// The text without secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // What is looked for is text, so it begins and ends where characters do.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Takes the secrets out of all texts of a value, and out of the names of its fields. Gives
    /// whether there were any.
    pub fn json(&self, value: &mut Json) -> bool {
        match value {
            Json::String(text) => match self.text(text) {
                Cow::Borrowed(_) => false,
                Cow::Owned(redacted) => {
                    *text = redacted;
                    true
                }
            },
            Json::Array(items) => items
                .iter_mut()
                .fold(false, |found, item| self.json(item) | found),
            Json::Object(fields) => {
                let mut found = false;
                for (name, mut value) in std::mem::take(fields) {
                    found |= self.json(&mut value);
                    let redacted = self.text(&name).into_owned();
                    found |= redacted != name;
                    fields.insert(redacted, value);
                }
                found
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => false,
        }
    }

    /// The same thing without secrets in its texts; `None` when there are none.
    ///
    /// # Errors
    /// It cannot be written as JSON and read back.
    pub fn value<T: Serialize + DeserializeOwned>(
        &self,
        value: &T,
    ) -> Result<Option<T>, serde_json::Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut json = serde_json::to_value(value)?;
        match self.json(&mut json) {
            true => serde_json::from_value(json).map(Some),
            false => Ok(None),
        }
    }

    /// The names of the secrets in a text.
    #[must_use]
    pub fn names_in(&self, bytes: &[u8]) -> BTreeSet<String> {
        let set = self.set();
        let mut names = BTreeSet::new();
        let mut from = 0;
        while let Some(found) = set.find(bytes, from) {
            names.insert(set.names[found.needle].trim_end_matches('\'').to_owned());
            from = found.end;
        }
        names
    }
}

/// Where a secret stands.
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    needle: usize,
}

impl Set {
    /// This set with one value more.
    fn with(&self, name: String, value: &str) -> Result<Set, Weak> {
        let known = self.needles.iter().cloned().zip(self.names.iter().cloned());
        let mut needles: BTreeMap<String, String> = known.collect();
        for form in encodings(value) {
            needles.entry(form).or_insert_with(|| name.clone());
        }
        let mut values = self.values.clone();
        values.insert(name, value.to_owned());
        let (needles, names): (Vec<String>, Vec<String>) = needles.into_iter().unzip();
        let heads = needles.iter().map(|needle| head(needle));
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(heads)
            .map_err(|_| Weak::TooMany)?;
        Ok(Set {
            longest: needles.iter().map(String::len).max().unwrap_or(0),
            finder: (!needles.is_empty()).then_some(finder),
            values,
            needles,
            names,
        })
    }

    /// The first secret that begins at `from` or behind it, and of those the longest.
    pub(super) fn find(&self, bytes: &[u8], mut from: usize) -> Option<Found> {
        let finder = self.finder.as_ref()?;
        loop {
            let start = from + finder.find(&bytes[from..])?.start();
            let here = |needle: &&String| bytes[start..].starts_with(needle.as_bytes());
            let all = self.needles.iter().enumerate();
            let all = all.filter(|(_, needle)| here(needle));
            if let Some((needle, text)) = all.max_by_key(|(_, needle)| needle.len()) {
                return Some(Found {
                    start,
                    end: start + text.len(),
                    needle,
                });
            }
            from = start + 1;
        }
    }
}

/// The first bytes of what is looked for.
fn head(needle: &str) -> &[u8] {
    &needle.as_bytes()[..needle.len().min(HEAD)]
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set = self.set();
        f.debug_set().entries(set.values.keys()).finish()
    }
}
