//! `fs.patch`: applies a unified diff as git writes it.
//!
//! The way of a patch: [`cursor`] walks its lines, [`parse`] finds the part of each file, whose
//! head is in git's form ([`header`]) or a bare `---`/`+++` pair ([`bare`]) with names as in
//! [`name`], followed by [`hunk`]s; [`place`] finds where the hunks of one file go, and [`apply`]
//! takes all parts together. What it accepts it applies as `git apply` does. It refuses more:
//! hunks that fit at several places, and text that looks like a part of a hunk but is not counted
//! in its head.

mod apply;
mod bare;
mod cursor;
mod header;
mod hunk;
mod name;
mod parse;
mod part;
mod place;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use tau_interpreter::action::{Call, Failure, Replace, Running, Work};

use super::edited::Edited;
use crate::perform::perform;

/// The largest patch that is taken, in bytes.
pub(super) const LARGEST: usize = 10_000_000;

/// Applies a unified diff.
pub(super) struct Patch;

#[derive(Deserialize)]
struct Params {
    diff: String,
}

impl Replace for Patch {
    fn replace<'a>(&'a self, call: &'a Call, hands: &'a dyn Work) -> Running<'a> {
        perform(call, hands, patch)
    }
}

fn patch(params: Params, hands: &dyn Work) -> Result<Edited, Failure> {
    edits(&params.diff, hands)
}

/// Applies a diff.
pub(crate) fn edits(diff: &str, hands: &dyn Work) -> Result<Edited, Failure> {
    let diff = complete(diff.to_owned());
    apply::apply(&parse::parse(&diff)?, hands)
}

/// Every path that a unified diff reads or writes, sorted, each once; of a rename or copy both
/// sides. This is the filter `patch_paths` of tau's expressions.
///
/// # Errors
/// Why the diff cannot be used, as sentences: it is larger than 10 MB, holds no change, is
/// malformed, has binary content, or a path in it may not be named.
pub fn paths(diff: &str) -> Result<Vec<String>, String> {
    let diff = complete(diff.to_owned());
    let parts = parse::parse(&diff).map_err(|failure| failure.message)?;
    let mut paths: Vec<String> = parts
        .iter()
        .flat_map(|part| part.target.paths())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// The files that a diff of git's making (without renames) is about, in its order, binary ones
/// too. Lines of files never begin as a head does, so no file can add one.
pub(crate) fn changed_files(diff: &str) -> Vec<String> {
    diff.lines()
        .filter_map(|line| name::of_both_sides(line.strip_prefix(header::START)?))
        .collect()
}

/// A diff of git's making (without renames) in two: that of the files that `is_wanted` knows, and that of
/// all others.
#[must_use]
pub fn split(diff: &str, is_wanted: impl Fn(&str) -> bool) -> (String, String) {
    let (mut wanted, mut others) = (String::new(), String::new());
    let mut is_in = false;
    for line in diff.split_inclusive('\n') {
        if let Some(names) = line.strip_prefix(header::START) {
            is_in =
                name::of_both_sides(names.trim_end_matches('\n')).is_some_and(|it| is_wanted(&it));
        }
        match is_in {
            true => wanted.push_str(line),
            false => others.push_str(line),
        }
    }
    (wanted, others)
}

/// A diff whose last line end was lost, as happens when it is passed on as text, gets it back:
/// each line of a diff has one, also where the file's line has none.
fn complete(mut diff: String) -> String {
    if !diff.ends_with('\n') {
        diff.push('\n');
    }
    diff
}
