//! The part of a scope that is needed, in patterns that a person would write.

use std::collections::{BTreeMap, BTreeSet};

use super::Fate;
use crate::authority::{Pattern, guarded};
use crate::glob::Glob;
use crate::syntax::tree::Effect;

/// More files of one folder than this are that folder.
const MANY: usize = 5;
/// More patterns than this are nothing that anybody reads; the scope stays as it is.
const MOST: usize = 24;

/// What becomes of the scope `text` when only these `parts` of it are needed.
pub(super) fn narrowed(effect: Effect, text: &str, parts: &BTreeSet<String>) -> Fate {
    let Ok(granted) = Pattern::new(effect, text) else {
        return Fate::Kept;
    };
    let mut parts = parts.clone();
    if matches!(granted, Pattern::Glob(_)) && effect != Effect::Git {
        parts = folders(effect, &granted, parts);
    }
    let patterns: Vec<(&String, Pattern)> = parts
        .iter()
        .filter_map(|part| Some((part, exactly(effect, part)?)))
        .collect();
    // What cannot be written, or is all of it, leaves it as it is.
    let all = patterns.iter().any(|(_, pattern)| pattern.covers(text));
    if patterns.len() < parts.len() || all {
        return Fate::Kept;
    }
    let is_inside = |(index, part): (usize, &String)| {
        let mut others = patterns.iter().enumerate();
        others.any(|(other, (text, pattern))| {
            let same = patterns[index].1.covers(text);
            other != index && pattern.grants(effect, part) && (!same || other < index)
        })
    };
    let least: Vec<String> = patterns
        .iter()
        .enumerate()
        .filter(|(index, (part, _))| !is_inside((*index, part)))
        .map(|(_, (part, _))| (*part).clone())
        .collect();
    match least.len() > MOST {
        true => Fate::Kept,
        false => Fate::Narrowed(least),
    }
}

/// The pattern of what was used and of nothing else; none where the language has no way to say it.
fn exactly(effect: Effect, part: &str) -> Option<Pattern> {
    let pattern = Pattern::new(effect, part).ok()?;
    let says = match &pattern {
        // A path whose name looks like a pattern is covered by itself as one.
        Pattern::Glob(_) => true,
        Pattern::Command(words) => !words.iter().any(|word| word.contains('*')),
        Pattern::Host(_) | Pattern::Name(_) | Pattern::Machine(_) => true,
    };
    let is_text = !part.contains("{{") && !part.contains("{%") && !part.contains("{#");
    (says && is_text && pattern.covers(part)).then_some(pattern)
}

/// Many files of one folder become the files of that folder, where all of them are granted.
fn folders(effect: Effect, granted: &Pattern, parts: BTreeSet<String>) -> BTreeSet<String> {
    let mut inside: BTreeMap<String, usize> = BTreeMap::new();
    let folder = |path: &str| match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/*"),
        None => "*".to_owned(),
    };
    // A folder does not grant files that have to be named.
    let is_named = |part: &str| granted.grants(Effect::Write, part) && guarded(part).is_some();
    let is_file = |part: &str| {
        Glob::new(part).is_ok_and(|glob| glob.is_literal())
            && !(effect == Effect::Write && is_named(part))
    };
    for part in parts.iter().filter(|part| is_file(part)) {
        *inside.entry(folder(part)).or_default() += 1;
    }
    inside.retain(|folder, files| *files > MANY && is_pattern(folder) && granted.covers(folder));
    let is_left = |part: &String| !(is_file(part) && inside.contains_key(&folder(part)));
    let left: BTreeSet<String> = parts.iter().filter(|part| is_left(part)).cloned().collect();
    left.into_iter().chain(inside.into_keys()).collect()
}

/// Whether the folder's own name has no letter that stands for others.
fn is_pattern(folder: &str) -> bool {
    let name = folder.strip_suffix('*').unwrap_or(folder);
    !name.contains(['*', '?', '{', '}']) && Glob::new(folder).is_ok()
}
