//! `scope-confusable`: a word of authority that mixes letters which look alike.

use super::{Subject, walk};
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::Value;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for mission in subject.missions() {
        let grants = mission.authority.iter().flat_map(|it| &it.grants);
        let mut values: Vec<&Value> = grants.flat_map(|grant| &grant.scopes).collect();
        for verifier in &mission.verifiers {
            values.extend(&verifier.run);
            values.extend(&verifier.also);
            values.extend(&verifier.protect);
        }
        for value in values {
            let mut mixed = None;
            walk::texts(value, &mut |template, at| {
                if let Some(text) = template.as_literal() {
                    mixed = mixed.take().or_else(|| Some((lookalike(text)?, at)));
                }
            });
            if let Some(((word, letter), at)) = mixed {
                let kind = Kind::ScopeConfusable { word, letter };
                found.push(Diagnostic::new(kind, at));
            }
        }
    }
    found
}

/// A word with letters of the Latin alphabet beside one of another that looks like one of them.
fn lookalike(text: &str) -> Option<(String, char)> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.contains(|c: char| c.is_ascii_alphabetic()))
        .find_map(|word| {
            let letter = word.chars().find(|c| is_lookalike(*c))?;
            Some((word.to_owned(), letter))
        })
}

/// Cyrillic and Greek letters and those of full width that are drawn as Latin ones are.
fn is_lookalike(c: char) -> bool {
    "асеорхуіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοαρνιυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ".contains(c)
        || ('\u{ff21}'..='\u{ff5a}').contains(&c)
}
