//! What an issue is held against: one rule, one file.

mod acts_on_production;
mod asks_a_question;
mod destroys_data;
mod everything_at_once;
mod hidden_text;
mod leaves_it_open;
mod many_tasks;
mod no_credentials;
mod no_description;
mod no_edit_authority;
mod no_provider_authority;
mod no_verifier;
mod nothing_named;
mod open_ended;
mod reveals_secrets;
mod runs_remote_code;
mod steers_the_agent;
mod template_unfilled;
mod weakens_checks;
mod weakens_security;
mod whole_rewrite;
mod writes_malware;

use std::ops::Range;

use serde::Serialize;

use super::super::prose::{Clause, Prose};

/// What an issue is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::issue) enum Verdict {
    /// It asks for what nobody should do for a stranger.
    Unsafe,
    /// It has no end, or is many issues.
    TooBroad,
    /// It does not say what is to be done.
    Underspecified,
    /// Nothing decides that it is done.
    MissingVerifier,
    /// Nothing may be changed.
    MissingEditAuthority,
    /// Nobody may be asked for the change.
    MissingProviderAuthority,
    /// Its result cannot be handed in.
    MissingCredentials,
    /// It can be worked on.
    Ready,
}

/// One rule.
pub(in crate::issue) struct Rule {
    /// Its name: in findings, in overrides.
    pub(in crate::issue) name: &'static str,
    /// What an issue is in which it finds something.
    pub(in crate::issue) verdict: Verdict,
    /// What it finds, as a sentence about the issue.
    pub(in crate::issue) about: &'static str,
    /// Texts in which it finds something. A test holds it to that, and writes them into the book.
    #[cfg_attr(not(test), expect(dead_code, reason = "for its test and its page"))]
    pub(in crate::issue) found: &'static [&'static str],
    /// Texts with the same words in which nothing is found.
    #[cfg_attr(not(test), expect(dead_code, reason = "for its test and its page"))]
    pub(in crate::issue) harmless: &'static [&'static str],
    /// Where it finds it.
    pub(in crate::issue) find: fn(&Reading<'_>) -> Vec<Found>,
}

/// An issue as rules see it.
pub(in crate::issue) struct Reading<'a> {
    /// Its title, its text, and those comments that count.
    pub(in crate::issue) parts: Vec<Part<'a>>,
    /// Its labels, in small letters.
    pub(in crate::issue) labels: Vec<String>,
    /// What there is for it here.
    pub(in crate::issue) given: Given,
}

/// What there is for an issue besides its words. What is not known is not missing.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::issue) struct Given {
    /// Commands that decide.
    pub(in crate::issue) verifier: Option<bool>,
    /// Authority to change files.
    pub(in crate::issue) edit: Option<bool>,
    /// Authority to ask a model.
    pub(in crate::issue) provider: Option<bool>,
    /// A secret with which the result is handed in.
    pub(in crate::issue) credentials: Option<bool>,
}

/// A part of an issue.
pub(in crate::issue) struct Part<'a> {
    /// Which.
    pub(in crate::issue) place: Place,
    /// As it was written.
    pub(in crate::issue) text: &'a str,
    /// The same, read.
    pub(in crate::issue) prose: Prose,
}

/// Where in an issue something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::issue) enum Place {
    /// In its title.
    Title,
    /// In its text.
    Text,
    /// In a comment, counted from 0.
    Comment(usize),
    /// In none of its words: it is about what is missing.
    Nowhere,
}

/// What a rule has found.
pub(in crate::issue) struct Found {
    /// Where.
    pub(in crate::issue) place: Place,
    /// The words, as bytes of that part.
    pub(in crate::issue) at: Range<usize>,
}

impl Reading<'_> {
    /// The title and the text.
    fn said(&self) -> impl Iterator<Item = &Part<'_>> {
        let said = |it: &&Part<'_>| matches!(it.place, Place::Title | Place::Text);
        self.parts.iter().filter(said)
    }

    /// The title; there is one.
    fn title(&self) -> Option<&Part<'_>> {
        self.parts.iter().find(|it| it.place == Place::Title)
    }

    /// Where `find` finds something, clause by clause.
    fn clauses(&self, find: impl Fn(&Clause) -> Option<Range<usize>>) -> Vec<Found> {
        let mut found = Vec::new();
        for part in &self.parts {
            let all = part.prose.clauses.iter().filter_map(&find);
            found.extend(all.map(|at| Found {
                place: part.place,
                at,
            }));
        }
        found
    }

    /// How many words its writer says, and whether it names anything, in title, text and comments.
    fn own_words(&self) -> usize {
        self.parts.iter().map(|part| part.prose.own_words()).sum()
    }

    fn is_specific(&self) -> bool {
        self.parts.iter().any(|part| part.prose.is_specific())
    }
}

impl Part<'_> {
    /// All of it, as far as a quotation needs it.
    fn whole(&self) -> Found {
        Found {
            place: self.place,
            at: 0..self.text.len(),
        }
    }
}

/// Something that is missing, when it surely is.
fn missing(given: Option<bool>) -> Vec<Found> {
    match given {
        Some(false) => vec![Found {
            place: Place::Nowhere,
            at: 0..0,
        }],
        _ => Vec::new(),
    }
}

/// All rules, the gravest first.
pub(in crate::issue) const RULES: &[Rule] = &[
    acts_on_production::RULE,
    destroys_data::RULE,
    hidden_text::RULE,
    reveals_secrets::RULE,
    runs_remote_code::RULE,
    steers_the_agent::RULE,
    weakens_checks::RULE,
    weakens_security::RULE,
    writes_malware::RULE,
    everything_at_once::RULE,
    many_tasks::RULE,
    open_ended::RULE,
    whole_rewrite::RULE,
    asks_a_question::RULE,
    leaves_it_open::RULE,
    no_description::RULE,
    nothing_named::RULE,
    template_unfilled::RULE,
    no_verifier::RULE,
    no_edit_authority::RULE,
    no_provider_authority::RULE,
    no_credentials::RULE,
];
