//! `no-edit-authority`

use super::{Rule, Verdict, missing};

pub(super) const RULE: Rule = Rule {
    name: "no-edit-authority",
    verdict: Verdict::MissingEditAuthority,
    about: "needs a change of files, and the mission grants none",
    found: &[],
    harmless: &[],
    find: |reading| missing(reading.given.edit),
};
