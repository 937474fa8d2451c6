//! Whether attempts come nearer: the same failure or the same change again is none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tau_interpreter::action::Failure;
use tau_interpreter::blobs::sha256;

/// What one attempt left behind, as the step's result holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// The digest of its goal.
    pub(crate) goal: String,
    /// The digest of the failure that it was to mend; empty without one.
    pub(crate) failure: String,
    /// The digest of the answer that was taken.
    pub(crate) answer: String,
    /// What it changed.
    pub(crate) paths: Vec<String>,
    /// All changes of the tree so far.
    pub(crate) diff: String,
    /// Why answers of it were refused.
    pub(crate) refusals: Vec<String>,
    /// What answers of it would have changed that may not be written.
    pub(crate) protected: Vec<String>,
}

impl Attempt {
    /// The one that begins, for this goal and failure, and those for the same goal that came before it in its
    /// loop, as their results (`earlier`) hold them.
    pub(crate) fn begins(
        goal: &str,
        failure: &str,
        earlier: Vec<Value>,
    ) -> (Attempt, Vec<Attempt>) {
        let now = Attempt {
            goal: sha256(goal.as_bytes()),
            failure: digest(failure),
            ..Attempt::default()
        };
        let all = earlier.into_iter();
        let all = all.filter_map(|result| serde_json::from_value::<Attempt>(result).ok());
        let earlier = all.filter(|attempt| attempt.goal == now.goal).collect();
        (now, earlier)
    }

    /// The first of these paths that a change was refused of before, by this attempt or an earlier one.
    pub(crate) fn tried_before<'p>(
        &self,
        earlier: &[Attempt],
        protected: &'p [String],
    ) -> Option<&'p String> {
        let before = earlier.iter().flat_map(|attempt| &attempt.protected);
        let known: BTreeSet<&String> = before.chain(&self.protected).collect();
        protected.iter().find(|path| known.contains(path))
    }

    /// This one as the end of all: with what was tried, and the best of it.
    pub(crate) fn is_last(&self, earlier: &[Attempt], failure: Failure) -> Failure {
        let all = earlier.iter().chain(std::iter::once(self));
        let tried: Vec<Value> = all
            .map(|it| json!({ "paths": it.paths, "refusals": it.refusals, "protected": it.protected }))
            .collect();
        let best = earlier.last().map(|attempt| &attempt.diff);
        let help = match best {
            Some(_) => "What was changed so far is no proof of anything; `tau diff` shows it.",
            None => "Nothing was changed.",
        };
        let detail = json!({ "tried": tried, "best": best });
        failure.help(help).detail(detail)
    }
}

/// What differs from run to run though the failure is the same: how long it took, and addresses.
static PASSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"0x[0-9a-fA-F]+|\b[0-9]+(\.[0-9]+)?(e-?[0-9]+)? ?(ns|µs|us|ms|s|sec|secs|seconds?)\b",
    )
    .ok()
});

/// The digest of a failure, without what differs each time; empty when there is none.
pub(crate) fn digest(failure: &str) -> String {
    if failure.trim().is_empty() {
        return String::new();
    }
    let same = match &*PASSING {
        Some(passing) => passing.replace_all(failure, "_"),
        None => failure.into(),
    };
    let lines = same.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    sha256(lines.join("\n").as_bytes())
}

/// Whether two changes have ended with this very failure: the one before, and one before that. That
/// the first change leaves the failure as it was may happen.
pub(crate) fn is_stuck(earlier: &[Attempt], failure: &str) -> bool {
    let after_changes = earlier.iter().skip(1);
    !failure.is_empty() && after_changes.into_iter().any(|it| it.failure == failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_each_time_is_no_difference() {
        let a = "FAILED in 0.13s\n  <f at 0x7f12>  \n\nexpected 3\n";
        let b = "FAILED in 12 seconds\n  <f at 0x9>\nexpected 3";
        assert_eq!(digest(a), digest(b));
        assert_ne!(
            digest(a),
            digest("FAILED in 0.13s\n  <f at 0x7f12>\nexpected 4\n")
        );
        assert_eq!(digest(" \n"), "");
    }

    #[test]
    fn the_same_failure_after_two_changes_is_no_progress() {
        let earlier = |failures: &[&str]| -> Vec<Attempt> {
            let all = failures.iter().map(|failure| Attempt {
                failure: (*failure).to_owned(),
                ..Attempt::default()
            });
            all.collect()
        };
        assert!(!is_stuck(&[], "a"));
        assert!(!is_stuck(&earlier(&["a"]), "a"));
        assert!(is_stuck(&earlier(&["a", "a"]), "a"));
        assert!(is_stuck(&earlier(&["a", "b"]), "b"));
        assert!(!is_stuck(&earlier(&["a", "b"]), "c"));
        assert!(!is_stuck(&earlier(&["", "b"]), ""));
    }
}
