//! `no-provider-authority`

use super::{Rule, Verdict, missing};

pub(super) const RULE: Rule = Rule {
    name: "no-provider-authority",
    verdict: Verdict::MissingProviderAuthority,
    about: "needs an edit that is not given, and the mission may ask no model",
    found: &[],
    harmless: &[],
    find: |reading| missing(reading.given.provider),
};
