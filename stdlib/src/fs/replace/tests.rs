use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::json;

use super::{Replacement, replace};

fn edit(text: &str, find: &str, with: &str) -> Result<String, String> {
    replace(
        "a.py",
        text,
        &Replacement {
            find,
            replace: with,
            all: false,
        },
    )
    .map_err(|failure| format!("{}: {}", failure.code, failure.message))
}

fn edit_all(text: &str, find: &str, with: &str) -> Result<String, String> {
    replace(
        "a.py",
        text,
        &Replacement {
            find,
            replace: with,
            all: true,
        },
    )
    .map_err(|failure| failure.code)
}

#[test]
fn the_only_occurrence_is_replaced() {
    assert_eq!(edit("one two three", "two", "2"), Ok("one 2 three".into()));
    assert_eq!(edit("a\nb\nc", "b\nc", ""), Ok("a\n".into()));
    assert_eq!(edit("a", "a", ""), Ok(String::new()));
    assert_eq!(edit("größe = 1", "ö", "oe"), Ok("groeße = 1".into()));
    assert_eq!(
        edit("äö", "äö", "äü"),
        Ok("äü".into()),
        "ö and ü share their first byte"
    );
}

#[test]
fn a_missing_last_newline_stays_missing() {
    assert_eq!(edit("a\nb", "b", "c"), Ok("a\nc".into()));
    assert_eq!(edit("a\r\nb", "a\nb", "x\ny"), Ok("x\r\ny".into()));
}

#[test]
fn crlf_is_matched_by_lf_and_kept() {
    let file = "def f():\r\n    return 1\r\n";
    assert_eq!(
        edit(
            file,
            "f():\n    return 1\n",
            "g():\n    x = 2\n    return x\n"
        ),
        Ok("def g():\r\n    x = 2\r\n    return x\r\n".into())
    );
    assert_eq!(
        edit(file, "return 1", "return (\n  2)"),
        Ok(file.replace("return 1", "return (\r\n  2)"))
    );
    assert_eq!(
        edit(file, "\n    ", "\n\t"),
        Ok("def f():\r\n\treturn 1\r\n".into())
    );
}

#[test]
fn crlf_in_the_replacement_becomes_what_the_file_has() {
    assert_eq!(edit("a\nb\n", "a", "x\r\ny"), Ok("x\ny\nb\n".into()));
    assert_eq!(
        edit("a\r\nb\r\n", "a", "x\r\ny"),
        Ok("x\r\ny\r\nb\r\n".into())
    );
    assert_eq!(
        edit("a", "a", "x\r\ny"),
        Ok("x\r\ny".into()),
        "a file without line ends takes them as given"
    );
}

#[test]
fn in_a_mixed_file_each_line_keeps_its_end() {
    let file = "a\nb\r\nc\nd\r\n";
    assert_eq!(
        edit(file, "a\nb\nc\nd", "a\nB\nc\nd"),
        Ok("a\nB\r\nc\nd\r\n".into())
    );
    assert_eq!(
        edit(file, "b\nc\n", "B\nC\n"),
        Ok("a\nB\r\nC\nd\r\n".into())
    );
    assert_eq!(
        edit(file, "b\n", "b\nnew\n"),
        Ok("a\nb\r\nnew\nc\nd\r\n".into())
    );
    assert_eq!(
        edit(file, "b", "new\nb"),
        Ok("a\nnew\r\nb\r\nc\nd\r\n".into())
    );
    assert_eq!(edit(file, "c\nd", "c d"), Ok("a\nb\r\nc d\r\n".into()));
}

#[test]
fn a_text_with_carriage_returns_is_taken_to_the_byte() {
    assert_eq!(edit("a\r\nb\nc\n", "a\r\n", "a\n"), Ok("a\nb\nc\n".into()));
    assert_eq!(
        edit("a\r\nb\r\n", "b\r\n", "b\nc\n"),
        Ok("a\r\nb\nc\n".into())
    );
    assert_eq!(edit("a\rb", "\r", "\n"), Ok("a\nb".into()));
    assert!(
        edit("a\nb\n", "a\r\nb", "x")
            .unwrap_err()
            .starts_with("edit-missing")
    );
}

#[test]
fn a_byte_order_mark_stays() {
    assert_eq!(
        edit("\u{feff}a\nb\n", "a\n", "x\n"),
        Ok("\u{feff}x\nb\n".into())
    );
    assert_eq!(
        edit("\u{feff}a\n", "\u{feff}a", "x"),
        Ok("\u{feff}x\n".into())
    );
}

