//! `steps`: the statements.

use super::habits;
use super::keys;
use super::mission::demote;
use super::node::{Entry, Node, NodeKind};
use super::reader::{Reader, is_name};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{
    Arg, Body, BoxKind, Doc, Ident, Retry, Statement, StatementKind, Step, Trivia,
};

impl Reader<'_> {
    /// A list of statements, without the comments behind it.
    pub(super) fn statements(&mut self, node: &Node) -> Vec<Statement> {
        let mut statements = Vec::new();
        for item in self.items(node, "a list of steps") {
            self.statement(item, &mut statements);
        }
        statements
    }

    pub(super) fn body(&mut self, entry: &Entry) -> Body {
        let node = &entry.value;
        let statements = self.statements(node);
        let column = match node.kind {
            NodeKind::List { flow: false, .. } => self.comments.column(node.span.start),
            _ => self.comments.column(entry.key.at.0.start) + 1,
        };
        let tail = self.comments.tail(column, node.span.end);
        Body { statements, tail }
    }

    fn statement(&mut self, node: &Node, statements: &mut Vec<Statement>) {
        let trivia = self.comments.open(node.span.start);
        let entries = self.entries(node, "a step such as `red: verify.red`");
        let has = |key: &str| entries.iter().any(|entry| entry.key.value == key);
        if has("let") {
            return self.lets(node, entries, trivia, statements);
        }
        let mut new = Statement {
            kind: StatementKind::Broken { name: None },
            doc: None,
            trivia,
            at: At(node.span),
        };
        if has("if") {
            self.condition_statement(node, entries, &mut new);
        } else if has("for") {
            self.for_each(node, entries, &mut new);
        } else if has("repeat") {
            self.repeat(node, entries, &mut new);
        } else if !entries.is_empty() {
            self.step(node, entries, &mut new);
        }
        self.comments.close(node.span.end, &mut new.trivia);
        statements.push(new);
    }

    fn lets(
        &mut self,
        node: &Node,
        entries: &[Entry],
        trivia: Trivia,
        statements: &mut Vec<Statement>,
    ) {
        let mut lets: Vec<Statement> = Vec::new();
        let mut doc = None;
        let mut first = Some(trivia);
        for entry in entries {
            match entry.key.value.as_str() {
                "let" => {
                    for entry in self.entries(&entry.value, "names with their values") {
                        let span = entry.span();
                        let mut trivia = match first.take() {
                            Some(trivia) => trivia,
                            None => self.comments.open(span.start),
                        };
                        self.comments.close(span.end, &mut trivia);
                        lets.push(Statement {
                            kind: self.let_kind(entry),
                            doc: None,
                            trivia,
                            at: At(span),
                        });
                    }
                }
                "about" => doc = self.doc(&entry.value),
                _ => self.unknown_key(&entry.key, "`let`", &keys::LET, entries),
            }
        }
        if lets.is_empty() {
            lets.push(Statement {
                kind: StatementKind::Broken { name: None },
                doc: None,
                trivia: first.take().unwrap_or_default(),
                at: At(node.span),
            });
        }
        if let Some(first) = lets.first_mut() {
            first.doc = doc;
            self.comments.close(node.span.end, &mut first.trivia);
        }
        statements.append(&mut lets);
    }

    fn let_kind(&mut self, entry: &Entry) -> StatementKind {
        let name = self.name(&entry.key);
        let value = self.value(&entry.value);
        match (name, value) {
            (Some(name), Some(value)) => StatementKind::Let { name, value },
            (name, _) => StatementKind::Broken { name },
        }
    }

    fn condition_statement(&mut self, node: &Node, entries: &[Entry], new: &mut Statement) {
        let (mut condition, mut then, mut otherwise) = (None, Body::default(), Body::default());
        for entry in entries {
            match entry.key.value.as_str() {
                "if" => {
                    self.part(entry, new);
                    condition = self.condition(&entry.value);
                }
                "then" => {
                    self.above(&entry.key, new);
                    then = self.body(entry);
                }
                "else" => {
                    self.above(&entry.key, new);
                    otherwise = self.body(entry);
                }
                "about" => new.doc = self.part_doc(entry, new),
                _ => self.unknown_key(&entry.key, "`if`", &keys::IF, entries),
            }
        }
        if node.get("then").is_none() {
            self.missing_key("then", "`if`", node);
        }
        if let Some(condition) = condition {
            new.kind = StatementKind::If {
                condition,
                then,
                otherwise,
            };
        }
    }

    fn for_each(&mut self, node: &Node, entries: &[Entry], new: &mut Statement) {
        let (mut name, mut items, mut body) = (None, None, Body::default());
        let (mut most, mut at_once) = (None, None);
        for entry in entries {
            let key = entry.key.value.as_str();
            if matches!(key, "for" | "in" | "up_to" | "at_once") {
                self.part(entry, new);
            }
            match key {
                "for" => {
                    let text = self.text(&entry.value, "a name for each item of the list");
                    name = text.and_then(|text| self.name(text));
                }
                "in" => items = self.value(&entry.value),
                "up_to" => most = self.value(&entry.value),
                "at_once" => at_once = self.value(&entry.value),
                "steps" => {
                    self.above(&entry.key, new);
                    body = self.body(entry);
                }
                "about" => new.doc = self.part_doc(entry, new),
                _ => self.unknown_key(&entry.key, "`for`", &keys::FOR, entries),
            }
        }
        for key in ["in", "steps"] {
            if node.get(key).is_none() {
                self.missing_key(key, "`for`", node);
            }
        }
        if let (Some(name), Some(items)) = (name, items) {
            new.kind = StatementKind::For {
                name,
                items,
                most,
                at_once,
                body,
            };
        }
    }

    fn repeat(&mut self, node: &Node, entries: &[Entry], new: &mut Statement) {
        let (mut times, mut body, mut until) = (None, Body::default(), None);
        for entry in entries {
            match entry.key.value.as_str() {
                "repeat" => {
                    self.part(entry, new);
                    times = self.value(&entry.value);
                }
                "until" => {
                    self.part(entry, new);
                    until = self.condition(&entry.value);
                }
                "steps" => {
                    self.above(&entry.key, new);
                    body = self.body(entry);
                }
                "about" => new.doc = self.part_doc(entry, new),
                _ => self.unknown_key(&entry.key, "`repeat`", &keys::REPEAT, entries),
            }
        }
        if node.get("steps").is_none() {
            self.missing_key("steps", "`repeat`", node);
        }
        if let Some(times) = times {
            new.kind = StatementKind::Repeat { times, body, until };
        }
    }

    fn step(&mut self, node: &Node, entries: &[Entry], new: &mut Statement) {
        let found = self.diagnostics.len();
        let is_name = |entry: &&Entry| !keys::STEP.contains(&entry.key.value.as_str());
        // A mistyped `with` holds keys; the one that names an action holds a text.
        let named = entries
            .iter()
            .filter(is_name)
            .find(|entry| matches!(entry.value.kind, NodeKind::Scalar { .. }))
            .or_else(|| entries.iter().find(is_name));
        let Some(named) = named else {
            let kind = Kind::Syntax {
                found: "a step without a name".to_owned(),
                expected: "a name and an action, such as `red: verify.red`".to_owned(),
            };
            return self.report(kind, node.span);
        };
        if let Some((key, meant)) = habit(entries, named) {
            let found = key.value.clone();
            let meant = meant.to_owned();
            return self.report(Kind::LikelyMistake { found, meant }, key.at.0);
        }
        let name = self.name(&named.key);
        let action = self.text(&named.value, "the name of an action such as `fs.write`");
        let action = action.and_then(|action| self.dotted(action));
        let (Some(step_name), Some(action)) = (name.clone(), action) else {
            new.kind = StatementKind::Broken { name };
            return;
        };
        let mut step = Step {
            name: step_name,
            action,
            args: Vec::new(),
            after: Vec::new(),
            when: None,
            retry: None,
            timeout: None,
            least_box: None,
            may_fail: false,
        };
        for entry in entries {
            let value = &entry.value;
            match entry.key.value.as_str() {
                _ if std::ptr::eq(entry, named) => {}
                "about" => new.doc = self.doc(value),
                "with" => step.args = self.args(value),
                "after" => step.after = self.after(value),
                "when" => step.when = self.condition(value),
                "retry" => step.retry = self.retry(value),
                "timeout" => step.timeout = self.value(value),
                "box" => step.least_box = self.least_box(value),
                "may_fail" => step.may_fail = self.flag(value),
                _ => self.unknown_key(&entry.key, "a step", &keys::STEP, entries),
            }
        }
        let broken = found < self.diagnostics.len() || self.is_cut(node);
        new.kind = if broken {
            StatementKind::Broken { name }
        } else {
            StatementKind::Step(step)
        };
    }

    /// Arguments by name. One without a name is written with its position, counted from 1.
    pub(super) fn args(&mut self, node: &Node) -> Vec<Arg> {
        let mut args = Vec::new();
        for entry in self.entries(node, "arguments by name") {
            let position = (args.len() + 1).to_string();
            let name = match entry.key.value == position {
                true => Some(None),
                false => self.name(&entry.key).map(Some),
            };
            let value = self.value(&entry.value);
            args.extend(name.zip(value).map(|(name, value)| Arg { name, value }));
        }
        args
    }

    fn after(&mut self, node: &Node) -> Vec<Ident> {
        let mut names = Vec::new();
        for item in self.one_or_more(node, "the names of earlier steps") {
            let name = self.text(item, "the name of an earlier step");
            names.extend(name.and_then(|name| self.name(name)));
        }
        names
    }

    fn least_box(&mut self, node: &Node) -> Option<BoxKind> {
        let what = "`full`, `bwrap` or `landlock`";
        let word = self.text(node, what)?;
        let kind = BoxKind::parse(&word.value);
        if kind.is_none() {
            self.wrong_text(word, what);
        }
        kind
    }

    fn retry(&mut self, node: &Node) -> Option<Retry> {
        let NodeKind::Map(entries) = &node.kind else {
            return Some(Retry {
                times: self.value(node)?,
                every: None,
                up_to: None,
            });
        };
        let (mut times, mut every, mut up_to) = (None, None, None);
        for entry in entries {
            match entry.key.value.as_str() {
                "times" => times = self.value(&entry.value),
                "every" => every = self.value(&entry.value),
                "up_to" => up_to = self.value(&entry.value),
                _ => self.unknown_key(&entry.key, "`retry`", &keys::RETRY, entries),
            }
        }
        if node.get("times").is_none() {
            self.missing_key("times", "`retry`", node);
        }
        if node.get("up_to").is_some() && node.get("every").is_none() {
            self.missing_key("every", "`retry` with `up_to`", node);
        }
        Some(Retry {
            times: times?,
            every,
            up_to,
        })
    }

    /// Gives the comments in and above a key that holds no statements to the statement.
    fn part(&mut self, entry: &Entry, new: &mut Statement) {
        let mut trivia = Trivia::default();
        self.comments.close(entry.value.span.end, &mut trivia);
        if new.trivia.after.is_none() && entry.key.at.0.start == new.at.0.start {
            new.trivia.after = trivia.after.take();
        }
        demote(trivia, &mut new.trivia.before);
    }

    fn part_doc(&mut self, entry: &Entry, new: &mut Statement) -> Option<Doc> {
        self.part(entry, new);
        self.doc(&entry.value)
    }

    /// Gives the comments above a key that holds statements to the statement.
    fn above(&mut self, key: &Text, new: &mut Statement) {
        let mut trivia = Trivia::default();
        self.comments.before(key.at.0.start, &mut trivia.before);
        demote(trivia, &mut new.trivia.before);
    }
}

/// A statement of another language, which would be read as a step: it holds steps, or what should
/// be its action is none.
fn habit<'n>(entries: &'n [Entry], named: &Entry) -> Option<(&'n Text, &'static str)> {
    let is_action = match &named.value.kind {
        NodeKind::Scalar { text, .. } => text.value.split('.').all(is_name),
        _ => true,
    };
    let holds_steps = |entry: &Entry| matches!(&*entry.key.value, "do" | "in" | "steps");
    if is_action && !entries.iter().any(holds_steps) {
        return None;
    }
    entries.iter().find_map(|entry| {
        let word = entry.key.value.as_str();
        let (_, meant) = match word {
            "run" => &(
                "",
                "write `NAME: process.run` and `with: { command: \"…\" }`",
            ),
            word => habits::FOREIGN
                .iter()
                .find(|(foreign, _)| *foreign == word)?,
        };
        Some((&entry.key, *meant))
    })
}
