//! `text | matching("[a-z0-9-]{1,40}")`: the text itself, if all of it has this form.
//!
//! This is how a text from outside may come to decide something: its author has written down what
//! it can be at most, and what is anything else stops the step.

use minijinja::{Error, ErrorKind};
use regex::{Regex, RegexBuilder};

/// How large a compiled pattern may be.
const MOST_BYTES: usize = 1 << 20;

/// Texts that have nothing in common but that no form would hold all of them.
const ANYTHING: [&str; 6] = ["x", "a b", "../../etc/passwd", "$(id)", "\"'`;|&<>", "é∂"];

/// The filter.
pub(super) fn filter(text: &str, pattern: &str) -> Result<String, Error> {
    let refuse = |why: String| Error::new(ErrorKind::InvalidOperation, why);
    let form = whole(pattern).map_err(refuse)?;
    if text.starts_with('-') {
        let why = "it begins with `-`, and a program could take it for an option";
        return Err(refuse(why.to_owned()));
    }
    if form.is_match(text) {
        Ok(text.to_owned())
    } else {
        Err(refuse(format!("it has not the form `{pattern}`")))
    }
}

/// Why a pattern holds nothing back, as a clause, if it does not.
///
/// # Errors
/// It is no regular expression, or lets everything through.
pub fn check(pattern: &str) -> Result<(), String> {
    let form = whole(pattern)?;
    if ANYTHING.iter().all(|text| form.is_match(text)) {
        return Err("it lets every text through".to_owned());
    }
    Ok(())
}

/// The pattern for whole texts, whether it says so with `^` and `$` or not.
fn whole(pattern: &str) -> Result<Regex, String> {
    let build = |pattern: &str| {
        let mut builder = RegexBuilder::new(pattern);
        builder.size_limit(MOST_BYTES).build()
    };
    let wrong = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        _ => format!("`{pattern}` is no regular expression"),
    };
    // INVARIANT: the pattern is complete by itself, so it cannot close the group around it.
    build(pattern).map_err(wrong)?;
    build(&format!(r"\A(?:{pattern})\z")).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(text: &str, pattern: &str) -> bool {
        filter(text, pattern).is_ok()
    }

    #[test]
    fn only_a_whole_text_of_the_form_passes() {
        for pattern in ["[a-z-]{1,5}", "^[a-z-]{1,5}$", "(?m)^[a-z-]{1,5}$"] {
            assert!(passes("ab-c", pattern), "{pattern}");
            for text in ["", "abcdef", "ab c", "ab\n", "\nab", "ab\nrm", "AB"] {
                assert!(!passes(text, pattern), "{pattern} {text:?}");
            }
        }
        assert!(passes("ab", "a|ab"));
    }

    #[test]
    fn what_could_be_an_option_does_not_pass() {
        assert!(!passes("-rf", "[a-z-]+"));
        assert!(!passes("--", "[a-z-]+"));
    }

    #[test]
    fn a_pattern_cannot_close_the_group_around_it() {
        for pattern in ["a)|(?:.*", "a)|(.*", "(?x) a # "] {
            assert!(!passes("anything", pattern), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_hold_nothing_back() {
        for pattern in [".*", "^.+$", "(?s).*", r"[\s\S]*", "a|.*"] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
        assert!(check("[a-z").is_err());
        assert!(check("(a{1,1000}){1,1000}").is_err());
        for pattern in ["[a-z0-9-]{1,40}", r"\d+", "[^ ]+", r"#\d{1,9}"] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }
}
