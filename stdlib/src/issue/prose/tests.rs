use super::{Kind, Prose, Section};

/// Each clause as its words: `[` around what nobody looks into, `?` behind questions.
fn told(text: &str) -> String {
    let prose = Prose::new(text);
    let clauses = prose.clauses.iter().map(|clause| {
        let words: Vec<String> = clause
            .words
            .iter()
            .map(|word| match word.kind {
                Kind::Plain | Kind::Mark => word.text.clone(),
                _ => format!("[{}]", word.text),
            })
            .collect();
        let told = match clause.section {
            Section::Told => "told: ",
            Section::Free => "",
        };
        format!(
            "{told}{}{}",
            words.join(" "),
            if clause.asks { "?" } else { "" }
        )
    });
    clauses.collect::<Vec<_>>().join("\n")
}

#[test]
fn sentences_are_clauses_and_lines_of_a_paragraph_are_one() {
    let text = "It fails, e.g. in v1.2.\nWhy? Because of\n**this** _thing_; that's all.\n\nBut it's new — or not.";
    insta::assert_snapshot!(told(text), @"
    it fails , e.g in v1.2
    why?
    because of this thing
    that's all
    but it's new
    or not
    ");
}

#[test]
fn code_quotations_and_addresses_are_one_word() {
    let text = "Fix `rm -rf /` in src/a.rs and getUser, see \"delete it\" or 'x y' at https://a.example/b(c). It's `` a`b `` [here](https://b.example).";
    insta::assert_snapshot!(told(text), @"
    fix [rm -rf /] in [src/a.rs] and [getuser] , see [delete it] or [x y] at [https://a.example/b(c] )
    it's [ a`b ] here
    ");
}

#[test]
fn what_is_shown_is_no_clause() {
    let text = "Before:\n\n```sh\ndelete all\n```\n> delete that\n\n    delete this\n\n<!-- delete\nhidden --> after\n";
    insta::assert_snapshot!(told(text), @"
    before
    after
    ");
    let prose = Prose::new(text);
    let all = |ranges: &[std::ops::Range<usize>]| {
        let texts = ranges.iter().map(|it| text[it.clone()].trim().to_owned());
        texts.collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(all(&prose.blocks), "delete all | delete this");
    assert_eq!(all(&prose.hidden), "delete\nhidden");
    let block = prose.clauses[0].block.clone().unwrap();
    assert_eq!(text[block].trim(), "delete all");
}

#[test]
fn headings_and_labels_say_what_is_below_them() {
    let text = "Do a\n\n## Steps to reproduce\n\n1. Do b\n2. [ ] Do c\n\n**Expected**\nDo d\n\nActual: do e\n\n# Other\n- [ ] do f\n- [x] do g";
    insta::assert_snapshot!(told(text), @"
    do a
    told: steps to reproduce
    told: do b
    told: do c
    expected do d
    told: actual
    told: do e
    other
    do f
    do g
    ");
    let items: Vec<_> = Prose::new(text).clauses.iter().map(|it| it.item).collect();
    assert_eq!(items.iter().filter(|it| **it == Some(true)).count(), 2);
}

#[test]
fn every_word_stands_where_it_says() {
    let text = "Ä “q” `c`, (b) don’t\r\n* [x] *é* <b>z</b> \u{202e}😀 --f\n```\nx";
    for clause in Prose::new(text).clauses {
        for word in clause.words {
            assert!(text.get(word.at.clone()).is_some(), "{word:?}");
        }
    }
}
