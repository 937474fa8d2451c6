//! Lines of authority that are missing, or too wide.

use super::place::Place;
use crate::diagnostic::{Fix, Kind};
use crate::plan::Form;
use crate::source::Span;
use crate::syntax::tree::{Authority, Effect, Grant, Mission, Spelling};

/// The change that grants what is needed, and no more.
pub(super) fn offer(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    match kind {
        // What a called mission lacks is granted there.
        Kind::AuthorityMissing {
            grant: Some(line),
            to,
            ..
        } if to == Form::Mission.grants() => {
            let mission = place.mission()?;
            let edits = match place.spelling {
                Spelling::Tau => in_tau(line, mission, place)?,
                Spelling::Yaml => in_yaml(line, mission, place)?,
            };
            Some(Fix::unsafe_(format!("grant `{line}`"), edits))
        }
        Kind::AuthorityBroad {
            enough: Some(enough),
            ..
        } => {
            let quoted: Vec<String> = enough.iter().map(|it| format!("\"{it}\"")).collect();
            let mut new = quoted.join(", ");
            let (before, _) = place.around(place.span)?;
            let listed = before.trim_end().ends_with(['[', ',', '-']);
            if place.spelling == Spelling::Yaml && !listed {
                new = format!("[{new}]");
            }
            Some(Fix::unsafe_(
                "grant no more than that",
                vec![(place.span, new)],
            ))
        }
        _ => None,
    }
}

/// A line below the others, or the block that is missing.
fn in_tau(line: &str, mission: &Mission, place: &Place<'_>) -> Option<Vec<(Span, String)>> {
    let outer = format!("{}  ", place.indent(mission.at.0));
    let inner = format!("{outer}  ");
    let Some(authority) = &mission.authority else {
        // Behind the inputs, or first of all.
        let above = mission.inputs.last().map(|input| input.at.0);
        let block = format!("{outer}authority {{\n{inner}{line}\n{outer}}}\n");
        let at = match above {
            Some(input) => end_of_line(place, input),
            None => {
                let text = place.text_of(mission.at.0)?;
                let open = mission.at.0.start as usize + text.find('{')?;
                end_of_line(place, place.part(open, open + 1))
            }
        };
        let blank = if above.is_some() { "\n" } else { "" };
        let edit = (place.part(at, at), format!("\n{blank}{}", block.trim_end()));
        return Some(vec![edit]);
    };
    let Some(last) = authority.grants.last() else {
        let block = format!("authority {{\n{inner}{line}\n{outer}}}");
        let text = place.text_of(authority.at.0)?;
        return (!text.contains('#')).then(|| vec![(authority.at.0, block)]);
    };
    let own_line = place.file.line(last.at.0.start).trim_start();
    if own_line.starts_with("authority") {
        // All of it stands on one line.
        let first = authority.grants.first()?.at.0;
        let end = authority.at.0.end as usize - 1;
        return Some(vec![
            (
                place.part(first.start as usize, first.start as usize),
                format!("\n{inner}"),
            ),
            (
                place.part(last.at.0.end as usize, end),
                format!("\n{inner}{line}\n{outer}"),
            ),
        ]);
    }
    let indent = place.indent(last.at.0);
    Some(vec![(last.at.0.after(), format!("\n{indent}{line}"))])
}

/// The end of the line on which something ends, without its newline.
fn end_of_line(place: &Place<'_>, span: Span) -> usize {
    let end = span.end as usize;
    let rest = place.file.text.get(end..).unwrap_or("");
    end + rest.find('\n').unwrap_or(rest.len())
}

/// What a line of authority says, in the words of YAML.
struct Entry {
    effect: Effect,
    verb: Option<String>,
    scope: String,
}

impl Entry {
    fn read(line: &str) -> Option<Entry> {
        let (word, rest) = line.split_once(' ')?;
        let effect = Effect::parse(word)?;
        let (verb, scope) = match rest.split_once(" on ") {
            Some((verb, scope)) if effect == Effect::Git => (Some(verb.to_owned()), scope),
            _ => (None, rest),
        };
        let bare = !scope.starts_with('"') && !effect.has_names();
        Some(Entry {
            effect,
            verb,
            // A name of an input is an expression there.
            scope: if bare {
                format!("\"{{{{ {scope} }}}}\"")
            } else {
                scope.to_owned()
            },
        })
    }

    /// `read: ["a"]`
    fn text(&self) -> String {
        let scopes = format!("[{}]", self.scope);
        match &self.verb {
            Some(verb) => format!("{}: {{ {verb}: {scopes} }}", self.effect),
            None => format!("{}: {scopes}", self.effect),
        }
    }

    fn is_of(&self, grant: &Grant) -> bool {
        let verb = grant.verb.as_ref().map(|verb| &verb.text);
        !grant.deny && grant.effect == self.effect && verb == self.verb.as_ref()
    }
}

fn in_yaml(line: &str, mission: &Mission, place: &Place<'_>) -> Option<Vec<(Span, String)>> {
    let entry = Entry::read(line)?;
    let edit = match &mission.authority {
        Some(authority) => beside(&entry, authority, place)?,
        None => {
            // Above the steps, with their indent.
            let text = place.text_of(mission.at.0)?;
            let at = text.find("\nsteps:").map(|at| at + 1);
            let at = mission.at.0.start as usize + at?;
            let block = format!("authority:\n  {}\n", entry.text());
            (place.part(at, at), block)
        }
    };
    Some(vec![edit])
}

/// One more scope of a grant, or one more grant.
fn beside(entry: &Entry, authority: &Authority, place: &Place<'_>) -> Option<(Span, String)> {
    if let Some(grant) = authority.grants.iter().find(|grant| entry.is_of(grant)) {
        let last = grant.scopes.last()?.at.0;
        let (before, after) = place.around(last)?;
        let line = place.file.line_start(last.start);
        let dash = before[line..].trim() == "-";
        return Some(if after.trim_start().starts_with([',', ']']) {
            (last.after(), format!(", {}", entry.scope))
        } else if dash {
            let indent = place.indent(last);
            (last.after(), format!("\n{indent}- {}", entry.scope))
        } else {
            let old = place.text_of(last)?;
            (last, format!("[{old}, {}]", entry.scope))
        });
    }
    // An effect that has other verbs stands there already.
    if authority
        .grants
        .iter()
        .any(|it| it.effect == entry.effect && !it.deny)
    {
        return None;
    }
    let text = place.text_of(authority.at.0)?;
    let start = authority.at.0.start as usize;
    let (head, rest) = text.split_once(':')?;
    if rest.trim_start().starts_with('{') {
        let open = start + text.find('{')? + 1;
        let comma = if authority.grants.is_empty() { "" } else { "," };
        return Some((place.part(open, open), format!(" {}{comma}", entry.text())));
    }
    // In front of the first line below, which has the indent of all.
    let (_, first) = rest.split_once('\n')?;
    let indent = &first[..first.len() - first.trim_start().len()];
    if first.trim_start().starts_with(['-', '#']) {
        return None;
    }
    let at = start + head.len() + 1 + (rest.len() - first.len());
    Some((place.part(at, at), format!("{indent}{}\n", entry.text())))
}
