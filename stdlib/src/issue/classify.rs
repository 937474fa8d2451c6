//! `issue.classify`

mod asks;
mod causes;
mod phrase;
mod rules;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tau_interpreter::action::{Call, Look, Observe, Running};
use tau_lang::syntax::tree::Effect;

pub(super) use self::rules::{Given, Verdict};
use self::rules::{Part, Place, RULES, Reading};
use super::opinion::{self, Opinion, Thinks};
use super::plan::VerifierPlan;
use super::prose::Prose;
use super::ticket::Ticket;
use crate::perform::perform_waiting;

/// How many bytes of the words that a finding rests on are quoted.
const QUOTED: usize = 300;

/// How many findings of one rule are told.
const TOLD: usize = 10;

/// Holds an issue against rules.
pub(super) struct Classify;

#[derive(Deserialize)]
struct Params {
    ticket: Ticket,
    #[serde(deserialize_with = "Option::deserialize")]
    plan: Option<VerifierPlan>,
    wants: Vec<Want>,
    overrides: Vec<String>,
    #[serde(flatten)]
    wanted: opinion::Wanted,
}

/// What somebody wants to have for an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Want {
    Edit,
    Provider,
    Credentials,
}

/// The `Classification` of the face.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Classification {
    pub(super) verdict: Verdict,
    pub(super) ready: bool,
    pub(super) why: String,
    pub(super) findings: Vec<Finding>,
    pub(super) overridden: Vec<String>,
    /// A model's, where one was asked.
    pub(super) opinion: Option<Opinion>,
}

/// The `IssueFinding` of the face.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    pub(super) rule: &'static str,
    pub(super) verdict: Verdict,
    pub(super) why: &'static str,
    pub(super) place: &'static str,
    pub(super) comment: Option<usize>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quote: String,
    pub(super) overridden: bool,
}

impl Observe for Classify {
    fn observe<'a>(&'a self, call: &'a Call, hands: &'a dyn Look) -> Running<'a> {
        perform_waiting(call, hands, |params: Params, hands| async move {
            let Params {
                ticket,
                plan,
                wants,
                overrides,
                wanted,
            } = params;
            let given = given(plan.as_ref(), &wants, hands);
            let decided = classify(&ticket, given, &overrides);
            opinion::heard(&wanted, &ticket, decided, &overrides, hands).await
        })
    }

    fn tells_what_for(&self) -> bool {
        true
    }
}

/// What there is for an issue, of what somebody wants.
pub(super) fn given(plan: Option<&VerifierPlan>, wants: &[Want], hands: &dyn Look) -> Given {
    let holds = |want: Want, effect: Effect| wants.contains(&want).then(|| hands.holds(effect));
    Given {
        verifier: plan.map(VerifierPlan::decides),
        edit: holds(Want::Edit, Effect::Write),
        provider: holds(Want::Provider, Effect::Model),
        credentials: holds(Want::Credentials, Effect::Secret),
    }
}

/// Holds an issue against all rules.
pub(super) fn classify(ticket: &Ticket, given: Given, overrides: &[String]) -> Classification {
    let reading = reading(ticket, given);
    let mut findings = Vec::new();
    for rule in RULES {
        let overridden = overrides.iter().any(|name| name == rule.name);
        let found = (rule.find)(&reading).into_iter().take(TOLD);
        findings.extend(found.map(|found| {
            let at = found.at;
            let (place, comment) = named(found.place);
            let part = reading.parts.iter().find(|it| it.place == found.place);
            Finding {
                rule: rule.name,
                verdict: rule.verdict,
                why: rule.about,
                place,
                comment,
                start: at.start,
                end: at.end,
                quote: part.map_or_else(String::new, |part| quoted(part.text, &at)),
                overridden,
            }
        }));
    }
    Classification::of(findings)
}

impl Classification {
    /// What findings make of an issue.
    fn of(mut findings: Vec<Finding>) -> Classification {
        findings.sort_by_key(|it| it.verdict);
        let gravest = findings.iter().find(|it| !it.overridden);
        let mut overridden: Vec<String> = findings
            .iter()
            .filter(|it| it.overridden)
            .map(|it| it.rule.to_owned())
            .collect();
        overridden.dedup();
        Classification {
            verdict: gravest.map_or(Verdict::Ready, |it| it.verdict),
            ready: gravest.is_none(),
            why: match gravest {
                Some(finding) => format!("The issue {} ({}).", finding.why, finding.rule),
                None => "No rule finds anything in it.".to_owned(),
            },
            findings,
            overridden,
            opinion: None,
        }
    }

    /// Whether a finding that counts is one of the issue's own words, and not of what is missing here.
    pub(super) fn is_about_words(&self) -> bool {
        self.verdict < Verdict::MissingVerifier
    }

    /// The same with a model's opinion, and with what that finds.
    ///
    /// INVARIANT: all that was found is still there, so the verdict is at least as grave as before.
    pub(super) fn with(self, found: Option<Finding>, opinion: Opinion) -> Classification {
        let mut findings = self.findings;
        findings.extend(found);
        let mut decided = Classification::of(findings);
        if decided.ready {
            decided.why = match opinion.verdict {
                Thinks::None => format!("{} No model has given an opinion.", decided.why),
                _ => format!("{} `{}` has no objection.", decided.why, opinion.model),
            };
        }
        Classification {
            opinion: Some(opinion),
            ..decided
        }
    }
}

/// An issue as rules see it.
fn reading(ticket: &Ticket, given: Given) -> Reading<'_> {
    let part = |place: Place, text| Part {
        place,
        text,
        prose: Prose::new(text),
    };
    let mut parts = vec![
        part(Place::Title, ticket.title.as_str()),
        part(Place::Text, ticket.text.as_str()),
    ];
    let comments = ticket.own_comments();
    parts.extend(comments.map(|(number, comment)| part(Place::Comment(number), &comment.text)));
    Reading {
        parts,
        labels: ticket.labels.iter().map(|it| it.to_lowercase()).collect(),
        given,
    }
}

fn named(place: Place) -> (&'static str, Option<usize>) {
    match place {
        Place::Title => ("title", None),
        Place::Text => ("text", None),
        Place::Comment(number) => ("comment", Some(number)),
        Place::Nowhere => ("nowhere", None),
    }
}

/// The beginning of the words at a place.
pub(super) fn quoted(text: &str, at: &Range<usize>) -> String {
    let words = text.get(at.clone()).unwrap_or_default();
    let mut end = words.len().min(QUOTED);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words[..end].to_owned()
}
