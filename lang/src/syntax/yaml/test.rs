//! `tests` and `on`: what a mission is expected to do, and when it starts by itself.

use super::keys;
use super::mission::demote;
use super::node::{Entry, Node, NodeKind};
use super::reader::{Reader, ident, is_name};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{Arg, CallOf, Expect, Given, GivenOutcome, Lead, Test, Trigger, Trivia};

/// What a trigger can wait for; another name is found by its place.
const EVENTS: [&str; 4] = ["comment", "label", "schedule", "webhook"];

impl Reader<'_> {
    pub(super) fn test(&mut self, node: &Node) -> Option<Test> {
        let trivia = self.comments.open(node.span.start);
        let fields = self.entries(node, "a test such as `test: it works`");
        let mut test = Test {
            name: Text::default(),
            run: None,
            files: Vec::new(),
            given: Vec::new(),
            expect: Vec::new(),
            tail: Vec::new(),
            doc: None,
            trivia,
            at: At(node.span),
        };
        let mut args = Vec::new();
        for field in fields {
            let (key, value) = (field.key.value.as_str(), &field.value);
            if matches!(key, "test" | "about" | "with" | "files") {
                let mut trivia = Trivia::default();
                self.comments.close(field.span().end, &mut trivia);
                demote(trivia, &mut test.trivia.before);
            }
            match key {
                "test" => {
                    let name = self.text(value, "what it shows, in words");
                    test.name = name.cloned().unwrap_or_default();
                }
                "about" => test.doc = self.doc(value),
                "run" => {
                    let mut trivia = self.comments.open(field.key.at.0.start);
                    self.comments.close(value.span.end, &mut trivia);
                    test.run = self.call(value, trivia);
                }
                "with" => args = self.args(value),
                "files" => test.files = self.files(value),
                "given" => {
                    let above = self.above_list(field);
                    self.given(value, &mut test.given);
                    if let Some(first) = test.given.first_mut() {
                        first.trivia.before.splice(0..0, above);
                    }
                }
                "expect" => {
                    let above = self.above_list(field);
                    self.expect(value, &mut test.expect);
                    if let Some(first) = test.expect.first_mut() {
                        first.trivia.before.splice(0..0, above);
                    }
                }
                _ => self.unknown_key(&field.key, "a test", &keys::TEST, fields),
            }
        }
        for key in ["test", "run"] {
            if node.get(key).is_none() && !fields.is_empty() {
                self.missing_key(key, "a test", node);
            }
        }
        if let Some(run) = &mut test.run {
            run.args = args;
        }
        if let Some(first) = fields.first() {
            let column = self.comments.column(first.key.at.0.start);
            test.tail = self.comments.tail(column, node.span.end);
        }
        self.comments.close(node.span.end, &mut test.trivia);
        Some(test)
    }

    /// What stands above a key with a list belongs to the first of the list.
    fn above_list(&mut self, field: &Entry) -> Vec<Lead> {
        let mut leads = Vec::new();
        self.comments.before(field.key.at.0.start, &mut leads);
        leads
    }

    fn call(&mut self, node: &Node, trivia: Trivia) -> Option<CallOf> {
        let what = "the name of a mission";
        let text = self.text(node, what)?;
        if !text.value.split('.').all(is_name) {
            self.wrong_text(text, what);
            return None;
        }
        Some(CallOf {
            mission: ident(text),
            args: Vec::new(),
            trivia,
            at: At(node.span),
        })
    }

    fn files(&mut self, node: &Node) -> Vec<(Text, crate::syntax::tree::Value)> {
        let mut files = Vec::new();
        for entry in self.entries(node, "files by their path, with their texts") {
            let value = self.value(&entry.value);
            files.extend(value.map(|value| (entry.key.clone(), value)));
        }
        files
    }

    fn given(&mut self, node: &Node, given: &mut Vec<Given>) {
        const WHAT: &str = "an action with what it does, such as `verify.check: { fails: why }`";
        let items = match &node.kind {
            NodeKind::Map(_) => std::slice::from_ref(node),
            _ => self.items(node, WHAT),
        };
        for item in items {
            for entry in self.entries(item, WHAT) {
                let mut trivia = self.comments.open(entry.key.at.0.start);
                let target = self.dotted(&entry.key);
                let outcome = self.outcome(&entry.value);
                self.comments.close(entry.span().end, &mut trivia);
                if let (Some(target), Some(outcome)) = (target, outcome) {
                    given.push(Given {
                        target,
                        outcome,
                        trivia,
                        at: At(entry.span()),
                    });
                }
            }
        }
    }

    /// `{ returns: value }` or `{ fails: text }`
    fn outcome(&mut self, node: &Node) -> Option<GivenOutcome> {
        let what = "`returns` with a value or `fails` with a text";
        let mut outcome = None;
        let fields = self.entries(node, what);
        for field in fields {
            let value = match field.key.value.as_str() {
                "returns" => self.value(&field.value).map(GivenOutcome::Returns),
                "fails" => self.value(&field.value).map(GivenOutcome::Fails),
                _ => {
                    self.unknown_key(&field.key, "`given`", &keys::GIVEN, fields);
                    return None;
                }
            };
            if outcome.is_some() {
                let kind = Kind::Syntax {
                    found: "both".to_owned(),
                    expected: what.to_owned(),
                };
                self.report(kind, field.span());
            }
            outcome = value;
        }
        if fields.is_empty() && matches!(node.kind, NodeKind::Map(_)) {
            self.expected(what, node);
        }
        outcome
    }

    fn expect(&mut self, node: &Node, expect: &mut Vec<Expect>) {
        for item in self.one_or_more(node, "a list of conditions such as `outcome == \"failed\"`") {
            let mut trivia = self.comments.open(item.span.start);
            let condition = self.condition(item);
            self.comments.close(item.span.end, &mut trivia);
            expect.extend(condition.map(|condition| Expect {
                condition,
                trivia,
                at: At(item.span),
            }));
        }
    }

    /// `{ schedule: "0 7 * * 1-5", zone: Europe/Berlin, run: nightly }`
    pub(super) fn trigger(&mut self, node: &Node) -> Option<Trigger> {
        let mut trivia = self.comments.open(node.span.start);
        let fields = self.entries(node, "an event with what it starts, such as `label: tau`");
        let (mut run, mut doc, mut with, mut args) = (None, None, Vec::new(), Vec::new());
        let event = fields
            .iter()
            .find(|field| EVENTS.contains(&field.key.value.as_str()))
            .or_else(|| fields.iter().find(|field| !is_trigger_key(field)));
        for field in fields {
            let value = &field.value;
            match field.key.value.as_str() {
                "run" => run = self.call(value, Trivia::default()),
                "with" => with = self.args(value),
                "about" => doc = self.doc(value),
                _ => {
                    let is_event = event.is_some_and(|event| std::ptr::eq(event, field));
                    if is_event && matches!(value.kind, NodeKind::Empty) {
                        continue;
                    }
                    let name = match is_event {
                        true => Some(None),
                        false => self.name(&field.key).map(Some),
                    };
                    let value = self.value(value);
                    let arg = name.zip(value).map(|(name, value)| Arg { name, value });
                    match is_event {
                        true => args.splice(0..0, arg).for_each(drop),
                        false => args.extend(arg),
                    }
                }
            }
        }
        self.comments.close(node.span.end, &mut trivia);
        if fields.is_empty() {
            return None;
        }
        let Some(event) = event else {
            let kind = Kind::Syntax {
                found: "no event".to_owned(),
                expected: "`comment`, `label`, `schedule` or `webhook`".to_owned(),
            };
            self.report(kind, node.span);
            return None;
        };
        if node.get("run").is_none() {
            self.missing_key("run", &format!("`on: {}`", event.key.value), node);
        }
        let event = self.name(&event.key);
        let mut run = run?;
        run.args = with;
        Some(Trigger {
            event: event?,
            args,
            run,
            doc,
            trivia,
            at: At(node.span),
        })
    }
}

fn is_trigger_key(field: &Entry) -> bool {
    keys::TRIGGER.contains(&field.key.value.as_str())
}
