//! `no-description`

use super::{Rule, Verdict};

/// Fewer words of its own, in title and text, say nothing that one could begin with.
const FEW: usize = 8;

pub(super) const RULE: Rule = Rule {
    name: "no-description",
    verdict: Verdict::Underspecified,
    about: "has a few words and names nothing: no file, no command, no message, no number",
    found: &["It doesn't work", "Bug\n\nPlease fix.", "Crash on startup"],
    harmless: &[
        "Typo in `README.md`: \"recieve\"",
        "`--help` exits with 1",
        "Link to the contribution guide in the footer of the start page is dead",
    ],
    find: |reading| {
        let few = reading.own_words() < FEW && !reading.is_specific();
        let title = reading.title().into_iter();
        title.filter(|_| few).map(super::Part::whole).collect()
    },
};
