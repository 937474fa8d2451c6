//! The `verifier` block.

use super::face::{comments, is_comment};
use super::layout::Entry;
use super::values::contents;
use super::{Reader, Rule};
use crate::diagnostic::Kind;
use crate::syntax::tree::{Value, ValueKind, Verifier};

impl Reader<'_> {
    pub(super) fn verifier(&mut self, mut entry: Entry) -> Option<Verifier> {
        let base = entry.head.start;
        let mut around = self.around(&mut entry);
        let head = self.line(Rule::verifier_head, entry.head.clone());
        let block = self.required_block(&mut entry);
        let name = self.ident(&head?.next()?, base);
        let mut verifier = Verifier {
            name,
            run: None,
            protect: Vec::new(),
            env: Vec::new(),
            timeout: None,
            runs: None,
            doc: around.doc,
            trivia: std::mem::take(&mut around.trivia),
            at: around.at,
        };
        let mut hoisted = Vec::new();
        for mut entry in block.entries {
            hoisted.append(&mut comments(&mut entry));
            self.verifier_field(&mut verifier, entry);
        }
        hoisted.extend(block.tail.into_iter().filter(is_comment));
        verifier.trivia.before.append(&mut hoisted);
        Some(verifier)
    }

    fn verifier_field(&mut self, verifier: &mut Verifier, entry: Entry) -> Option<()> {
        let base = entry.head.start;
        let words = &["env", "protect", "run", "runs", "timeout"];
        if !words.contains(&self.keyword(&entry)) {
            self.unexpected(
                &entry,
                words,
                "`run`, `protect`, `env`, `timeout` or `runs`",
            );
            return None;
        }
        let (word, at) = (self.keyword(&entry), self.span(entry.head.clone()));
        let mut line = self.line(Rule::verifier_line, entry.head)?;
        let field = line.next()?;
        let rule = field.as_rule();
        let given = match rule {
            Rule::run_field => verifier.run.is_some(),
            Rule::env_field => !verifier.env.is_empty(),
            Rule::timeout_field => verifier.timeout.is_some(),
            Rule::runs_field => verifier.runs.is_some(),
            _ => false,
        };
        if given {
            let key = word.to_owned();
            self.report(Kind::KeyDuplicate { key }, at);
            return None;
        }
        let mut values = contents(field);
        match rule {
            Rule::env_field => verifier.env = self.map(values.next()?, base),
            Rule::protect_field => {
                for value in values {
                    match self.value(value, base) {
                        Value {
                            kind: ValueKind::List(items),
                            ..
                        } => verifier.protect.extend(items),
                        value => verifier.protect.push(value),
                    }
                }
            }
            _ => {
                let value = Some(self.value(values.next()?, base));
                match rule {
                    Rule::run_field => verifier.run = value,
                    Rule::timeout_field => verifier.timeout = value,
                    _ => verifier.runs = value,
                }
            }
        }
        Some(())
    }
}
