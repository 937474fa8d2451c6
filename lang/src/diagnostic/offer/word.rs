//! Names and words that are written otherwise, and lines that are missing.

use super::place::Place;
use crate::diagnostic::{Fix, Kind};
use crate::syntax::tree::Spelling;

/// The change that writes the word as it must be, or the line that is missing.
pub(super) fn offer(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    match kind {
        Kind::KeyMissing { key, .. } if key == "tau" => {
            let edit = (place.part(0, 0), "tau: 1\n".to_owned());
            Some(Fix::safe("add `tau: 1`", vec![edit]))
        }
        // `_` says that it is not needed.
        Kind::LoopVariableUnused { name } => renamed(place, name, format!("_{name}"), true),
        Kind::NameReserved { name } => renamed(place, name, format!("{name}_"), false),
        Kind::ScopeConfusable { .. } => {
            let text = place.text()?;
            let new: String = text.chars().map(latin).collect();
            let title = "write it with Latin letters";
            (new != text).then(|| Fix::unsafe_(title, vec![(place.span, new)]))
        }
        Kind::TypeReserved { name, .. } => {
            let first = name.chars().next().filter(char::is_ascii_lowercase)?;
            let new = format!("{}{}", first.to_ascii_uppercase(), &name[1..]);
            renamed(place, name, new, false)
        }
        Kind::UseAlias { .. } => aliased(place),
        Kind::VerdictOtherVerifier { near, .. } => given(place, near.as_deref()?),
        Kind::VerifierUnprotected { .. } => protect(place),
        _ => None,
    }
}

fn renamed(place: &Place<'_>, old: &str, new: String, safe: bool) -> Option<Fix> {
    (place.text()? == old).then(|| Fix {
        title: format!("call it `{new}`"),
        edits: vec![(place.span, new)],
        safe,
    })
}

/// Another name in the place of one that stands alone, in YAML within `{{ }}`.
fn given(place: &Place<'_>, near: &str) -> Option<Fix> {
    let text = place.text()?;
    let old = text.trim_matches(|c: char| "\"'{} ".contains(c));
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if old.is_empty() || !old.chars().all(is_name) {
        return None;
    }
    let from = place.span.start as usize + text.find(old)?;
    let span = place.part(from, from + old.len());
    let edit = (span, near.to_owned());
    Some(Fix::unsafe_(format!("give it `{near}`"), vec![edit]))
}

/// A name for a file that is used, made from what it is called.
fn aliased(place: &Place<'_>) -> Option<Fix> {
    let text = place.text()?;
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return renamed(place, text, format!("{text}_"), false);
    }
    let path = text.strip_prefix("use")?.trim().trim_matches('"');
    let last = path.rsplit('/').next()?.split(['@', '.']).next()?;
    let word = last.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let name = match word.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{word}"),
        false => format!("{word}_"),
    };
    let title = format!("call it `{name}`");
    let edit = (place.span.after(), format!(" as {name}"));
    Some(Fix::unsafe_(title, vec![edit]))
}

/// The Latin letter that a letter looks like.
fn latin(letter: char) -> char {
    const ALIKE: &str = "асеорхуіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοαρνιυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
    const LATIN: &str = "aceopxyijshdqwABEKMHOPCTYXIJSoapviuxABEZHIKMNOPTYX";
    if let Some(at) = ALIKE.chars().position(|it| it == letter) {
        return LATIN.chars().nth(at).unwrap_or(letter);
    }
    match u32::from(letter) {
        // Those of full width stand in the order of ASCII.
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(letter),
        _ => letter,
    }
}

/// A line that protects the tests, below the verifier's command.
fn protect(place: &Place<'_>) -> Option<Fix> {
    let verifiers = &place.mission()?.verifiers;
    let verifier = verifiers.iter().find(|it| it.at.0 == place.span)?;
    let run = verifier.run.as_ref()?.at.0;
    let line = place.file.line(run.start).trim_start();
    let flow = place.text()?.trim_end().ends_with('}');
    let new = match place.spelling {
        Spelling::Tau if line.starts_with("run") => {
            format!("\n{}protect \"tests/**\"", place.indent(run))
        }
        Spelling::Yaml if flow => ", protect: [\"tests/**\"]".to_owned(),
        Spelling::Yaml if line.starts_with("run") => {
            format!("\n{}protect: [\"tests/**\"]", place.indent(run))
        }
        _ => return None,
    };
    let edit = (run.after(), new);
    Some(Fix::unsafe_("protect `tests/**`", vec![edit]))
}

#[cfg(test)]
mod tests {
    use super::latin;

    #[test]
    fn letters_that_look_alike() {
        let text: String = "ѕrс/Αｂ/ö".chars().map(latin).collect();
        assert_eq!(text, "src/Ab/ö");
    }
}
