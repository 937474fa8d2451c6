//! Literals, paths and patterns that are nearly right.

use super::place::Place;
use crate::diagnostic::{Fix, Kind};
use crate::glob::{Glob, check_path};
use crate::module::Reference;
use crate::syntax::literal::parse;
use crate::syntax::tree::LiteralValue;

/// The change that writes the value as it must be.
pub(super) fn offer(kind: &Kind, place: &Place<'_>) -> Option<Fix> {
    match kind {
        Kind::GlobInvalid { pattern, .. } => {
            let new = mended_path(pattern, true);
            let fits = Glob::new(&new).is_ok();
            within(place, pattern, fits.then_some(new)?, false)
        }
        Kind::PathInvalid { path, .. } => {
            let new = mended_path(path, false);
            let fits = check_path(&new).is_ok();
            // A path from the root of the machine may have been meant as one.
            within(place, path, fits.then_some(new)?, !path.starts_with('/'))
        }
        Kind::LiteralInvalid { raw } => {
            let new = mended_unit(raw)?;
            within(place, raw, new, true)
        }
        Kind::UseInvalid { name, .. } => {
            let new = format!("./{name}");
            let fits = Reference::parse(&new).is_ok();
            within(place, name, fits.then_some(new)?, false)
        }
        Kind::LoopTooLong { found, most } | Kind::LoopTooWide { found, most } => {
            let asked = found.parse::<i64>().ok()?;
            let new = if asked < 1 { 1 } else { *most };
            within(place, found, new.to_string(), false)
        }
        Kind::OptionalUnhandled { expected, .. } => {
            let text = place.text()?;
            let other = match expected.as_str() {
                "string" => "''",
                "int" | "float" => "0",
                "bool" => "false",
                list if list.starts_with('[') => "[]",
                _ => return None,
            };
            let whole = if text.contains(' ') {
                format!("({text}) or {other}")
            } else {
                format!("{text} or {other}")
            };
            let title = format!("use `{other}` when it is absent");
            Some(Fix::unsafe_(title, vec![(place.span, whole)]))
        }
        Kind::TypeMismatch { expected, .. } => retyped(expected, place),
        Kind::UrlInsecure { url } => {
            let (_, rest) = url.split_once("://")?;
            within(place, url, format!("https://{rest}"), false)
        }
        Kind::VersionUnknown { found } => within(place, found, "1".to_owned(), false),
        Kind::YamlBoolean { text } => within(place, text, format!("\"{text}\""), true),
        _ => None,
    }
}

/// Replaces `old`, which must stand in the place once and letter by letter.
fn within(place: &Place<'_>, old: &str, new: String, safe: bool) -> Option<Fix> {
    let text = place.text()?;
    let at = text.find(old)?;
    if old.is_empty() || old == new || text[at + old.len()..].contains(old) {
        return None;
    }
    let start = place.span.start as usize + at;
    let edit = (place.part(start, start + old.len()), new.clone());
    Some(Fix {
        title: format!("write `{}`", new.trim_matches('"')),
        edits: vec![edit],
        safe,
    })
}

/// A path from the root of the repository, and in a pattern every `**` between slashes.
fn mended_path(path: &str, is_pattern: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match part.split_once("**") {
            Some(("", "")) | None => parts.push(part.to_owned()),
            Some(("", rest)) if is_pattern => parts.extend(["**".to_owned(), format!("*{rest}")]),
            Some((rest, "")) if is_pattern => parts.extend([format!("{rest}*"), "**".to_owned()]),
            Some(_) => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

/// A number with the unit that was meant.
fn mended_unit(raw: &str) -> Option<String> {
    let end = raw.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = raw.split_at(end);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "millis" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "k" => "k",
        "kb" => "KB",
        "mb" => "MB",
        "gb" => "GB",
        "kib" => "KiB",
        "mib" => "MiB",
        "gib" => "GiB",
        _ => return None,
    };
    let new = format!("{}{unit}", number.trim());
    (new != raw && parse(&new).is_some()).then_some(new)
}

/// A text without its quotes, where a number was asked for, or a number with quotes.
fn retyped(expected: &str, place: &Place<'_>) -> Option<Fix> {
    let text = place.text()?;
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let new = match quoted('"').or_else(|| quoted('\'')) {
        Some(inner) => {
            let word = match parse(inner)?.value {
                LiteralValue::Bool(_) => "bool",
                LiteralValue::Int(_) => "int",
                LiteralValue::Float(_) => "float",
                LiteralValue::Duration(_) => "duration",
                LiteralValue::Money(_) => "money",
                LiteralValue::Size(_) => "size",
                LiteralValue::None => return None,
            };
            (word == expected).then(|| inner.to_owned())?
        }
        None => {
            let is_literal = parse(text).is_some();
            (is_literal && expected == "string").then(|| format!("\"{text}\""))?
        }
    };
    let title = format!("write `{new}`");
    Some(Fix::safe(title, vec![(place.span, new)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_were_meant() {
        assert_eq!(mended_unit("10min").as_deref(), Some("10m"));
        assert_eq!(mended_unit("5 Seconds").as_deref(), Some("5s"));
        assert_eq!(mended_unit("10mb").as_deref(), Some("10MB"));
        assert_eq!(mended_unit("10parsecs"), None);
        assert_eq!(mended_unit("1.2.3min"), None);
    }

    #[test]
    fn patterns_that_were_meant() {
        assert_eq!(mended_path("./src/**.rs", true), "src/**/*.rs");
        assert_eq!(mended_path("src//gen**", true), "src/gen*/**");
        assert_eq!(mended_path("/etc/./hosts", false), "etc/hosts");
        assert_eq!(mended_path("a/**", true), "a/**");
    }
}
