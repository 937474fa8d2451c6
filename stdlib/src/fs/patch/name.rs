//! File names as git writes them in a patch.

/// One side of a `---`/`+++` pair.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Side {
    /// `/dev/null`: there is no file on this side.
    Nothing,
    /// The name, with the prefix it is written with.
    Name(String),
}

/// Longer lines hold no names.
const LONGEST: usize = 32_768;

/// Reads what follows `--- ` or `+++ `: a name, plain up to a tab or quoted, perhaps with a time
/// after it.
pub(super) fn side(text: &str) -> Option<Side> {
    if text.starts_with('"') {
        return unquote(text).map(|(name, _)| Side::Name(name));
    }
    let name = text.split('\t').next().unwrap_or(text);
    Some(if name == "/dev/null" {
        Side::Nothing
    } else {
        Side::Name(name.to_owned())
    })
}

/// Reads what follows `rename from ` and the like: a name, plain or quoted, without a prefix.
pub(super) fn whole(text: &str) -> Option<String> {
    if !text.starts_with('"') {
        return Some(text.to_owned());
    }
    let (name, rest) = unquote(text)?;
    rest.is_empty().then_some(name)
}

/// Reads the name out of what follows `diff --git `. Plain names are not delimited there, so it
/// can be read only if both sides name the same file; `None` when they do not.
pub(super) fn of_both_sides(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    if text.starts_with('"') {
        let (old, rest) = unquote(text)?;
        return same(&old, &whole(rest.strip_prefix(' ')?)?);
    }
    if text.ends_with('"') {
        return text
            .match_indices(" \"")
            .find_map(|(at, _)| same(&text[..at], &whole(&text[at + 1..])?));
    }
    text.match_indices(' ')
        .find_map(|(at, _)| same(&text[..at], &text[at + 1..]))
}

/// The file that both names mean: written without prefixes, or with one each.
pub(super) fn same(old: &str, new: &str) -> Option<String> {
    if old == new {
        return Some(old.to_owned());
    }
    let stripped = strip(old)?;
    (stripped == strip(new)?).then(|| stripped.to_owned())
}

/// The name without its first part.
pub(super) fn strip(name: &str) -> Option<&str> {
    name.split_once('/').map(|(_, rest)| rest)
}

/// The file that a name means whose other side is missing.
pub(super) fn lone(name: &str) -> &str {
    name.strip_prefix("a/")
        .or_else(|| name.strip_prefix("b/"))
        .unwrap_or(name)
}

/// Reads a name in double quotes, with escapes as in C, and gives what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let bytes = text.strip_prefix('"')?.as_bytes();
    let mut name = Vec::new();
    let mut at = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'"' => break,
            b'\\' => {
                let escape = *bytes.get(at)?;
                at += 1;
                name.push(match escape {
                    b'a' => 0x07,
                    b'b' => 0x08,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    b'r' => b'\r',
                    b'"' | b'\\' => escape,
                    b'0'..=b'3' => {
                        let octal = std::str::from_utf8(bytes.get(at - 1..at + 2)?).ok()?;
                        at += 2;
                        u8::from_str_radix(octal, 8).ok()?
                    }
                    _ => return None,
                });
            }
            _ => name.push(byte),
        }
    }
    // The quote after the name is one byte, and so is the one before it.
    Some((String::from_utf8(name).ok()?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_name_is_read_as_git_writes_it() {
        let text = r#""a/\303\244 \t\"\\.txt" rest"#;
        assert_eq!(unquote(text), Some(("a/ä \t\"\\.txt".to_owned(), " rest")));
        for broken in [
            "\"a",
            "\"a\\",
            "\"\\400\"",
            "\"\\12\"",
            "\"\\x\"",
            "\"\\377\"",
            "\"\\+12\"",
        ] {
            assert_eq!(unquote(broken), None, "{broken}");
        }
    }

    #[test]
    fn the_names_of_a_header_are_split_where_both_sides_agree() {
        let name = |text| of_both_sides(text);
        assert_eq!(name("a/x b/x").as_deref(), Some("x"));
        assert_eq!(name("a/x b/x b/x b/x").as_deref(), Some("x b/x"));
        assert_eq!(name("i/a b c w/a b c").as_deref(), Some("a b c"));
        assert_eq!(
            name("src/x src/x").as_deref(),
            Some("src/x"),
            "git diff --no-prefix"
        );
        assert_eq!(name("x x").as_deref(), Some("x"));
        assert_eq!(name(r#""a/\303\244" "b/\303\244""#).as_deref(), Some("ä"));
        assert_eq!(name("a/old b/new"), None);
        assert_eq!(name("a/x"), None);
        assert_eq!(name(""), None);
    }
}
