//! What a person does where tau is not let in.

use tau_interpreter::action::{Failure, FailureKind};

/// The same failure with a command that does it, where it is a secret that is missing.
pub(crate) fn told(failure: Failure, command: &str) -> Failure {
    let is_secret = match &failure.kind {
        FailureKind::Blocked(missing) => {
            missing.limited_by == "machine" && matches!(&*missing.effect, "secret" | "credential")
        }
        _ => false,
    };
    // A remote that lets nobody in says so itself.
    if !is_secret || failure.code == "push-credential" {
        return failure;
    }
    let help = failure.help.clone().unwrap_or_default();
    let by_hand = format!("By hand it is `{command}`. Then go on with `tau resume`.");
    failure.help(format!("{help} {by_hand}").trim_start())
}

/// A word of a command for a shell, whatever is in it.
pub(crate) fn word(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:#@=".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_word_is_one_word_for_a_shell() {
        assert_eq!(word("tau/fix-1"), "tau/fix-1");
        assert_eq!(word("a b\n$(rm)`x`"), "'a b$(rm)`x`'");
        assert_eq!(word("it's"), "'it'\\''s'");
        assert_eq!(word(""), "''");
    }
}
