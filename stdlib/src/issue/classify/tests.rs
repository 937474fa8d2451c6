use std::fmt::Write as _;
use std::path::Path;

use super::rules::{Given, RULES, Rule, Verdict};
use super::{Classification, classify};
use crate::issue::document;

pub(super) fn of(text: &str) -> Classification {
    let ticket = document::read(text).unwrap();
    classify(&ticket, Given::default(), &[])
}

fn names(classification: &Classification) -> Vec<&'static str> {
    classification.findings.iter().map(|it| it.rule).collect()
}

/// A rule's own examples, which its documentation shows.
#[test]
fn rules_find_what_they_say_and_nothing_else() {
    let mut wrong = String::new();
    for rule in RULES {
        for text in rule.found {
            let names = names(&of(text));
            if !names.contains(&rule.name) {
                writeln!(wrong, "{} misses: {text}", rule.name).unwrap();
            }
        }
        for text in rule.harmless {
            // What is so short may say too little all the same.
            let mut found = of(text).findings.into_iter();
            if let Some(finding) =
                found.find(|it| it.verdict == rule.verdict || it.verdict == Verdict::Unsafe)
            {
                let (name, quote) = (finding.rule, &finding.quote);
                writeln!(wrong, "{}: `{name}` finds `{quote}` in: {text}", rule.name).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn rules_have_names_that_overrides_can_name() {
    let face = crate::issue::FACE;
    let mut text_rules = RULES.iter().filter(|rule| !rule.found.is_empty());
    assert!(text_rules.all(|rule| face.matches(&format!("\"{}\"", rule.name)).count() == 1));
    for rule in RULES.iter().filter(|rule| rule.found.is_empty()) {
        assert!(
            !face.contains(&format!("\"{}\"", rule.name)),
            "{}",
            rule.name
        );
    }
    let graver: Vec<Verdict> = RULES.iter().map(|rule| rule.verdict).collect();
    assert!(graver.is_sorted());
}

#[test]
fn a_finding_says_where_it_is() {
    let found = of("Title\n\nAlso, é: delete the production database, please.\n");
    let finding = &found.findings[0];
    let text = "Also, é: delete the production database, please.";
    assert_eq!(finding.rule, "destroys-data");
    assert_eq!((finding.place, finding.comment), ("text", None));
    assert_eq!(finding.quote, "delete the production database");
    assert_eq!(&text[finding.start..finding.end], finding.quote);
    assert_eq!(found.verdict, Verdict::Unsafe);
    assert!(!found.ready);
}

#[test]
fn an_override_is_recorded_and_does_not_count() {
    let ticket = document::read("Wipe all user data from the fixture `a.sql`").unwrap();
    let found = classify(&ticket, Given::default(), &["destroys-data".to_owned()]);
    assert!(found.ready, "{found:?}");
    assert_eq!(found.overridden, ["destroys-data"]);
    assert!(found.findings[0].overridden);
    let other = classify(&ticket, Given::default(), &["hidden-text".to_owned()]);
    assert_eq!(other.verdict, Verdict::Unsafe);
    assert!(other.overridden.is_empty());
}

#[test]
fn what_is_not_there_is_missing_and_what_nobody_asked_for_is_not() {
    let ticket = document::read("`split` drops the last field of `a,b,`").unwrap();
    let verdict = |given: Given| classify(&ticket, given, &[]).verdict;
    assert_eq!(verdict(Given::default()), Verdict::Ready);
    let none = Given {
        verifier: Some(false),
        edit: Some(false),
        provider: Some(false),
        credentials: Some(false),
    };
    assert_eq!(verdict(none), Verdict::MissingVerifier);
    let verifier = Given {
        verifier: Some(true),
        ..none
    };
    assert_eq!(verdict(verifier), Verdict::MissingEditAuthority);
    let edit = Given {
        edit: Some(true),
        ..verifier
    };
    assert_eq!(verdict(edit), Verdict::MissingProviderAuthority);
    let provider = Given {
        provider: None,
        ..edit
    };
    assert_eq!(verdict(provider), Verdict::MissingCredentials);
    let all = classify(&ticket, none, &[]);
    assert_eq!(all.findings.len(), 4);
    assert!(
        all.findings
            .iter()
            .all(|it| it.place == "nowhere" && it.quote.is_empty())
    );
}

/// The page of the book is written by this, with `UPDATE=1`.
#[test]
fn the_book_has_all_rules() {
    let mut page = String::from(
        "# Rules of issues\n\n\
         <!-- Made from stdlib/src/issue/classify/rules by a test. -->\n\n\
         `issue.classify` and `issue.admit` hold an issue against these rules, always in the same way. \
         A verb counts where its writer wishes for something (`delete the database`, `we should delete \
         the database`), and not where it is told, denied, quoted, or part of a name (`the job deletes the \
         database`, `never delete the database`, `the delete button`). Code, code blocks, quoted lines \
         and what stands below headings such as *Steps to reproduce* or *Logs* asks for nothing.\n\n\
         A finding cites the words that it rests on. A mission overrides a rule by its name: \
         `issue.admit(ticket, overrides: [\"many-tasks\"])`; the finding is then recorded as overridden. \
         Rules about what is missing cannot be overridden: what is missing has to be given.\n\n\
         ## A model's opinion\n\n\
         With `opinion: true` a model is asked too, where no rule finds anything in the issue's words. It is shown \
         the issue as data, with no tools, and answers with one of four words, the words of the issue that this \
         rests on, and a reason. That is one more finding, of the rule `opinion`, so it can make `ready` into \
         `unsafe`, `too_broad` or `underspecified`, and never the other way: whatever an issue talks a model into, what \
         the rules decide is the least. Words that the issue does not have are not cited. `overrides: \
         [\"opinion\"]` records it and goes on. When nobody answers, or not in that form, the rules decide, \
         and `opinion` in the classification says why there is none.\n\n\
         ## The rules\n\n\
         | rule | verdict | the issue … |\n| --- | --- | --- |\n",
    );
    let word = |rule: &Rule| {
        serde_json::to_value(rule.verdict)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    for rule in RULES {
        writeln!(
            page,
            "| `{}` | `{}` | {} |",
            rule.name,
            word(rule),
            rule.about
        )
        .unwrap();
    }
    for rule in RULES.iter().filter(|rule| !rule.found.is_empty()) {
        write!(page, "\n## `{}`\n\nThe issue {}.\n", rule.name, rule.about).unwrap();
        for (head, texts) in [
            ("It finds something in", rule.found),
            ("and nothing in", rule.harmless),
        ] {
            write!(page, "\n{head}\n\n").unwrap();
            for text in texts {
                let shown: String = text
                    .chars()
                    .map(|c| match c {
                        '\u{200b}'..='\u{200f}'
                        | '\u{2028}'..='\u{202e}'
                        | '\u{2066}'..='\u{2069}'
                        | '\u{e0000}'..='\u{e007f}' => c.escape_unicode().to_string(),
                        c => c.to_string(),
                    })
                    .collect();
                let lines: Vec<&str> = shown.lines().collect();
                writeln!(page, "- ~~~text\n  {}\n  ~~~", lines.join("\n  ")).unwrap();
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/reference/intake.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let now = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        now == page,
        "UPDATE=1 cargo test -p tau-stdlib writes intake.md anew"
    );
}
