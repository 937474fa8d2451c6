//! The `verifier` block.

use pest::iterators::Pair;

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
            also: Vec::new(),
            protect: Vec::new(),
            env: Vec::new(),
            timeout: None,
            runs: None,
            red: None,
            loses: Vec::new(),
            report: None,
            heldout: None,
            hides: Vec::new(),
            needs: Vec::new(),
            installed: Vec::new(),
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
        if !WORDS.contains(&self.keyword(&entry)) {
            self.unexpected(
                &entry,
                WORDS,
                "a line of a verifier, such as `run`, `protect` or `runs`",
            );
            return None;
        }
        let (word, at) = (self.keyword(&entry), self.span(entry.head.clone()));
        let mut line = self.line(Rule::verifier_line, entry.head)?;
        let field = line.next()?;
        let rule = field.as_rule();
        if is_given(verifier, rule) {
            let key = word.to_owned();
            self.report(Kind::KeyDuplicate { key }, at);
            return None;
        }
        let mut values = contents(field);
        if rule == Rule::commands_field {
            let mut commands = Vec::new();
            self.append(&mut commands, values, base);
            let mut commands = commands.into_iter();
            verifier.run = commands.next();
            verifier.also.extend(commands);
            return Some(());
        }
        let several = match rule {
            Rule::protect_field => Some(&mut verifier.protect),
            Rule::loses_field => Some(&mut verifier.loses),
            Rule::hides_field => Some(&mut verifier.hides),
            Rule::needs_field => Some(&mut verifier.needs),
            Rule::installed_field => Some(&mut verifier.installed),
            _ => None,
        };
        if let Some(several) = several {
            self.append(several, values, base);
            return Some(());
        }
        let value = values.next()?;
        match rule {
            Rule::env_field => verifier.env = self.map(value, base),
            Rule::timeout_field => verifier.timeout = Some(self.value(value, base)),
            Rule::red_field => verifier.red = Some(self.value(value, base)),
            Rule::report_field => verifier.report = Some(self.value(value, base)),
            Rule::heldout_field => verifier.heldout = Some(self.value(value, base)),
            _ => verifier.runs = Some(self.value(value, base)),
        }
        Some(())
    }

    /// Values between commas, each of which may be a list of them.
    fn append<'a>(
        &mut self,
        to: &mut Vec<Value>,
        values: impl Iterator<Item = Pair<'a, Rule>>,
        base: usize,
    ) {
        for value in values {
            match self.value(value, base) {
                Value {
                    kind: ValueKind::List(items),
                    ..
                } => to.extend(items),
                value => to.push(value),
            }
        }
    }
}

/// The words that begin a line of a verifier.
const WORDS: &[&str] = &[
    "env",
    "heldout",
    "hides",
    "installed",
    "loses",
    "needs",
    "protect",
    "red",
    "report",
    "run",
    "runs",
    "timeout",
];

/// Whether a line that may stand once stands already.
fn is_given(verifier: &Verifier, rule: Rule) -> bool {
    match rule {
        Rule::commands_field => verifier.run.is_some(),
        Rule::env_field => !verifier.env.is_empty(),
        Rule::timeout_field => verifier.timeout.is_some(),
        Rule::runs_field => verifier.runs.is_some(),
        Rule::red_field => verifier.red.is_some(),
        Rule::report_field => verifier.report.is_some(),
        Rule::heldout_field => verifier.heldout.is_some(),
        _ => false,
    }
}
