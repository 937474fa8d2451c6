//! The pages that `tau explain` prints: what they show as right can be read, and what they show
//! as wrong, where reading alone finds it, is found.

use tau_lang::diagnostic::Kind;
use tau_lang::source::SourceId;
use tau_lang::syntax::{tau, yaml};

/// The blocks of a page, each with its language.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut parts = page.split("```");
    parts.next();
    parts
        .step_by(2)
        .filter_map(|part| part.split_once('\n'))
        .collect()
}

/// The codes of what reading finds in a block. A part of a mission is put into one.
fn codes(language: &str, text: &str) -> Vec<&'static str> {
    let items = ["mission ", "use ", "type ", "action "];
    let found = match language {
        "yaml" => yaml::parse(text, SourceId(0)).1,
        _ if items.iter().any(|word| text.starts_with(word)) => tau::parse(text, SourceId(0)).1,
        _ => tau::parse(&format!("mission m {{\n{text}}}\n"), SourceId(0)).1,
    };
    found.iter().map(|one| one.code()).collect()
}

#[test]
fn every_page_is_about_its_code() {
    for (code, page) in Kind::PAGES {
        assert!(page.starts_with(&format!("# {code}\n\n")), "{code}");
        assert_eq!(blocks(page).len(), 2, "{code}: one wrong and one right");
        let long = page.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{code}");
    }
}

#[test]
fn what_is_right_can_be_read() {
    for (code, page) in Kind::PAGES {
        for (language, text) in blocks(page).into_iter().skip(1) {
            if language != "console" {
                assert_eq!(codes(language, text), [""; 0], "{code}:\n{text}");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_found() {
    // These need more than reading: a library, or the letter itself.
    let read = [
        "key-duplicate",
        "key-missing",
        "key-unknown",
        "likely-mistake",
        "literal-invalid",
        "syntax",
        "template-empty",
        "template-unclosed",
        "unclosed",
        "version-unknown",
        "yaml-invalid",
    ];
    for (code, page) in Kind::PAGES {
        let (language, text) = blocks(page)[0];
        let codes = match language {
            "console" => Vec::new(),
            language => codes(language, text),
        };
        if read.contains(code) {
            assert!(codes.contains(code), "{code}: {codes:?}");
        } else {
            assert_eq!(codes, [""; 0], "{code}:\n{text}");
        }
    }
}
