//! Brackets and braces without their partner.

use super::place::Place;
use crate::diagnostic::{Fix, Kind};

/// The change that closes what is open, at the end of its text or line.
pub(super) fn offer(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    let (_, after) = place.around(place.span)?;
    let line = after.split('\n').next()?;
    let end = place.span.end as usize;
    let (at, partner) = match kind {
        Kind::TemplateUnclosed => {
            let text = &line[..line.find('"').unwrap_or(line.len())];
            (end + text.trim_end().len(), " }}")
        }
        Kind::Unclosed { bracket } => {
            let partner = match bracket.as_str() {
                "(" => ")",
                "[" => "]",
                "{" => "}",
                _ => return None,
            };
            let code = line[..line.find(" #").unwrap_or(line.len())].trim_end();
            // What opens at the end of a line goes on below, nobody knows how far.
            if code.is_empty() {
                return None;
            }
            (end + code.len(), partner)
        }
        _ => return None,
    };
    let edit = (place.part(at, at), partner.to_owned());
    let title = format!("close it with `{}`", partner.trim());
    Some(Fix::unsafe_(title, vec![edit]))
}
