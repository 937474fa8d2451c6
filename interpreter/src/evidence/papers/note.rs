//! Whether what is noted beside a commit is of the same run.

use super::{Check, Found, Papers, Part, Trusted};
use crate::evidence::dsse::Envelope;
use crate::evidence::key::PublicKey;
use crate::evidence::keys::Role;
use crate::evidence::statement::{RUN, Statement};
use crate::repository::Repository;

/// Compares the signed head of the journal in a receipt with the one in the note on its commit: a
/// run cannot be given another past after its note was published.
#[must_use]
pub fn note(
    papers: &Papers,
    found: &Found,
    repository: &Repository,
    trusted: &[Trusted],
) -> Option<Check> {
    let noted = match repository.note(&found.made?.commit) {
        Ok(noted) => noted,
        Err(error) => return Some(Check::wrong(Part::Note, error.to_string())),
    };
    let Some(noted) = noted else {
        return Some(Check::unchecked(Part::Note, "the commit has none"));
    };
    let runners = trusted
        .iter()
        .filter(|it| it.role.is_none_or(|role| role == Role::Runner));
    let runners: Vec<PublicKey> = runners.map(|it| it.key).collect();
    let own = papers.text("run");
    let heads: Vec<_> = noted
        .lines()
        .filter_map(|line| serde_json::from_str::<Envelope>(line).ok())
        .filter(|it| it.signed_by(&runners).is_some())
        .filter_map(|it| Statement::read(&it.payload()?).ok())
        .filter(|it| it.predicate_type == RUN && it.predicate["run"] == own)
        .map(|it| it.predicate["journal"].clone())
        .collect();
    Some(match heads.as_slice() {
        [] => Check::unchecked(
            Part::Note,
            "the commit's says nothing of this run that trusted keys have signed",
        ),
        heads if heads.contains(&papers.run.predicate["journal"]) => {
            Check::holds(Part::Note, "the commit's has the same head of the journal")
        }
        _ => Check::wrong(
            Part::Note,
            "the commit's has another head of the journal: the run was given another past since",
        ),
    })
}
