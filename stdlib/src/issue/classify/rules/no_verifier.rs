//! `no-verifier`

use super::{Rule, Verdict, missing};

pub(super) const RULE: Rule = Rule {
    name: "no-verifier",
    verdict: Verdict::MissingVerifier,
    about: "has no command that decides: none was found in the repository, and the mission gives none",
    found: &[],
    harmless: &[],
    find: |reading| missing(reading.given.verifier),
};
