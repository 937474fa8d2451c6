//! What a change does, line by line, as `diff -u` writes it.

use similar::{ChangeTag, TextDiff};

use super::sanitize::{one_line, sanitize};
use super::style::{ERROR, FAINT, GOOD, STRONG, paint};

/// The unified diff from `old` to `new`, both of the file `name`; empty when they are the same.
/// Characters that could steer a terminal are shown as escapes, so this is for reading.
pub(crate) fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let name = one_line(name);
    let mut text = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if text.is_empty() {
            text += &format!("{}\n", paint(STRONG, format_args!("--- {name}")));
            text += &format!("{}\n", paint(STRONG, format_args!("+++ {name}")));
        }
        text += &format!("{}\n", paint(FAINT, hunk.header().to_string().trim_end()));
        for change in hunk.iter_changes() {
            let line = sanitize(change.value().trim_end_matches('\n'));
            text += &match change.tag() {
                ChangeTag::Equal => format!(" {line}\n"),
                ChangeTag::Delete => paint(ERROR, format_args!("-{line}")) + "\n",
                ChangeTag::Insert => paint(GOOD, format_args!("+{line}")) + "\n",
            };
            if change.missing_newline() {
                text += "\\ No newline at end of file\n";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    fn plain(old: &str, new: &str) -> String {
        anstream::adapter::strip_str(&super::unified("fix.tau", old, new)).to_string()
    }

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        let old = "a\nb\nc\nd\ne\nf\nlet  x=1\n";
        let new = "a\nb\nc\nd\ne\nf\nlet x = 1\n";
        assert_snapshot!(plain(old, new), @r#"
        --- fix.tau
        +++ fix.tau
        @@ -4,4 +4,4 @@
         d
         e
         f
        -let  x=1
        +let x = 1
        "#);
    }

    #[test]
    fn line_ends_and_a_missing_last_newline_are_visible() {
        assert_snapshot!(plain("a\r\nb", "a\nb\n"), @r#"
        --- fix.tau
        +++ fix.tau
        @@ -1,2 +1,2 @@
        -a\r
        -b
        \ No newline at end of file
        +a
        +b
        "#);
    }

    #[test]
    fn no_change_is_no_text() {
        assert_eq!(plain("same\n", "same\n"), "");
    }
}
