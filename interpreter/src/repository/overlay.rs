//! One tree with some of its files taken from another.

use std::collections::BTreeSet;

use super::{Edit, Oid, RepositoryError, Store};

impl Store {
    /// The tree `onto` with every path that `matches` as it is in `from`: added, replaced or
    /// removed. A file or folder of `onto` that stands where a taken file must be gives way.
    pub fn overlay(
        &self,
        onto: &Oid,
        from: &Oid,
        matches: impl Fn(&str) -> bool,
    ) -> Result<Oid, RepositoryError> {
        let differ = self.changes(onto, from)?;
        let taken: BTreeSet<&str> = differ
            .iter()
            .filter(|diff| diff.new.is_some() && matches(&diff.path))
            .map(|diff| diff.path.as_str())
            .collect();
        let gives_way = |path: &str| {
            let below = format!("{path}/");
            let has_taken_below = taken
                .range(below.as_str()..)
                .next()
                .is_some_and(|taken| taken.starts_with(&below));
            has_taken_below || folders(path).any(|folder| taken.contains(folder))
        };
        let edits: Vec<Edit> = differ
            .iter()
            .filter(|diff| matches(&diff.path) || (diff.new.is_none() && gives_way(&diff.path)))
            .map(|diff| Edit {
                path: diff.path.clone(),
                to: diff.new,
            })
            .collect();
        self.apply(onto, &edits)
    }
}

/// The folders that `path` lies in.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}
