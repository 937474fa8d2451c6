//! What a token may do.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// Names of permissions with their levels, as GitHub writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::secrets) struct Permissions(BTreeMap<String, String>);

/// From the least to the most.
const LEVELS: &[&str] = &["read", "write", "admin"];

/// What tau can use: it reads and writes issues, comments, labels and pull requests, pushes and merges,
/// tells and reads how checks stand, and puts into merge queues.
const USED: &[(&str, &str)] = &[
    ("checks", "read"),
    ("contents", "write"),
    ("issues", "write"),
    ("merge_queues", "write"),
    ("metadata", "read"),
    ("pull_requests", "write"),
    ("statuses", "write"),
];

impl Permissions {
    /// Those that the operator has written.
    ///
    /// # Errors
    /// Why they are none, as a clause.
    pub(super) fn new(written: BTreeMap<String, String>) -> Result<Permissions, String> {
        let is_name = |name: &str| {
            let plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            !name.is_empty() && name.chars().all(plain)
        };
        if let Some(name) = written.keys().find(|name| !is_name(name)) {
            return Err(format!(
                "`{name}` is no permission: write one as `pull_requests`"
            ));
        }
        for (name, level) in &written {
            if !LEVELS.contains(&level.as_str()) {
                return Err(format!(
                    "the permission `{name}` is `read`, `write` or `admin`, and not `{level}`"
                ));
            }
        }
        match written.is_empty() {
            true => Err("its `permissions` are empty".to_owned()),
            false => Ok(Permissions(written)),
        }
    }

    /// What tau can use of what an installation has; `None` when that is nothing.
    pub(super) fn used_of(installed: &BTreeMap<String, String>) -> Option<Permissions> {
        let rank = |level: &str| LEVELS.iter().position(|known| *known == level);
        let used = USED.iter().filter_map(|(name, most)| {
            let has = installed.get(*name)?;
            let level = rank(has)?.min(rank(most)?);
            Some(((*name).to_owned(), LEVELS[level].to_owned()))
        });
        let used: BTreeMap<String, String> = used.collect();
        // Everything has `metadata`, which alone is of no use.
        let has_more = used.keys().any(|name| name != "metadata");
        has_more.then_some(Permissions(used))
    }

    /// As a request has them.
    pub(super) fn json(&self) -> Json {
        json!(self.0)
    }

    /// As a message has them.
    pub(super) fn shown(&self) -> String {
        let all = self.0.iter();
        let all = all.map(|(name, level)| format!("`{name}: {level}`"));
        all.collect::<Vec<_>>().join(", ")
    }

    /// Those that tau can use, as a message has them.
    pub(super) fn all_used() -> String {
        let all = USED.iter();
        let all = all.map(|(name, level)| ((*name).to_owned(), (*level).to_owned()));
        Permissions(all.collect()).shown()
    }
}
