//! Changes that mend a finding, offered where the text shows that they are exact.
//!
//! A finding's place was worked out from decoded text. What is replaced is therefore compared with
//! the file itself first: where an escape or a quote makes the two differ, nothing is offered.

mod bracket;
mod foreign;
mod grant;
mod literal;
mod place;
mod removal;
mod slip;
mod word;

use self::foreign::foreign;
use self::place::Place;
use self::slip::{is_slip, slip, word_in};
use super::{Diagnostic, Fix, Kind};
use crate::source::SourceMap;
use crate::suppress::extents::Extents;
use crate::syntax::tree::File;

/// Adds the changes that mend findings about `tree`, where they are certain.
pub fn offer<'a>(
    found: impl Iterator<Item = &'a mut Diagnostic>,
    tree: &File,
    sources: &SourceMap,
) {
    let mut extents = None;
    for one in found {
        let extents = extents.get_or_insert_with(|| Extents::of(tree));
        offer_one(one, tree, extents, sources);
    }
}

fn offer_one(found: &mut Diagnostic, tree: &File, extents: &Extents, sources: &SourceMap) {
    let Some(file) = sources.file(found.span.file) else {
        return;
    };
    let place = Place::new(file, tree, extents, found.span);
    let fix = removal::offer(&found.kind, &place)
        .or_else(|| grant::offer(&found.kind, &place))
        .or_else(|| literal::offer(&found.kind, &place))
        .or_else(|| word::offer(&found.kind, &place))
        .or_else(|| bracket::offer(&found.kind, &place))
        .or_else(|| habit(&found.kind, &place))
        .or_else(|| misspelt(&found.kind, &place));
    found.fixes.extend(fix);
}

/// A habit of another language, put in tau.
fn habit(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    let Kind::LikelyMistake { found, .. } = kind else {
        return None;
    };
    let (span, tau) = foreign(found, place.span, place.file)?;
    let title = match tau.trim() {
        "" => format!("remove the `{found}`"),
        word => format!("write `{word}`"),
    };
    Some(Fix::safe(title, vec![(span, tau)]))
}

/// A word that is a known one misspelt.
fn misspelt(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    let (word, near) = slip(kind).filter(|(word, near)| is_slip(word, near))?;
    let span = word_in(kind, word, place.span, place.file)?;
    let edit = (span, near.to_owned());
    Some(Fix::safe(format!("write `{near}`"), vec![edit]))
}
