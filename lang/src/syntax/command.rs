//! Commands: text to an argument vector, without a shell.

/// One piece of a command as it is put together.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// What the author wrote; quotes and spaces mean something.
    Written(&'a str),
    /// A value put in. It never splits, whatever is in it.
    Value(&'a str),
}

/// The arguments of a written command.
///
/// # Errors
/// Why it is none, as a clause.
pub fn words(text: &str) -> Result<Vec<String>, String> {
    assemble(&[Part::Written(text)])
}

/// The arguments of a command put together from parts.
///
/// # Errors
/// Why it is none, as a clause: empty, an open quote, or something only a shell understands.
pub fn assemble(parts: &[Part<'_>]) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for part in parts {
        let text = match part {
            Part::Value(value) => {
                if value.contains('\0') {
                    return Err("a value in it has a NUL byte".to_owned());
                }
                word.get_or_insert_default().push_str(value);
                continue;
            }
            Part::Written(text) => text,
        };
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match (quote, letter) {
                (_, '\0') => return Err("it has a NUL byte".to_owned()),
                (Some(open), letter) if letter == open => quote = None,
                (Some('"') | None, '\\') => match letters.next() {
                    Some('\0') => return Err("it has a NUL byte".to_owned()),
                    Some(next) => word.get_or_insert_default().push(next),
                    None => return Err("it ends with a backslash".to_owned()),
                },
                (Some(_), letter) => word.get_or_insert_default().push(letter),
                (None, '"' | '\'') => {
                    quote = Some(letter);
                    word.get_or_insert_default();
                }
                (None, letter) if letter.is_whitespace() => words.extend(word.take()),
                (None, '|' | '&' | ';' | '<' | '>' | '`' | '$' | '(' | ')') => {
                    return Err(format!(
                        "`{letter}` means something only to a shell; quote it if it is meant as it is"
                    ));
                }
                (None, letter) => word.get_or_insert_default().push(letter),
            }
        }
    }
    if let Some(open) = quote {
        return Err(format!("the quote {open} is never closed"));
    }
    words.extend(word);
    match words.first().map(String::as_str) {
        None => Err("it is empty".to_owned()),
        Some("") => Err("its program is empty".to_owned()),
        Some(first) if is_assignment(first) => Err(format!(
            "`{first}` sets a variable; variables belong into `env {{ … }}`"
        )),
        Some(_) => Ok(words),
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// A command's one written form, which [`words`] reads back to the same arguments.
#[must_use]
pub fn join(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    quoted.join(" ")
}

/// One argument, in single quotes where it needs them.
#[must_use]
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,*?~^![]{}#".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_of_commands() {
        let split = |text| words(text).map(|words| words.join("|"));
        assert_eq!(split("cargo test"), Ok("cargo|test".to_owned()));
        assert_eq!(
            split(" a  'b c' \"d\\\"e\" f\\ g "),
            Ok("a|b c|d\"e|f g".to_owned())
        );
        assert_eq!(split("a ''"), Ok("a|".to_owned()));
        for text in [
            "", "  ", "a | b", "a > b", "a 'b", "A=1 b", "$HOME/x", "a \\", "a\\\0", "a '\0'",
            "'' b",
        ] {
            assert!(words(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_is_one_argument_whatever_is_in_it() {
        let parts = [
            Part::Written("grep "),
            Part::Value("a b; rm -rf"),
            Part::Written(" x'"),
            Part::Value("' y"),
            Part::Written("'"),
        ];
        assert_eq!(
            assemble(&parts),
            Ok(vec!["grep".into(), "a b; rm -rf".into(), "x' y".into()])
        );
    }

    proptest! {
        #[test]
        fn a_joined_command_is_read_back(first in "[a-z]{1,4}", rest in prop::collection::vec("\\PC{0,6}", 0..4)) {
            let mut all = vec![first];
            all.extend(rest);
            prop_assert_eq!(words(&join(&all)), Ok(all));
        }
    }
}
