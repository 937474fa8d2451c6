//! A file with less authority.

use super::{Fate, Least};
use crate::syntax::template;
use crate::syntax::tree::{Authority, File, Item, Value};

/// The file in which the grants of a mission have become as `least` says. A line that nothing is
/// left of is gone with its comments.
#[must_use]
pub fn rewrite(file: &File, mission: &str, least: &Least) -> File {
    let mut file = file.clone();
    for item in &mut file.items {
        if let Item::Mission(node) = item
            && node.name.text == mission
            && let Some(authority) = &mut node.authority
        {
            rewritten(authority, least);
        }
    }
    file
}

fn rewritten(authority: &mut Authority, least: &Least) {
    let grants = std::mem::take(&mut authority.grants);
    let mut fates = least.fates.iter();
    for mut grant in grants {
        let fates = fates.next().map_or(&[][..], Vec::as_slice);
        let had = !grant.scopes.is_empty();
        let scopes = std::mem::take(&mut grant.scopes).into_iter().enumerate();
        grant.scopes = scopes
            .flat_map(|(index, scope)| becomes(scope, fates.get(index)))
            .collect();
        if !had || !grant.scopes.is_empty() {
            authority.grants.push(grant);
        }
    }
}

fn becomes(scope: Value, fate: Option<&Fate>) -> Vec<Value> {
    match fate {
        None | Some(Fate::Kept) => vec![scope],
        Some(Fate::Dropped) => Vec::new(),
        Some(Fate::Narrowed(texts)) => texts.iter().map(|text| template::literal(text)).collect(),
    }
}