#[test]
fn all_occurrences_are_replaced_from_left_to_right() {
    assert_eq!(edit_all("aaaaa", "aa", "b"), Ok("bba".into()));
    assert_eq!(
        edit_all("x\r\nx\nx", "x\n", "yy\n"),
        Ok("yy\r\nyy\nx".into())
    );
    assert_eq!(edit_all("abc", "x", "y"), Err("edit-missing".into()));
}

#[test]
fn an_ambiguous_text_is_refused_with_every_line() {
    let failure = replace(
        "a.py",
        "x = 1\r\n\r\nif x:\r\n    x = 1\r\n",
        &Replacement {
            find: "x = 1\n",
            replace: "",
            all: false,
        },
    )
    .unwrap_err();
    assert_snapshot!(failure.message, @"The text `x = 1` occurs 2 times in `a.py`, at lines 1, 4. It must occur exactly once.");
    assert_eq!(
        failure.detail,
        json!({ "path": "a.py", "lines": [1, 4], "more": false })
    );
    assert!(
        edit("aaa", "aa", "b")
            .unwrap_err()
            .starts_with("edit-ambiguous"),
        "overlapping places are two"
    );
    let many = edit(&"x\n".repeat(200), "x", "y").unwrap_err();
    assert!(many.contains("more than 100 times"), "{many}");
}

#[test]
fn a_missing_text_is_refused_with_the_lines_meant() {
    let file = "def area(w, h):\n\tif w < 0:\n\t\traise ValueError(w)\n\treturn w * h\n";
    let spaces = edit(file, "  if w < 0:\n    raise ValueError(w)\n", "").unwrap_err();
    assert_snapshot!(spaces, @r"
    edit-missing: The text `  if w < 0:…` does not occur in `a.py`. Lines 2 to 3 are the same but for white space:
        	if w < 0:
        		raise ValueError(w)
    ");
    let typo = edit(file, "raise ValueErorr(w)", "").unwrap_err();
    assert_snapshot!(typo, @r"
    edit-missing: The text `raise ValueErorr(w)` does not occur in `a.py`. Line 3 is similar:
        		raise ValueError(w)
    ");
    let other = edit(file, "class Circle:", "").unwrap_err();
    assert_snapshot!(other, @"edit-missing: The text `class Circle:` does not occur in `a.py`.");
}

#[test]
fn empty_and_idle_edits_are_refused() {
    assert_snapshot!(edit("a", "", "b").unwrap_err(), @"edit-empty: The text to find in `a.py` is empty, so it names no place.");
    assert_snapshot!(edit("a\r\n", "a\n", "a\n").unwrap_err(), @"edit-no-change: The edit of `a.py` changes nothing: what it finds and what it puts there are the same.");
}

proptest! {
    /// What an edit does is what it does to the same file with LF, whatever its line ends are.
    #[test]
    fn line_ends_do_not_matter(
        text in "(a|b|\n|\r\n){0,12}", find in "(a|b|\n){1,3}", with in "(a|b|\n|\r\n){0,4}", all: bool,
    ) {
        let wanted = Replacement { find: &find, replace: &with, all };
        let lf = |text: &str| text.replace("\r\n", "\n");
        let plain = replace("x", &lf(&text), &Replacement { replace: &lf(&with), ..wanted });
        match (replace("x", &text, &wanted), plain) {
            (Ok(after), Ok(plain)) => prop_assert_eq!(lf(&after), plain),
            (Err(after), Err(plain)) => prop_assert_eq!(after.code, plain.code),
            (after, plain) => prop_assert!(false, "{:?} but {:?}", after, plain),
        }
    }

    /// A file with one kind of line end has only that kind afterwards.
    #[test]
    fn a_uniform_file_stays_uniform(text in "(a|b|\n){0,12}\n", find in "(a|b|\n){1,3}", with in "(a|b|\n|\r\n){0,4}") {
        let text = text.replace('\n', "\r\n");
        if let Ok(after) = replace("x", &text, &Replacement { find: &find, replace: &with, all: true }) {
            prop_assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{:?}", after);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), find in any::<String>(), with in any::<String>(), at in 0..9usize) {
        let _ = edit(&text, &find, &with);
        // A piece of the text itself gets further.
        let piece: String = text.chars().skip(at).take(3).collect();
        let _ = edit_all(&text, &piece, &with);
    }
}
