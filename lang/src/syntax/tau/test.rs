//! The `test` block, and what a test and a trigger start.

use pest::iterators::Pair;

use super::face::{comments, is_comment};
use super::layout::Entry;
use super::values::{contents, span};
use super::{Around, Reader, Rule};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{
    CallOf, Expect, Given, GivenOutcome, Ident, Test, Trigger, Trivia, Value,
};

impl Reader<'_> {
    pub(super) fn test(&mut self, mut entry: Entry) -> Option<Test> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let head = self.line(Rule::test_head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let name = head.and_then(|mut line| line.next());
        let mut test = Test {
            name: match name {
                Some(pair) => self.text_of(&pair, base),
                None => Text::default(),
            },
            run: None,
            files: Vec::new(),
            given: Vec::new(),
            expect: Vec::new(),
            tail: block.tail,
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        };
        for entry in block.entries {
            self.test_line(&mut test, entry);
        }
        Some(test)
    }

    fn test_line(&mut self, test: &mut Test, mut entry: Entry) -> Option<()> {
        let base = entry.head.start;
        let words = &["expect", "files", "given", "run"];
        let word = self.keyword(&entry);
        if !words.contains(&word) {
            self.unexpected(&entry, words, "`run`, `files`, `given` or `expect`");
            return None;
        }
        let span = self.span(entry.head.clone());
        let pair = self.line(Rule::test_line, entry.head.clone())?.next()?;
        let twice = match word {
            "run" => test.run.is_some(),
            "files" => !test.files.is_empty(),
            _ => false,
        };
        if twice {
            let key = word.to_owned();
            self.report(Kind::KeyDuplicate { key }, span);
            return None;
        }
        if pair.as_rule() == Rule::test_files {
            // The files are one thing of the test, without a place for comments of its own.
            test.trivia.before.append(&mut comments(&mut entry));
            let map = contents(pair).next()?;
            test.files = self.files(map, base);
            return Some(());
        }
        let around = self.line_around(&mut entry);
        let rule = pair.as_rule();
        let mut parts = contents(pair);
        match rule {
            Rule::test_run => test.run = self.call(parts.next()?, base, around.trivia),
            Rule::given => {
                let target = self.ident(&parts.next()?, base);
                let outcome = parts.next()?;
                let rule = outcome.as_rule();
                let value = self.value(contents(outcome).next()?, base);
                test.given.push(Given {
                    target,
                    outcome: match rule {
                        Rule::returns => GivenOutcome::Returns(value),
                        _ => GivenOutcome::Fails(value),
                    },
                    trivia: around.trivia,
                    at: around.at,
                });
            }
            _ => test.expect.push(Expect {
                condition: self.expr(&parts.next()?, base),
                trivia: around.trivia,
                at: around.at,
            }),
        }
        Some(())
    }

    /// What stands around a line that is not documented: a `##` is a comment like any other.
    fn line_around(&mut self, entry: &mut Entry) -> Around {
        let doc = entry.doc.take();
        let mut around = self.around(entry);
        let lines = doc.iter().flat_map(|(text, _)| text.split('\n'));
        let leads = lines.map(|line| crate::syntax::tree::Lead::Comment(line.to_owned()));
        around.trivia.before.extend(leads.filter(is_comment));
        around
    }

    fn files(&mut self, map: Pair<'_, Rule>, base: usize) -> Vec<(Text, Value)> {
        let mut files: Vec<(Text, Value)> = Vec::new();
        for entry in contents(map) {
            let mut parts = contents(entry);
            if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                let path = self.text_of(&key, base);
                let first = files
                    .iter()
                    .find(|(earlier, _)| earlier.value == path.value);
                if let Some(first) = first.map(|(earlier, _)| earlier.at.0) {
                    self.twice(&path.value, path.at.0, first);
                    continue;
                }
                files.push((path, self.value(value, base)));
            }
        }
        files
    }

    /// A mission with its inputs.
    fn call(&mut self, pair: Pair<'_, Rule>, base: usize, trivia: Trivia) -> Option<CallOf> {
        let at = At(span(&pair, base, self.file));
        let mut parts = contents(pair);
        let mission = self.ident(&parts.next()?, base);
        let args = parts.filter_map(|arg| self.arg(arg, base)).collect();
        Some(CallOf {
            mission,
            args,
            trivia,
            at,
        })
    }

    pub(super) fn trigger(&mut self, mut entry: Entry) -> Option<Trigger> {
        let base = entry.head.start;
        let around = self.around(&mut entry);
        let mut line = self.line(Rule::on_line, entry.head)?;
        let mut event = contents(line.next()?);
        let name: Ident = self.ident(&event.next()?, base);
        let args = event.filter_map(|arg| self.arg(arg, base)).collect();
        Some(Trigger {
            event: name,
            args,
            run: self.call(line.next()?, base, Trivia::default())?,
            doc: around.doc,
            trivia: around.trivia,
            at: around.at,
        })
    }
}
