//! `no-credentials`

use super::{Rule, Verdict, missing};

pub(super) const RULE: Rule = Rule {
    name: "no-credentials",
    verdict: Verdict::MissingCredentials,
    about: "is to be handed in, and the secret for that cannot be had",
    found: &[],
    harmless: &[],
    find: |reading| missing(reading.given.credentials),
};
